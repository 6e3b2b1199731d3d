package identity

import (
	"slices"
	"strings"

	"lotrinh/internal/kit/fold"
)

// Crowd is how many machines may share a value before it is taken for a placeholder.
const Crowd = 2

// emptyWords are what makers, firmware and people leave where a number should be, folded.
var emptyWords = []string{"n a", "na", "none", "null", "nil", "unknown", "undefined", "empty", "invalid", "oem", "o e m", "to be filled", "to be filled by o e m",
	"to be filled by oem", "tobefilledbyoem", "tobefilledbyo e m", "default", "default string", "system serial number", "system serial", "serial number", "serialnumber", "serial",
	"chassis serial number", "base board serial number", "baseboard serial number", "board serial number", "mb serial", "sernum0", "sernum", "not specified", "not applicable",
	"not available", "notavailable", "not present", "not settable", "no asset information", "asset 1234567890", "system manufacturer", "manufacturer", "system version",
	"khong", "khong co", "khong ro", "chua co", "xxx", "mt", "eval", "evaluation", "sample", "bad index", "error", "no module installed"}

// emptyUUIDs are firmware ids that many boards share, as 32 digits.
var emptyUUIDs = []string{"03000200040005000006000700080009", "00020003000400050006000700080009", "01010101010101010101010101010101",
	"12345678123456781234567812345678", "fefefefefefefefefefefefefefefefe", "4c4c4544000010108010c2c04f202020"}

// emptyMACs are addresses of adapters that every machine with the same software has.
var emptyMACs = []string{"204153594eff", "33506f453030", "505054503030", "0a0027000000", "444553540000", "444553547777", "0250f2000001", "0a0027000010"}

// emptyMACStarts are the beginnings of such addresses, by which virtual adapters are numbered.
var emptyMACStarts = []string{"005056c0", "020054554e"}

// emptyModels are models that are no model, folded.
var emptyModels = []string{"system product name", "all series", "to be filled by o e m", "default string", "system manufacturer", "not specified", "product name", "unknown", "none"}

// placeholderModel tells whether a folded model or maker says nothing.
func placeholderModel(folded string) bool { return slices.Contains(emptyModels, folded) }

// CleanModel is a model as people read it; empty when it is a placeholder.
func CleanModel(raw string) string {
	if placeholderModel(fold.Key(raw)) {
		return ""
	}
	return tidy(raw)
}

// placeholderSerial tells whether a tidy serial number in capitals says nothing: by the
// list, by being too short, by holding one character only, by counting up.
func placeholderSerial(s string) bool {
	key := fold.Key(s)
	plain := strings.ReplaceAll(key, " ", "")
	if len(plain) < 4 || len(s) > 100 || slices.Contains(emptyWords, key) || slices.Contains(emptyWords, plain) {
		return true
	}
	if strings.Contains(key, "o e m") || strings.Contains(key, "to be filled") || strings.Contains(key, "default string") {
		return true
	}
	return monotone(plain)
}

// monotone tells whether all characters are the same, or each follows the last: XXXX,
// 0000, 123456789, 0123456789, 1234567890, 9876543210.
func monotone(s string) bool {
	for _, step := range []int{0, 1, -1} {
		same := true
		for i := 1; i < len(s) && same; i++ {
			want := int(s[i-1]) + step
			if step != 0 && s[i-1] >= '0' && s[i-1] <= '9' {
				want = int('0') + (int(s[i-1]-'0')+step+10)%10
			}
			same = int(s[i]) == want
		}
		if same {
			return true
		}
	}
	return false
}

func placeholderUUID(hex string) bool {
	return monotone(hex) || slices.Contains(emptyUUIDs, hex) || strings.Trim(hex, "0") == "" || strings.Count(hex, "0") >= 28
}

// placeholderMAC tells whether twelve digits are no address of a physical card: on the
// list, of a group, or made up by the machine itself.
func placeholderMAC(hex string) bool {
	if strings.Trim(hex, "0") == "" || slices.Contains(emptyMACs, hex) || monotone(hex) {
		return true
	}
	if slices.ContainsFunc(emptyMACStarts, func(p string) bool { return strings.HasPrefix(hex, p) }) {
		return true
	}
	return strings.IndexByte("13579bdf2367abef", hex[1]) >= 0
}
