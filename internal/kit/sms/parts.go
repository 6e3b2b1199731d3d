package sms

import (
	"strings"
	"unicode/utf16"
)

// plain is the basic GSM 03.38 alphabet; each of its letters takes one place.
const plain = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// escaped letters take two places.
const escaped = "\f^{}\\[~]|€"

// The places of one message alone, and of each part of one that has several.
const (
	gsmOne, gsmMany   = 160, 153
	ucs2One, ucs2Many = 70, 67
)

// MostParts is the most parts that we send; gateways cut longer texts silently.
const MostParts = 6

// GSM tells whether the text fits the GSM alphabet.
func GSM(text string) bool {
	for _, r := range text {
		if !strings.ContainsRune(plain, r) && !strings.ContainsRune(escaped, r) {
			return false
		}
	}
	return true
}

// Parts is how many messages a network charges for the text; an empty text is one.
func Parts(text string) int {
	width, one, many := ucs2Width, ucs2One, ucs2Many
	if GSM(text) {
		width, one, many = gsmWidth, gsmOne, gsmMany
	}
	total, parts, left := 0, 1, many
	for _, r := range text {
		w := width(r)
		total += w
		if w > left {
			parts, left = parts+1, many
		}
		left -= w
	}
	if total <= one {
		return 1
	}
	return parts
}

func gsmWidth(r rune) int {
	if strings.ContainsRune(escaped, r) {
		return 2
	}
	return 1
}

func ucs2Width(r rune) int { return max(1, utf16.RuneLen(r)) }

// Decode is the text of a message that came in, in the charset that the gateway
// names: UCS-2 comes as the bytes of UTF-16, everything else as UTF-8.
func Decode(raw, charset string) string {
	if !strings.HasPrefix(strings.ToUpper(charset), "UTF-16") {
		return raw
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return string(utf16.Decode(units))
}
