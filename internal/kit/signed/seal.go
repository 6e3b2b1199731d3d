package signed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"

	"lotrinh/internal/kit/ident"
)

// errSealed says that what lies in the store was not sealed here, for this purpose and
// this thing, or was altered.
var errSealed = errors.New("signed: not sealed by this house for this purpose")

// box is the cipher of one purpose: AES-256-GCM under a key derived from the house's
// (HKDF-SHA-256), with a fresh nonce for each sealing.
func (k Key) box(purpose string) (cipher.AEAD, error) {
	if k == "" {
		return nil, errors.New("signed: a house without a key seals nothing")
	}
	raw, err := hkdf.Key(sha256.New, []byte(k), nil, "seal\x00"+purpose, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Seal encrypts a secret that has to be read again, for one purpose and one thing: the row
// of another thing cannot be given it.
func (k Key) Seal(purpose string, id ident.ID, plain []byte) (string, error) {
	box, err := k.box(purpose)
	if err != nil {
		return "", err
	}
	return base64.RawStdEncoding.EncodeToString(box.Seal(nil, nil, plain, []byte(id))), nil //nolint:gosec // the box draws its nonce
}

// Unseal is the secret that Seal encrypted.
func (k Key) Unseal(purpose string, id ident.ID, sealed string) ([]byte, error) {
	box, err := k.box(purpose)
	if err != nil {
		return nil, err
	}
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, errSealed
	}
	plain, err := box.Open(nil, nil, raw, []byte(id))
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}
