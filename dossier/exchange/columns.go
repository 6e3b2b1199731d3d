package exchange

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/wire"
)

// saidBy are fields of our messages that the columns of forms call otherwise,
// the best first.
var saidBy = map[string][]string{
	"meSoGiayTo": {"meSoDinhDanh", "meGiayTo.no"}, "chaSoGiayTo": {"chaSoDinhDanh", "chaGiayTo.no"},
	"gcsSo": {"soGCS"}, "soDinhDanh": {"nktSoDinhDanh"}, "bhytNguoiNhan": {"nycHoTen"},
}

// asked is what a dossier was asked, by the version that it was accepted under.
type asked struct {
	def  procedure.Definition
	form form.Form
	seen form.Context
}

func (s *Service) asked(ctx context.Context, d dossier.Dossier) (asked, error) {
	def, err := s.Dossiers.Definition(ctx, d.Version)
	if err != nil {
		return asked{}, err
	}
	f, err := formOf(def)
	if err != nil {
		return asked{}, err
	}
	seen := form.Context{Accepted: d.AcceptedAt, Unit: d.Unit, Staff: true, Place: func(code, day string) (string, bool) { return s.place(ctx, code, day) }}
	if seen.Accepted.IsZero() {
		seen.Accepted = s.Business.Now()
	}
	return asked{def, f, seen}, nil
}

// place names a unit as it was on a day; of a day without it, as it is now.
func (s *Service) place(ctx context.Context, code, day string) (string, bool) {
	then, err := clock.ParseDate(day)
	if err != nil {
		then = s.Business.Now()
	}
	for _, at := range []time.Time{then, s.Business.Now()} {
		tree, err := s.Dossiers.Units.Tree(ctx, at)
		if err != nil {
			continue
		}
		if _, ok := tree.Unit(code); ok {
			return tree.Place(code), true
		}
	}
	return "", false
}

// formOf reads the form of a version; one without asks nothing.
func formOf(def procedure.Definition) (form.Form, error) {
	var f form.Form
	if len(def.Form) == 0 {
		return f, nil
	}
	if err := json.Unmarshal(def.Form, &f); err != nil {
		return f, fault.Because(fault.Internal, "fault.internal", err)
	}
	return f, nil
}

// answersIn reads answers as they are kept; what is no text is left out.
func answersIn(raw json.RawMessage) form.Answers {
	var all map[string]json.RawMessage
	out := form.Answers{}
	if json.Unmarshal(raw, &all) != nil {
		return out
	}
	for k, v := range all {
		var text string
		if json.Unmarshal(v, &text) == nil && text != "" {
			out[k] = text
		}
	}
	return out
}

// columns are answers by the names of the columns that other offices know.
func (a asked) columns(answers form.Answers) wire.Fields {
	f := wire.Fields(form.Columns(a.form, answers, a.seen))
	for name, others := range saidBy {
		for _, other := range others {
			if f[name] == "" && f[other] != "" {
				f[name] = f[other]
			}
		}
	}
	return f
}

// fields are what a dossier says by the names of the columns: the answers, the register
// entry, the personal number.
func (s *Service) fields(ctx context.Context, q bun.IDB, d dossier.Dossier) (wire.Fields, error) {
	raw, err := s.Dossiers.AnswersOf(ctx, q, d.ID)
	if err != nil {
		return nil, err
	}
	f, err := s.known(ctx, d, answersIn(raw))
	if err != nil {
		return nil, err
	}
	var st []dossier.Step
	err = q.NewSelect().Model(&st).Where("ds.dossier = ?", d.ID).Where("ds.act = ?", dossier.Enter).OrderExpr("ds.seq DESC").Limit(1).Scan(ctx)
	if err != nil || len(st) == 0 {
		return f, db.Sorted(err)
	}
	var entry struct {
		Book   string `json:"book"`
		Number int64  `json:"number"`
	}
	if err := json.Unmarshal(st[0].Data, &entry); err != nil {
		return f, fault.Because(fault.Internal, "fault.internal", err)
	}
	f["so"], f["quyenSo"], f["ngayDangKy"], f["nguoiThucHien"] = strconv.FormatInt(entry.Number, 10), entry.Book, clock.Date(st[0].At), st[0].ActorName
	return f, nil
}

// known are answers by column with what the dossier itself says where they say nothing.
func (s *Service) known(ctx context.Context, d dossier.Dossier, answers form.Answers) (wire.Fields, error) {
	a, err := s.asked(ctx, d)
	if err != nil {
		return nil, err
	}
	_, tree, err := s.Dossiers.Known(ctx)
	if err != nil {
		return nil, err
	}
	f := a.columns(answers)
	put := func(name, v string) {
		if f[name] == "" && v != "" {
			f[name] = v
		}
	}
	who := "nks"
	if a.def.Book() == "kt" {
		who = "nkt"
	}
	put(who+"HoTen", d.Subject)
	put(who+"NgaySinh", d.Born)
	put("soDinhDanh", d.SubjectPID)
	put("gcsSo", d.ProofNo)
	put("bhytNguoiNhan", d.Applicant)
	f["noiDangKy"] = tree.Name(d.Unit)
	return f, nil
}
