package otp

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
)

var morning = time.Date(2016, 11, 10, 2, 0, 0, 0, time.UTC)

func ask(number, from string) Ask { return Ask{Purpose: "test", Number: number, From: from} }

func take(t *testing.T, d *db.DB, now time.Time, a Ask) (id ident.ID, secret string, err error) {
	t.Helper()
	err = d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		id, secret, err = Make(ctx, tx, now, a)
		return err
	})
	return id, secret, err
}

func try(t *testing.T, d *db.DB, now time.Time, id ident.ID, purpose, typed string) Verdict {
	t.Helper()
	var v Verdict
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = Check(ctx, tx, now, id, purpose, typed)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestACodeWorksOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		id, secret, err := take(t, d, morning, ask("0912345678", "10.0.0.1"))
		if err != nil || !regexp.MustCompile(`^\d{6}$`).MatchString(secret) {
			t.Fatal(secret, err)
		}
		if v := try(t, d, morning, id, "other", secret); v.OK {
			t.Error("works for another purpose")
		}
		if v := try(t, d, morning, id, "test", secret[:3]+" "+secret[3:]); !v.OK || v.Err("code") != nil {
			t.Error("the right code is refused", v)
		}
		if v := try(t, d, morning, id, "test", secret); v.OK || v.Err("code") == nil {
			t.Error("works twice")
		}
		var row code
		if err := d.Read().NewSelect().Model(&row).Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		if all := row.Number + row.Address + row.Hash; strings.Contains(all, secret) || strings.Contains(all, "0912345678") || strings.Contains(all, "10.0.0.1") {
			t.Error("the store knows what it should not", row)
		}
	})
}

func TestACodeBearsFiveTriesAndTenMinutes(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(morning)
		id, secret, err := take(t, d, at.Now(), ask("0912345678", "a"))
		if err != nil {
			t.Fatal(err)
		}
		for left := Tries - 1; left >= 0; left-- {
			v := try(t, d, at.Now(), id, "test", "x")
			if v.OK || v.Left != left || !fault.Is(v.Err("code"), fault.Invalid) {
				t.Fatalf("%+v, want %d left", v, left)
			}
		}
		if v := try(t, d, at.Now(), id, "test", secret); v.OK {
			t.Error("the sixth try is let in")
		}
		if id, secret, err = take(t, d, at.Now(), ask("0912345678", "a")); err != nil {
			t.Fatal(err)
		}
		at.Move(Life)
		if v := try(t, d, at.Now(), id, "test", secret); v.OK {
			t.Error("works after its life")
		}
		if v := try(t, d, at.Now(), "nothing", "test", secret); v.OK || v.Left != 0 {
			t.Error("a code that nobody made", v)
		}
	})
}

func TestNobodyIsPestered(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(morning)
		for i := range 8 {
			if _, _, err := take(t, d, at.Now(), ask("0912345678", string(rune('a'+i)))); err != nil {
				t.Fatal(i, err)
			}
			if i%3 == 2 {
				if _, _, err := take(t, d, at.Now(), ask("0912345678", "z")); !fault.Is(err, fault.TooMany) {
					t.Errorf("the fourth code in a quarter of an hour: %v", err)
				}
				at.Move(15 * time.Minute)
			}
		}
		at.Move(time.Hour)
		if _, _, err := take(t, d, at.Now(), ask("0912345678", "z")); !fault.HasKey(err, "otp.too_many") {
			t.Errorf("the ninth of the day: %v", err)
		}
		for i := range 20 {
			if _, _, err := take(t, d, at.Now(), ask("09000000"+string(rune('a'+i)), "school")); err != nil {
				t.Fatal(i, err)
			}
		}
		if _, _, err := take(t, d, at.Now(), ask("0999999999", "school")); !fault.HasKey(err, "otp.too_many_here") {
			t.Errorf("the 21st of an address: %v", err)
		}
		at.Move(26 * time.Hour)
		if err := Sweep(t.Context(), d, at.Now()); err != nil {
			t.Fatal(err)
		}
		if n, err := d.Read().NewSelect().Model((*code)(nil)).Count(t.Context()); err != nil || n != 0 {
			t.Errorf("%d codes are kept, %v", n, err)
		}
	})
}
