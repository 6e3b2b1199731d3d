package catalogue

import (
	"testing"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
)

var policy = access.Policy{"keeper": {dossier.Configure}, "officer": {dossier.Read, dossier.Receive}}

func as(role access.Role) access.Actor {
	return policy.As(access.Actor{ID: ident.ID("0191f2a0-0000-7000-8000-000000000001"), Name: "Nguyễn Thị Hoa", Via: "web", Grants: []access.Grant{{Role: role, Everywhere: true}}})
}

func TestADraftBecomesTheVersionOfADayAndOldOnesStay(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		s, at := house(t, d)
		keeper := as("keeper")
		was, err := s.OfferOf(t.Context(), "birth", at.Now())
		if err != nil {
			t.Fatal(err)
		}
		draft, err := s.Begin(t.Context(), keeper, was.ID, "lệ phí mới")
		if err != nil {
			t.Fatal(err)
		}
		_, def, err := s.Open(t.Context(), keeper, draft.ID)
		if err != nil {
			t.Fatal(err)
		}
		def.Fee.Late = 5000
		if err := s.Save(t.Context(), keeper, draft.ID, 1, def, "lệ phí mới"); err != nil {
			t.Fatal(err)
		}
		if err := s.Save(t.Context(), keeper, draft.ID, 1, def, ""); !fault.HasKey(err, "fault.changed_meanwhile") {
			t.Errorf("a lost update: %v", err)
		}
		for from, key := range map[string]string{"2016-11-09": "fault.invalid", "x": "fault.invalid", "2023-01-01": "catalogue.day_taken"} {
			if err := s.Publish(t.Context(), keeper, draft.ID, 2, from); !fault.HasKey(err, key) {
				t.Errorf("published from %s: %v", from, err)
			}
		}
		if err := s.Publish(t.Context(), keeper, draft.ID, 2, "2016-11-15"); err != nil {
			t.Fatal(err)
		}
		if err := s.Save(t.Context(), keeper, draft.ID, 3, def, ""); !fault.HasKey(err, "catalogue.published_already") {
			t.Errorf("a published version changed: %v", err)
		}
		before, err := s.OfferOf(t.Context(), "birth", at.Now())
		if err != nil || before.ID != was.ID || before.Fee.Late != 8000 {
			t.Errorf("%+v %v", before.Head, err)
		}
		after, err := s.OfferOf(t.Context(), "birth", at.Now().AddDate(0, 0, 5))
		if err != nil || after.ID != draft.ID || after.Fee.Late != 5000 {
			t.Errorf("%+v %v", after.Head, err)
		}
		if err := s.Withdraw(t.Context(), keeper, was.ID, 1); !fault.HasKey(err, "catalogue.in_force") {
			t.Errorf("a version in force is withdrawn: %v", err)
		}
		if err := s.Withdraw(t.Context(), keeper, draft.ID, 3); err != nil {
			t.Fatal(err)
		}
		if after, err = s.OfferOf(t.Context(), "birth", at.Now().AddDate(0, 0, 5)); err != nil || after.ID != was.ID {
			t.Errorf("%+v %v", after.Head, err)
		}
		var topics []string
		if err := d.Read().NewRaw("SELECT topic FROM outbox_event WHERE topic LIKE 'dossier.procedure.%' ORDER BY seq").Scan(t.Context(), &topics); err != nil || len(topics) != 2 || topics[0] != "dossier.procedure.published" || topics[1] != "dossier.procedure.withdrawn" {
			t.Errorf("%v %v", topics, err)
		}
	})
}

func TestAFaultyDraftIsKeptAndNotPublished(t *testing.T) {
	s, at := house(t, testkit.SQLite(t))
	keeper := as("keeper")
	was, err := s.OfferOf(t.Context(), "death", at.Now())
	if err != nil {
		t.Fatal(err)
	}
	draft, err := s.Begin(t.Context(), keeper, was.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	def := was.Definition
	def.Documents = append(def.Documents[:0:0], def.Documents...)
	def.Documents[0].When = []byte(`{"field":"nobody.knows","op":"filled"}`)
	if err := s.Save(t.Context(), keeper, draft.ID, 1, def, ""); err != nil {
		t.Fatal(err)
	}
	err = s.Publish(t.Context(), keeper, draft.ID, 2, "2016-11-15")
	if f := fault.Of(err); f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "documents.0" {
		t.Errorf("%v", err)
	}
	if err := s.Discard(t.Context(), keeper, draft.ID, 2); err != nil {
		t.Fatal(err)
	}
	if err := s.Discard(t.Context(), keeper, was.ID, 1); err == nil {
		t.Error("a published version is thrown away")
	}
}

func TestOnlyWhoKeepsProceduresChangesThem(t *testing.T) {
	s, at := house(t, testkit.SQLite(t))
	o, err := s.OfferOf(t.Context(), "birth", at.Now())
	if err != nil {
		t.Fatal(err)
	}
	draft, err := s.Begin(t.Context(), as("keeper"), o.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, who := range map[string]access.Actor{"officer": as("officer"), "nobody": {}} {
		want := fault.Denied
		if name == "nobody" {
			want = fault.SignIn
		}
		_, list := s.Versions(t.Context(), who, "birth")
		_, _, open := s.Open(t.Context(), who, o.ID)
		_, begin := s.Begin(t.Context(), who, o.ID, "")
		_, start := s.Start(t.Context(), who, "abc", o.Definition)
		for verb, err := range map[string]error{"list": list, "open": open, "begin": begin, "start": start, "save": s.Save(t.Context(), who, draft.ID, 1, o.Definition, ""), "publish": s.Publish(t.Context(), who, draft.ID, 1, "2016-12-01"),
			"withdraw": s.Withdraw(t.Context(), who, draft.ID, 1), "discard": s.Discard(t.Context(), who, draft.ID, 1)} {
			if !fault.Is(err, want) {
				t.Errorf("%s may %s: %v", name, verb, err)
			}
		}
	}
	if _, err := s.Start(t.Context(), as("keeper"), "birth", o.Definition); !fault.Is(err, fault.Invalid) {
		t.Errorf("a key twice: %v", err)
	}
	if v, err := s.Start(t.Context(), as("keeper"), " Local_Aid ", o.Definition); err != nil || v.Procedure != "local_aid" {
		t.Errorf("%v %v", v.Procedure, err)
	}
}
