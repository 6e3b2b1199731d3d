package signed

import (
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/ident"
)

func TestASecretIsReadAgainOnlyByItsHouseForItsThing(t *testing.T) {
	at := time.Date(2016, 11, 10, 2, 0, 0, 0, time.UTC)
	k, id, other := Key("house"), ident.New(at), ident.New(at)
	sealed, err := k.Seal("totp", id, []byte("bí mật"))
	if err != nil || strings.Contains(sealed, "bí mật") {
		t.Fatal(sealed, err)
	}
	again, err := k.Seal("totp", id, []byte("bí mật"))
	if err != nil || again == sealed {
		t.Error("two sealings are the same", err)
	}
	if plain, err := k.Unseal("totp", id, sealed); err != nil || string(plain) != "bí mật" {
		t.Fatal(string(plain), err)
	}
	flipped := "A" + sealed[1:]
	if flipped == sealed {
		flipped = "B" + sealed[1:]
	}
	for name, open := range map[string]func() ([]byte, error){
		"another house":            func() ([]byte, error) { return Key("else").Unseal("totp", id, sealed) },
		"a house without a key":    func() ([]byte, error) { return Key("").Unseal("totp", id, sealed) },
		"another purpose":          func() ([]byte, error) { return k.Unseal("sso", id, sealed) },
		"another thing":            func() ([]byte, error) { return k.Unseal("totp", other, sealed) },
		"what was altered":         func() ([]byte, error) { return k.Unseal("totp", id, flipped) },
		"what is no text of ours":  func() ([]byte, error) { return k.Unseal("totp", id, "%%") },
		"what is shorter than any": func() ([]byte, error) { return k.Unseal("totp", id, "AAAA") },
	} {
		if plain, err := open(); err == nil {
			t.Errorf("%s reads %q", name, plain)
		}
	}
	if _, err := Key("").Seal("totp", id, []byte("x")); err == nil {
		t.Error("a house without a key seals")
	}
}
