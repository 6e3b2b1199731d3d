// Package dossiertest is a small house for the tests of dossiers and their rooms: the
// units of Hanoi, the office calendar, a set clock, two procedures, and people.
package dossiertest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

// Start is Thursday 10/11/2016, 08:00 in Hanoi.
var Start = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

// Where the people of the tests work, and where they do not.
const (
	DangXa = "00556" // commune of Gia Lâm
	BacSon = "00376" // commune of Sóc Sơn
)

// The procedures of the tests: Birth takes every kind of step, Status three working days.
const (
	Birth  = "birth"
	Status = "marital_status"
)

// Policy are the rights of the tests' roles.
var Policy = access.Policy{
	org.OneStopOfficer:      {dossier.Read, dossier.Receive},
	org.CivilStatusOfficer:  {dossier.Read, dossier.Examine, dossier.Register},
	org.SigningLeader:       {dossier.Read, dossier.Sign},
	org.DistrictCoordinator: {dossier.Supervise, dossier.Figures},
	org.SupportLead:         {dossier.Exchange},
	org.Administrator:       {dossier.Configure},
	org.Planner:             {dossier.Figures},
}

// House is the service over a store.
type House struct {
	*dossier.Service
	T     testing.TB
	At    *clock.Fake
	Tree  *org.Tree
	Cals  *calstore.Store
	Units *org.Units
	sent  int
}

// New is a house over a store, its clock at Start, with the test's procedures in force
// since 1/1/2016.
func New(t testing.TB, d *db.DB) *House {
	t.Helper()
	at := clock.At(Start)
	units := org.NewUnits(d, at)
	_, err := units.LoadBuiltIn(t.Context())
	must(t, err)
	tree, err := units.Tree(t.Context(), Start)
	must(t, err)
	cals := calstore.New(d, at)
	must(t, cals.Seed(t.Context(), Start))
	blobs, err := files.Folder(t.TempDir())
	must(t, err)
	h := &House{T: t, At: at, Tree: tree, Cals: cals, Units: units, Service: dossier.New(dossier.Deps{
		DB: d, Business: at, Units: units, Files: files.New(d, at, blobs), Calendars: cals, Calendar: calstore.Office, Root: "H26"})}
	h.Offer(Birth, "2016-01-01", birth)
	h.Offer(Status, "2016-01-01", status)
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// As is somebody with a role over a part of the tree; "" is the whole city. The same role
// and name are the same person.
func (h *House) As(role access.Role, under string, name ...string) access.Actor {
	who := "Nguyễn Thị Hoa"
	if len(name) > 0 {
		who = name[0]
	}
	sum := fnv.New64a()
	_, _ = fmt.Fprint(sum, role, "/", who)
	return Policy.As(access.Actor{ID: ident.ID(fmt.Sprintf("0191f2a0-0000-7000-8000-%012x", sum.Sum64()&0xffffffffffff)), Name: who, Via: "web", Home: under,
		Grants: []access.Grant{{Role: role, Everywhere: under == "", Units: h.Tree.Under(under)}}})
}

// Offer puts a version of a procedure into force from a day; definition is JSON.
func (h *House) Offer(procedure, from, definition string) ident.ID {
	h.T.Helper()
	v := dossier.Version{ID: ident.New(h.At.Now()), Procedure: procedure, From: from, State: dossier.Published, Definition: json.RawMessage(definition), MadeAt: h.At.Now(), Ver: 1}
	must(h.T, h.DB.InTx(h.T.Context(), func(ctx ctx, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&v).Exec(ctx)
		return err
	}))
	return v.ID
}

// Submit files a dossier for Đặng Xá as the citizen would; change says what matters.
func (h *House) Submit(change ...func(*dossier.Submission)) dossier.Dossier {
	h.T.Helper()
	h.sent++
	f := dossier.Submission{Key: fmt.Sprint("test-", h.sent), Procedure: Birth, Unit: DangXa, Channel: dossier.Online, Answers: json.RawMessage(`{"nksHoTen":"Trần Gia Bảo"}`),
		Facts: dossier.Facts{Subject: "Trần Gia Bảo", Born: "2016-11-02", Applicant: "Lê Thị Mai", Phone: "0912345678"}}
	for _, c := range change {
		c(&f)
	}
	var out dossier.Dossier
	must(h.T, h.DB.InTx(h.T.Context(), func(ctx ctx, tx *db.Tx) error {
		var err error
		out, err = h.SubmitIn(ctx, tx, dossier.Citizen(), f)
		return err
	}))
	return out
}

// Must moves a dossier and fails the test where it does not go.
func (h *House) Must(who access.Actor, d dossier.Dossier, m dossier.Move) dossier.Dossier {
	h.T.Helper()
	out, err := h.Do(h.T.Context(), who, d.ID, 0, m)
	if err != nil {
		h.T.Fatalf("%s: %v", m.Act, err)
	}
	return out
}
