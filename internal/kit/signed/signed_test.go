package signed

import (
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/ident"
)

func TestOnlyThisHouseMakesLinks(t *testing.T) {
	k, id := Key("secret"), ident.New(time.Date(2016, 11, 10, 2, 0, 0, 0, time.UTC))
	token := k.Token("survey", id)
	if got, ok := k.Read("survey", token); !ok || got != id || strings.ContainsAny(token, "/+=.") {
		t.Fatal(token, got, ok)
	}
	flipped := "A" + token[1:]
	if flipped == token {
		flipped = "B" + token[1:]
	}
	for name, try := range map[string]struct {
		key            Key
		purpose, token string
	}{
		"another purpose": {k, "other", token}, "another house": {"else", "survey", token}, "a house without a secret": {"", "survey", Key("").Token("survey", id)},
		"another thing": {k, "survey", flipped}, "nothing": {k, "survey", ""}, "nonsense": {k, "survey", "%%%"}, "cut": {k, "survey", token[:20]},
	} {
		if _, ok := try.key.Read(try.purpose, try.token); ok {
			t.Error(name + " is let in")
		}
	}
	if k.Token("survey", "x") != "" {
		t.Error("what is no key has a token")
	}
}

func TestCodesArePerThing(t *testing.T) {
	k, at := Key("secret"), time.Date(2016, 11, 10, 2, 0, 0, 0, time.UTC)
	id := ident.New(at)
	code := k.Code("follow", id)
	if len(code) != 8 || !k.Right("follow", id, code[:4]+" "+code[4:]) {
		t.Error(code)
	}
	if k.Right("other", id, code) || k.Right("follow", ident.New(at), code) || k.Right("follow", id, "") || Key("").Right("follow", id, Key("").Code("follow", id)) {
		t.Error("a code opens what is not its own")
	}
}
