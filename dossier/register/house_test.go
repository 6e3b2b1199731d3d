package register

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

const password = "một hai ba bốn năm"

var hashed = sync.OnceValues(func() (string, error) { return org.HashPassword(password) })

// death asks for nothing but its own steps.
const death = `{"code":"1.000656","name":{"vi":"Đăng ký khai tử","en":"Death registration"},"group":"death","level":3,
"basis":[{"text":"Luật Hộ tịch 60/2014/QH13","article":"Điều 34"}],"term":{"kind":"same_day"},"fee":{},"documents":[],
"form":{"groups":[{"key":"dead","title":{"vi":"Người chết"},"fields":[{"key":"dead_name","kind":"name","label":{"vi":"Họ tên"}},{"key":"dead_born","kind":"date","label":{"vi":"Ngày sinh"}},{"key":"dead_pid","kind":"pid","label":{"vi":"Số định danh"}}]},
{"key":"who","title":{"vi":"Người đi khai"},"fields":[{"key":"nyc_name","kind":"name","label":{"vi":"Họ tên"}},{"key":"nyc_born","kind":"date","label":{"vi":"Ngày sinh"}}]}]},
"results":[{"key":"extract","name":{"vi":"Trích lục khai tử","en":"Extract"},"book":"kt"}],
"steps":[{"key":"receive","kind":"receive","name":{"vi":"Tiếp nhận"}},{"key":"examine","kind":"examine","name":{"vi":"Thẩm tra"}},{"key":"register","kind":"register","name":{"vi":"Ghi sổ"}},{"key":"sign","kind":"sign","name":{"vi":"Ký"}},{"key":"return","kind":"return","name":{"vi":"Trả kết quả"}}]}`

type house struct {
	*Service
	*dossiertest.House
	t       *testing.T
	people  *org.People
	stop    access.Actor
	civil   access.Actor
	second  access.Actor // another civil-status officer of the commune
	leader  access.Actor
	vice    access.Actor
	there   access.Actor // civil-status officer of another commune
	planner access.Actor
	filed   int
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{House: dossiertest.New(t, d), t: t}
	h.people = org.NewPeople(d, h.Units, h.At, h.At, dossiertest.Policy, nil, nil)
	h.Service = New(Deps{DB: d, Dossiers: h.House.Service, People: h.people, Units: h.Units})
	h.Join()
	h.Offer("death", "2016-01-01", death)
	h.stop, h.civil, h.second = h.person(org.OneStopOfficer, dossiertest.DangXa, "Trần Văn Tiếp"), h.person(org.CivilStatusOfficer, dossiertest.DangXa, "Đỗ Thị Tịch"), h.person(org.CivilStatusOfficer, dossiertest.DangXa, "Lê Văn Hai")
	h.leader, h.vice = h.person(org.SigningLeader, dossiertest.DangXa, "Nguyễn Văn Chủ"), h.person(org.SigningLeader, dossiertest.DangXa, "Phạm Thị Phó")
	h.there, h.planner = h.person(org.CivilStatusOfficer, dossiertest.BacSon, "Vũ Thị Xa"), h.person(org.Planner, "", "Bùi Văn Kế")
	return h
}

// person is somebody with an account and a post since the beginning of the year.
func (h *house) person(role access.Role, unit, name string) access.Actor {
	h.t.Helper()
	who := h.As(role, unit, name)
	hash, err := hashed()
	must(h.t, err)
	a := org.Account{ID: who.ID, Login: string(who.ID), LoginKey: string(who.ID), Name: name, Fold: name, Unit: unit, Lang: "vi", State: org.Active, Password: hash, PasswordAt: h.At.Now(), CreatedAt: h.At.Now(), Version: 1}
	post := org.Post{ID: ident.New(h.At.Now()), Account: who.ID, Role: role, Unit: unit, From: "2016-01-01", GrantedAt: h.At.Now()}
	h.store(&a, &post)
	return who
}

func (h *house) store(rows ...any) {
	h.t.Helper()
	must(h.t, h.Service.DB.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, r := range rows {
			if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}))
}

// do runs SQL as somebody would who goes past the program.
func (h *house) do(sql string, args ...any) error {
	return h.Service.DB.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw(sql, args...).Exec(ctx)
		return err
	})
}

func (h *house) proof(who access.Actor) org.Proof {
	h.t.Helper()
	p, err := h.people.Reprove(h.t.Context(), who, password)
	must(h.t, err)
	return p
}

// dead is a dossier of a death at its step of registration.
func (h *house) dead(name, born, pid string, change ...func(*dossier.Submission)) dossier.Dossier {
	h.t.Helper()
	h.filed++
	answers, err := json.Marshal(map[string]string{"dead_name": name, "dead_born": born, "dead_pid": pid, "nyc_name": "Lê Thị Mai", "nyc_born": "1980-02-03"})
	must(h.t, err)
	d := h.Submit(append([]func(*dossier.Submission){func(f *dossier.Submission) {
		f.Procedure, f.Channel, f.Key, f.Answers = "death", dossier.Counter, fmt.Sprint("death-", h.filed), answers
		f.Facts = dossier.Facts{Subject: name, Born: born, SubjectPID: pid, Applicant: "Lê Thị Mai"}
	}}, change...)...)
	d = h.Must(h.stop, d, dossier.Move{Act: dossier.Accept})
	d = h.Must(h.stop, d, dossier.Move{Act: dossier.HandOver})
	return h.Must(h.second, d, dossier.Move{Act: dossier.HandOver})
}

func (h *house) enter(d dossier.Dossier) Entry {
	h.t.Helper()
	e, err := h.Enter(h.t.Context(), h.civil, h.proof(h.civil), d.ID, 0)
	must(h.t, err)
	return e
}

func (h *house) sign(who access.Actor, d dossier.Dossier) error {
	h.t.Helper()
	out, err := h.Sign(h.t.Context(), who, h.proof(who), []Ask{{Dossier: d.ID}})
	if err != nil {
		return err
	}
	return out[0].Err
}

func (h *house) reload(id ident.ID) dossier.Dossier {
	h.t.Helper()
	d, err := h.DossierIn(h.t.Context(), h.Service.DB.Read(), h.civil, dossier.Read, id)
	must(h.t, err)
	return d
}

// later moves the clock a little, so that proofs of before are old and order is plain.
func (h *house) later() { h.At.Move(time.Second) }
