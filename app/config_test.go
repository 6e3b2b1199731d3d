package app

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFlagsAndVariablesAreTheSameSettings(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(secret, []byte("postgres://localhost/x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"PATH=/bin", "LOTRINH_DATA=/var/lib/lotrinh", "LOTRINH_ADDR=127.0.0.1:1", "LOTRINH_DATABASE_URL_FILE=" + secret}
	c, rest, err := ReadConfig("user", []string{"create", "--addr", "127.0.0.1:2", "--left"}, env)
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != "/var/lib/lotrinh" || c.Addr != "127.0.0.1:2" || c.DatabaseURL != "postgres://localhost/x" || c.BaseURL != "http://127.0.0.1:2" || len(rest) != 2 {
		t.Errorf("read %+v, left %v", c, rest)
	}
}

func TestImpossibleSettingsStopTheStart(t *testing.T) {
	for name, tc := range map[string]struct{ args, env []string }{
		"unknown variable":    {nil, []string{"LOTRINH_ADRESS=x"}},
		"unknown flag":        {[]string{"--colour", "red"}, nil},
		"no port":             {[]string{"--addr", "localhost"}, nil},
		"demo for the street": {[]string{"--demo", "--addr", "0.0.0.0:80"}, nil},
		"demo on every host":  {[]string{"--demo", "--addr", ":80"}, nil},
		"base without scheme": {[]string{"--base-url", "lotrinh.example"}, nil},
		"missing secret file": {nil, []string{"LOTRINH_SMTP_URL_FILE=/nowhere"}},
	} {
		if c, _, err := ReadConfig("serve", tc.args, tc.env); err == nil {
			t.Errorf("%s was let in: %+v", name, c)
		}
	}
}
