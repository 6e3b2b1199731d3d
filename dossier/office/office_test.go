package office

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/dossier/slip"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

// holders answers for every right with one account each.
type holders struct{}

func (holders) Holding(_ context.Context, need access.Perm, unit string) ([]ident.ID, error) {
	return []ident.ID{ident.ID(string(need) + "@" + unit)}, nil
}

type room struct {
	*Service
	House                 *dossiertest.House
	At                    *clock.Fake
	desk, officer, leader access.Actor
}

// Must moves a dossier and fails the test where it does not go.
func (r *room) Must(who access.Actor, d dossier.Dossier, m dossier.Move) dossier.Dossier {
	r.House.T.Helper()
	return r.House.Must(who, d, m)
}

// As is somebody with a role over a part of the tree.
func (r *room) As(role access.Role, under string) access.Actor { return r.House.As(role, under) }

func open(t *testing.T, d *db.DB) *room {
	t.Helper()
	h := dossiertest.New(t, d)
	words, err := i18n.Load(Locale, slip.Locale, dossier.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return &room{House: h, At: h.At, Service: New(Deps{Dossiers: h.Service, Units: h.Units, People: holders{}, Words: words, BaseURL: "https://lotrinh.example",
		Contact: func(_ context.Context, unit string) (string, string, error) {
			return "024 3827 1234", "Liên hệ bộ phận một cửa " + unit, nil
		}}),
		desk: h.As(org.OneStopOfficer, dossiertest.DangXa), officer: h.As(org.CivilStatusOfficer, dossiertest.DangXa), leader: h.As(org.SigningLeader, dossiertest.DangXa)}
}

// accepted is a dossier that the counter accepted.
func (r *room) accepted(change ...func(*dossier.Submission)) dossier.Dossier {
	return r.Must(r.desk, r.House.Submit(change...), dossier.Move{Act: dossier.Accept})
}

// examined is one that is with the civil-status officer.
func (r *room) examined(change ...func(*dossier.Submission)) dossier.Dossier {
	return r.Must(r.desk, r.accepted(change...), dossier.Move{Act: dossier.HandOver})
}

func asMarital(f *dossier.Submission) { f.Procedure = dossiertest.Status }

func named(name, born string) func(*dossier.Submission) {
	return func(f *dossier.Submission) { f.Subject, f.Born = name, born }
}

func wants(t *testing.T, err error, key string) {
	t.Helper()
	if !fault.HasKey(err, key) {
		t.Errorf("got %v, not %s", err, key)
	}
}

func at(day, hour, minute int) time.Time {
	return time.Date(2016, 11, day, hour, minute, 0, 0, clock.City)
}

func (r *room) read(t *testing.T, p Paper) slip.Slip {
	t.Helper()
	s, err := slip.Read(p.Content, p.Hash)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryActLeavesItsPaper(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		x := r.accepted(asMarital)
		x = r.Must(r.desk, x, dossier.Move{Act: dossier.HandOver})
		x = r.Must(r.officer, x, dossier.Move{Act: dossier.AskSupplement, Said: "Thiếu giấy tờ", Data: Missing{Items: []string{"Bản án ly hôn"}}})
		x = r.Must(r.desk, x, dossier.Move{Act: dossier.CompleteSupplement})
		until := x.DueAt.AddDate(0, 0, 3)
		x = r.Must(r.desk, x, dossier.Move{Act: dossier.Reappoint, Said: "Chờ tra cứu sổ", Until: until})
		x = r.Must(r.officer, x, dossier.Move{Act: dossier.Stop, Said: "Không đúng thẩm quyền"})
		all, err := r.Papers(t.Context(), d.Read(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range all {
			got = append(got, p.Form.String())
		}
		if strings.Join(got, " ") != "01 05 02 01 04 03" {
			t.Fatal(got)
		}
		first := r.read(t, all[0])
		if first.Number != 1 || first.Code != x.Code || first.BookLine != 1 || first.Due.IsZero() || first.Office.Place != "Đặng Xá" || !strings.Contains(first.Office.Parent, "GIA LÂM") {
			t.Errorf("%+v", first)
		}
		if first.Office.Phone != "024 3827 1234" || !strings.Contains(first.Doc(r.vi(), 0).Foot, "Liên hệ bộ phận một cửa "+dossiertest.DangXa) {
			t.Errorf("nobody reads whom to ask: %+v", first.Office)
		}
		if c := r.read(t, all[2]); len(c.Items) != 1 || c.Basis == "" {
			t.Errorf("%+v", c)
		}
		if c := r.read(t, all[4]); !c.NewDue.Equal(until) || !c.Due.Before(c.NewDue) {
			t.Errorf("%+v", c)
		}
		second := r.accepted()
		papers, _ := r.Papers(t.Context(), d.Read(), second.ID)
		if c := r.read(t, papers[0]); c.Number != 3 || c.BookLine != 2 {
			t.Errorf("numbers have a gap: %d, %d", c.Number, c.BookLine)
		}
	})
}

func TestACompletionIsAskedForInTimeOnceAndWhole(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		x := r.examined(asMarital)
		ask := func(m dossier.Move) error {
			m.Act, m.Said = dossier.AskSupplement, "Thiếu"
			_, err := r.Do(t.Context(), r.officer, x.ID, 0, m)
			return err
		}
		if !fault.Is(ask(dossier.Move{}), fault.Invalid) || !fault.Is(ask(dossier.Move{Data: Missing{}}), fault.Invalid) {
			t.Error("asked without saying for what")
		}
		r.At.Set(at(16, 8, 0)) // accepted on Thursday 10/11: the third working day is Tuesday 15/11
		wants(t, ask(dossier.Move{Data: Missing{Items: []string{"Giấy tờ"}}}), "office.ask_late")
		r.At.Set(at(15, 16, 0))
		if err := ask(dossier.Move{Data: Missing{Items: []string{"Giấy tờ"}}}); err != nil {
			t.Fatal(err)
		}
		r.Must(r.desk, x, dossier.Move{Act: dossier.CompleteSupplement})
		wants(t, ask(dossier.Move{Data: Missing{Items: []string{"Giấy tờ khác"}}}), "dossier.once")
	})
}

func TestAnApologyADayBeforeMovesTheDueMomentAndComesOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		x := r.examined(asMarital) // due Tuesday 15/11, 17:00
		sorry := func(until time.Time) error {
			_, err := r.Do(t.Context(), r.officer, x.ID, 0, dossier.Move{Act: dossier.Reappoint, Said: "Chờ tra cứu", Until: until})
			return err
		}
		if x.DueAt.IsZero() || clock.Date(x.DueAt) != "2016-11-15" {
			t.Fatal(x.DueAt)
		}
		end := x.DueAt
		if !fault.Is(sorry(end.Add(-24*time.Hour)), fault.Invalid) || !fault.Is(sorry(end.Add(4*24*time.Hour)), fault.Invalid) {
			t.Error("an earlier day or a Saturday was taken")
		}
		r.At.Set(at(14, 16, 59))
		if err := sorry(end.Add(24 * time.Hour)); err != nil {
			t.Fatal(err)
		}
		wants(t, sorry(end.Add(48*time.Hour)), "dossier.once")
		r.At.Set(at(15, 8, 0))
		same := r.examined(named("Đỗ Thị Lan", "2016-11-09")) // due today
		wants(t, r.sorry(same, end.Add(-48*time.Hour)), "fault.invalid")
		if err := r.sorry(same, end.Add(48*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got, err := r.DossierIn(t.Context(), d.Read(), r.officer, dossier.Read, same.ID); err != nil || !got.DueAt.Equal(same.DueAt) {
			t.Errorf("an apology on the day itself moved the due moment to %s (%v)", got.DueAt, err)
		}
		wants(t, r.sorry(same, end.Add(72*time.Hour)), "dossier.once")
	})
}

// sorry apologises for a dossier, as an officer does.
func (r *room) sorry(x dossier.Dossier, until time.Time) error {
	_, err := r.Do(r.House.T.Context(), r.officer, x.ID, 0, dossier.Move{Act: dossier.Reappoint, Said: "Chờ tra cứu", Until: until})
	return err
}

func TestADossierIsRefusedWithinItsTermOnly(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		early, sorry, late := r.examined(asMarital, named("Lê Văn Một", "1980-01-01")), r.examined(asMarital, named("Lê Văn Hai", "1981-01-01")), r.examined(asMarital, named("Lê Văn Ba", "1982-01-01"))
		refuse := func(x dossier.Dossier) error {
			_, err := r.Do(t.Context(), r.officer, x.ID, 0, dossier.Move{Act: dossier.Stop, Said: "Không đủ điều kiện"})
			return err
		}
		r.At.Set(at(14, 9, 0))
		if err := refuse(early); err != nil {
			t.Error(err)
		}
		r.Must(r.officer, sorry, dossier.Move{Act: dossier.Reappoint, Said: "Chờ tra cứu", Until: sorry.DueAt.Add(24 * time.Hour)})
		r.At.Set(at(18, 9, 0)) // due on the 15th
		wants(t, refuse(late), "office.refuse_late")
		if err := r.sorry(late, late.DueAt.Add(24*time.Hour)); !fault.Is(err, fault.Invalid) {
			t.Errorf("promised for a day that has passed: %v", err)
		}
		if err := r.sorry(late, late.DueAt.Add(6*24*time.Hour)); err != nil { // Monday 21/11
			t.Fatal(err)
		}
		papers, _ := r.Papers(t.Context(), d.Read(), late.ID)
		if c := r.read(t, papers[len(papers)-1]); c.Form != slip.Apology || !c.NewDue.Equal(late.DueAt.Add(6*24*time.Hour)) || !c.Due.Equal(late.DueAt) {
			t.Errorf("the slip says %+v", c)
		}
		if x, _ := r.DossierIn(t.Context(), d.Read(), r.officer, dossier.Read, late.ID); !x.Late(r.Now()) || !x.DueAt.Equal(late.DueAt) {
			t.Error("a late apology made the dossier one in time")
		}
		if err := refuse(late); err != nil {
			t.Errorf("refused after an apology: %v", err)
		}
		if err := refuse(sorry); err != nil {
			t.Errorf("after an apology: %v", err)
		}
	})
}

func TestBirthsWithoutANumberAreListedBeforeTheOfficeCloses(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		x := r.examined(func(f *dossier.Submission) { f.Channel = dossier.Counter })
		x = r.Must(r.officer, x, dossier.Move{Act: dossier.HandOver})
		x = r.Must(r.officer, x, dossier.Move{Act: dossier.Enter})
		x = r.Must(r.officer, x, dossier.Move{Act: dossier.AwaitPID})
		counted := func(who access.Actor) int64 {
			n, err := r.WithoutPID(t.Context(), who)
			if err != nil {
				t.Error(err)
			}
			return n
		}
		if n := counted(r.officer); n != 0 || clock.Date(x.DueAt) != "2016-11-10" {
			t.Errorf("in the morning %d are listed; it is due %v", n, x.DueAt)
		}
		r.At.Set(at(10, 16, 0))
		if n := counted(r.officer) + counted(r.desk); n != 2 {
			t.Errorf("at 16:00 the officer and the counter see %d", n)
		}
		if n := counted(r.leader) + counted(r.As(org.CivilStatusOfficer, dossiertest.BacSon)) + counted(access.Actor{}); n != 0 {
			t.Errorf("%d are seen by those whom it does not concern", n)
		}
		all, err := r.Queue(t.Context(), r.officer, Filter{View: ViewPID}, page.Read("", ""))
		if err != nil || len(all.Items) != 1 || all.Items[0].ID != x.ID {
			t.Errorf("the list: %+v, %v", all.Items, err)
		}
		r.Must(r.As(org.SupportLead, ""), x, dossier.Move{Act: dossier.PIDGiven})
		if n := counted(r.officer); n != 0 {
			t.Errorf("%d wait when the number is there", n)
		}
	})
}

func TestTheSameEventIsNotTakenTwice(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		proof := func(f *dossier.Submission) { f.ProofNo = "GCS-0042" }
		r.accepted(proof)
		again := r.House.Submit(proof, named("Nguyễn Văn Khác", "2016-10-01"), func(f *dossier.Submission) { f.Unit = dossiertest.BacSon })
		_, err := r.Do(t.Context(), r.As(org.OneStopOfficer, dossiertest.BacSon), again.ID, 0, dossier.Move{Act: dossier.Accept})
		wants(t, err, "office.twin.hard.proof")
		if err := r.Apart(t.Context(), r.As(org.CivilStatusOfficer, dossiertest.BacSon), again.ID, again.ID, "Là hai trẻ khác nhau"); !fault.Is(err, fault.Conflict) {
			t.Errorf("what is certain was decided away: %v", err)
		}
		free := r.House.Submit(asMarital, proof, named("Nguyễn Văn Khác", "2016-10-01"))
		if _, err := r.Do(t.Context(), r.desk, free.ID, 0, dossier.Move{Act: dossier.Accept}); err != nil {
			t.Errorf("a status certificate was held up by a birth: %v", err)
		}
	})
}

func TestALikelyTwinWaitsForAWord(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		first := r.accepted(named("Trần Gia Bảo", "2016-11-02"))
		x := r.examined(named("Trân Gia Bao", "2016-11-03"))
		all, err := r.Twins(t.Context(), d.Read(), x)
		if err != nil || len(all) != 1 || all[0].Like != SameName || all[0].ID != first.ID {
			t.Fatalf("%+v %v", all, err)
		}
		x = r.Must(r.officer, x, dossier.Move{Act: dossier.HandOver})
		x = r.Must(r.officer, x, dossier.Move{Act: dossier.AskConfirm})
		x = r.Must(dossier.Citizen(), x, dossier.Move{Act: dossier.Confirmed})
		_, err = r.Do(t.Context(), r.officer, x.ID, 0, dossier.Move{Act: dossier.Enter})
		wants(t, err, "office.twin.undecided")
		if err := r.Apart(t.Context(), r.officer, x.ID, first.ID, "ngắn"); !fault.Is(err, fault.Invalid) {
			t.Errorf("no reason was taken: %v", err)
		}
		if err := r.Apart(t.Context(), r.officer, x.ID, first.ID, "Hai trẻ khác mẹ, đã đối chiếu giấy chứng sinh"); err != nil {
			t.Fatal(err)
		}
		r.Must(r.officer, x, dossier.Move{Act: dossier.Enter})
		mother := func(name string) func(*dossier.Submission) {
			return func(f *dossier.Submission) {
				f.Subject, f.Born, f.Answers = "Vũ Hải Yến", "2016-11-04", json.RawMessage(`{"mother.name":"`+name+`"}`)
			}
		}
		r.accepted(mother("Đỗ Thị Lan"))
		if n := len(must(r.Twins(t.Context(), d.Read(), r.accepted(mother("Bùi Thu Hằng"))))(t)); n != 0 {
			t.Errorf("children of two mothers are taken for one: %d", n)
		}
		if n := len(must(r.Twins(t.Context(), d.Read(), r.accepted(mother("Đo Thi Lan"))))(t)); n != 1 {
			t.Errorf("the child of one mother is not seen: %d", n)
		}
		if other := r.accepted(named("Phạm Minh Quân", "2016-11-02")); len(must(r.Twins(t.Context(), d.Read(), other))(t)) != 0 {
			t.Error("children of one day are taken for one")
		}
	})
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestLettersStopTheClockUntilTheLastReply(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		x := r.examined(asMarital)
		ctx := t.Context()
		if _, err := r.Do(ctx, r.officer, x.ID, 0, dossier.Move{Act: dossier.AskVerify, Said: "Xác minh"}); !fault.HasKey(err, "office.letter.none") {
			t.Errorf("the clock stopped without a letter: %v", err)
		}
		x, err := r.Write(ctx, r.officer, x.ID, 0, "Tình trạng hôn nhân 2010–2014", "UBND xã Bắc Sơn", "UBND phường Hàng Bài")
		if err != nil || !x.DueAt.IsZero() || x.Waiting != dossier.ForVerification {
			t.Fatalf("%+v %v", x, err)
		}
		_, err = r.Write(ctx, r.officer, x.ID, 0, "Lại hỏi", "UBND xã Bắc Sơn")
		wants(t, err, "office.letter.already")
		letters, _ := r.LettersOf(ctx, d.Read(), x.ID)
		r.At.Set(at(14, 9, 0))
		_, err = r.Replied(ctx, r.officer, x.ID, 0, Answer{Letter: letters[0].ID, Outcome: Silent, Reply: "Không trả lời"})
		wants(t, err, "office.letter.too_early")
		if x, err = r.Replied(ctx, r.officer, x.ID, 0, Answer{Letter: letters[0].ID, Outcome: Confirms, Reply: "Chưa đăng ký kết hôn"}); err != nil || !x.DueAt.IsZero() {
			t.Fatalf("%v %v", x.DueAt, err)
		}
		_, err = r.Do(ctx, r.officer, x.ID, 0, dossier.Move{Act: dossier.Verified})
		wants(t, err, "office.letter.waiting")
		r.At.Set(time.Date(2016, 11, 30, 9, 0, 0, 0, clock.City))
		if x, err = r.Replied(ctx, r.officer, x.ID, 0, Answer{Letter: letters[1].ID, Outcome: Silent, Reply: "Quá 20 ngày, người yêu cầu cam đoan"}); err != nil {
			t.Fatal(err)
		}
		if clock.Date(x.DueAt) != "2016-11-30" {
			t.Errorf("due %v, not on the day of the last reply", x.DueAt)
		}
	})
}

func TestAResultIsHandedToSomebodyWhoWasKnown(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		x := r.examined(func(f *dossier.Submission) { f.Channel, f.Practice = dossier.Counter, true })
		x = r.Must(r.officer, x, dossier.Move{Act: dossier.HandOver})
		x = r.Must(r.officer, x, dossier.Move{Act: dossier.Enter})
		x = r.Must(r.leader, x, dossier.Move{Act: dossier.Signed})
		x = r.Must(r.desk, x, dossier.Move{Act: dossier.Finish})
		give := func(h any) error {
			_, err := r.Do(t.Context(), r.desk, x.ID, 0, dossier.Move{Act: dossier.Return, Data: h})
			return err
		}
		for _, h := range []any{nil, Handout{How: "counter", Identity: "CMND"}, Handout{Receiver: "Lê Thị Mai", How: "counter", Signed: true},
			Handout{Receiver: "Lê Thị Mai", How: "counter", Identity: "CMND 012345678"}, Handout{Receiver: "Lê Thị Mai", How: "bay"}} {
			if !fault.Is(give(h), fault.Invalid) {
				t.Errorf("handed out with %+v", h)
			}
		}
		if err := give(Handout{Receiver: "Lê Thị Mai", How: "counter", Identity: "CMND 012345678", Signed: true}); err != nil {
			t.Fatal(err)
		}
		if n, _ := d.Read().NewSelect().Model((*Task)(nil)).Count(t.Context()); n != 0 {
			t.Error("an ended dossier stands on a desk")
		}
	})
}

func TestTheQueueShowsWhatIsDueFirstAndCountsIt(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		ctx := t.Context()
		later := r.examined(asMarital)                                 // due 15/11
		today := r.examined(named("Đỗ Thị Lan", "2016-11-09"))         // due 10/11
		filed := r.House.Submit(named("Nguyễn Văn Đức", "2016-11-08")) // to be checked by 11/11 08:00
		r.House.Submit(func(f *dossier.Submission) { f.Unit = dossiertest.BacSon })
		list := func(who access.Actor, f Filter) []ident.ID {
			t.Helper()
			p, err := r.Queue(ctx, who, f, page.Read("", ""))
			if err != nil {
				t.Fatal(err)
			}
			var ids []ident.ID
			for _, x := range p.Items {
				ids = append(ids, x.ID)
			}
			return ids
		}
		same := func(got []ident.ID, want ...ident.ID) {
			t.Helper()
			if len(got) != len(want) {
				t.Fatalf("%v, not %v", got, want)
			}
			for i := range got {
				if got[i] != want[i] {
					t.Errorf("%v, not %v", got, want)
				}
			}
		}
		same(list(r.officer, Filter{View: ViewMine}), today.ID, later.ID)
		same(list(r.desk, Filter{View: ViewMine}), filed.ID)
		same(list(r.desk, Filter{View: ViewOpen}), today.ID, filed.ID, later.ID)
		same(list(r.desk, Filter{Words: "do thi lan"}), today.ID)
		same(list(r.desk, Filter{Words: today.Code}), today.ID)
		same(list(r.desk, Filter{Words: "0912 345 678", Procedure: dossiertest.Status}), later.ID)
		same(list(r.desk, Filter{Words: "duc", Unit: dossiertest.BacSon}))
		same(list(r.As(org.DistrictCoordinator, "018"), Filter{View: ViewOpen}), today.ID, filed.ID, later.ID)
		same(list(r.As(org.DistrictCoordinator, "018"), Filter{Words: "do thi lan"}))
		if _, err := r.Queue(ctx, access.Actor{}, Filter{}, page.Read("", "")); err == nil {
			t.Error("nobody reads the queue")
		}
		r.At.Set(at(14, 8, 0))
		same(list(r.desk, Filter{View: ViewLate}), today.ID, filed.ID)
		c, err := r.Counts(ctx, r.desk, Filter{})
		if err != nil || c.Of(ViewOpen, r.desk) != 3 || c.Late != 2 || c.Of(ViewMine, r.officer) != 2 {
			t.Errorf("%+v %v", c, err)
		}
		if wrong, err := figures.Check(ctx, d.Read(), QueueFigure, countTasks(false)); err != nil || len(wrong) != 0 {
			t.Errorf("%+v %v", wrong, err)
		}
		r.Must(r.desk, filed, dossier.Move{Act: dossier.RefuseIntake, Said: "Không thuộc thẩm quyền"})
		same(list(r.desk, Filter{View: ViewOver}), filed.ID)
	})
}

func TestTheQueueIsReadPageByPage(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		for range 5 {
			r.accepted(asMarital)
		}
		seen := map[ident.ID]bool{}
		after := ""
		for range 3 {
			p, err := r.Queue(t.Context(), r.desk, Filter{View: ViewOpen}, page.Read(after, "2"))
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range p.Items {
				seen[x.ID] = true
			}
			after = p.Next
		}
		if len(seen) != 5 || after != "" {
			t.Errorf("%d of 5, then %q", len(seen), after)
		}
	})
}

func TestSeveralGoOnWithOneSlip(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		ctx := t.Context()
		a, b := r.accepted(asMarital), r.accepted(asMarital)
		filed, elsewhere := r.House.Submit(), r.House.Submit(func(f *dossier.Submission) { f.Unit = dossiertest.BacSon })
		p, refused, err := r.HandOver(ctx, r.desk, dossiertest.DangXa, []ident.ID{a.ID, b.ID, filed.ID, elsewhere.ID})
		if err != nil || len(refused) != 2 || !fault.Is(refused[elsewhere.ID], fault.Missing) || !fault.Is(refused[filed.ID], fault.Conflict) {
			t.Fatalf("%v %v", refused, err)
		}
		if c := r.read(t, p); len(c.Hands) != 2 || c.Number != 1 {
			t.Errorf("%+v", c)
		}
		for _, id := range []ident.ID{a.ID, b.ID} {
			x, _ := r.DossierIn(ctx, d.Read(), r.officer, dossier.Read, id)
			papers, _ := r.Papers(ctx, d.Read(), id)
			if x.Stage != "examine" || len(papers) != 1 {
				t.Errorf("%s with %d papers", x.Stage, len(papers))
			}
		}
		if _, _, err := r.HandOver(ctx, r.As(org.OneStopOfficer, dossiertest.BacSon), dossiertest.DangXa, []ident.ID{a.ID}); err == nil {
			t.Error("another commune hands over")
		}
	})
}

func TestWhatBecomesOldIsToldOnceToWhomItConcerns(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		ctx := t.Context()
		r.examined(asMarital) // due Tuesday 15/11, 17:00
		told := func() string {
			t.Helper()
			if _, err := r.Tend(ctx, 10); err != nil {
				t.Fatal(err)
			}
			var rows []struct{ Account, Template string }
			if err := d.Read().NewSelect().Table("notice").Column("account", "template").Order("template", "account").Scan(ctx, &rows); err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, n := range rows {
				out = append(out, strings.TrimPrefix(n.Template, "office.notice.")+":"+strings.TrimPrefix(strings.TrimSuffix(n.Account, "@00556"), "dossier."))
			}
			return strings.Join(out, " ")
		}
		if got := told(); got != "" {
			t.Error(got)
		}
		r.At.Set(at(15, 13, 30))
		if got := told(); got != "soon:examine" {
			t.Error(got)
		}
		r.At.Set(at(15, 17, 30))
		if got := told(); got != "due:examine due:sign soon:examine" {
			t.Error(got)
		}
		r.At.Set(at(17, 8, 0))
		if got := told(); got != "after:examine after:sign after:supervise due:examine due:sign soon:examine" {
			t.Error(got)
		}
		if got := told(); strings.Count(got, "after") != 3 {
			t.Error(got)
		}
	})
}
