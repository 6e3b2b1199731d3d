package org

import (
	"testing"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/testkit"
)

func BenchmarkLoadingTheUnits(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		u := NewUnits(testkit.SQLite(b), clock.At(demoDay))
		b.StartTimer()
		if _, err := u.LoadBuiltIn(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSearchingTheUnits(b *testing.B) {
	tree := hanoi(b).Tree("2016-11-10")
	for b.Loop() {
		if len(tree.Search("dang xa gia lam", 20)) == 0 {
			b.Fatal("nothing found")
		}
	}
}

func BenchmarkKnowingWhoAsks(b *testing.B) {
	h := given(b, testkit.SQLite(b))
	in, err := h.SignIn(b.Context(), "admin", goodPassword, Door{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if who, err := h.BySession(b.Context(), in.Token); err != nil || !who.SignedIn() {
			b.Fatal(err)
		}
	}
}
