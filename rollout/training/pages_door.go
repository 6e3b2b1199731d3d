package training

import (
	"image"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/boombuler/barcode/qr"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/training/views"
)

// quietModules is the white border that readers of codes want.
const quietModules = 4

// screen is what the hall sees, for the class's trainer.
func (p *pages) screen(c *httpx.Ctx) error {
	id, err := key(c)
	if err != nil {
		return err
	}
	if err := p.mayTeach(c, id); err != nil {
		return err
	}
	got, err := one[Class](c.Std(), p.DB.Read(), "cl.id = ?", id)
	if err != nil {
		return err
	}
	v := *got
	t, now := c.T, p.now()
	s := views.Screen{Title: t.Say("training.class.title", "code", v.Code), Sub: v.Room + " · " + hours(t, v), Address: strings.TrimPrefix(strings.TrimPrefix(p.link(doorAt), "https://"), "http://"),
		Again: v.Path() + "/screen", Back: v.Path(), Came: t.Say("training.screen.came", "n", v.Attended, "of", v.Taken)}
	if !v.Running(now) {
		s.Closed = t.Say("training.screen.closed")
	} else {
		code, err := qr.Encode(p.link(doorAt+"/"+screenToken(p.Key, v.ID, now)), qr.M, qr.Auto)
		if err != nil {
			return fault.Because(fault.Internal, "fault.internal", err)
		}
		s.Side, s.Path = code.Bounds().Dx()+2*quietModules, darkPath(code, quietModules)
		digits := screenCode(p.Key, v.ID, turnOf(now))
		s.Code = digits[:3] + " " + digits[3:]
		s.Left = t.Say("training.screen.left", "n", int(leftOf(now).Seconds()))
	}
	quiet(c)
	return p.site.Show(c, site.Page{Title: s.Title, Citizen: true}, views.ScreenPage(t, s))
}

// darkPath draws the dark modules of a code, runs of a row as one piece.
func darkPath(code image.Image, border int) string {
	var b strings.Builder
	n := code.Bounds().Dx()
	dark := func(x, y int) bool {
		r, _, _, _ := code.At(x, y).RGBA()
		return r == 0
	}
	for y := range n {
		for x := 0; x < n; x++ {
			run := 0
			for x+run < n && dark(x+run, y) {
				run++
			}
			if run > 0 {
				b.WriteString("M" + strconv.Itoa(x+border) + " " + strconv.Itoa(y+border) + "h" + strconv.Itoa(run) + "v1h-" + strconv.Itoa(run) + "z")
				x += run
			}
		}
	}
	return b.String()
}

// quiet keeps pages about persons out of caches and search machines.
func quiet(c *httpx.Ctx) {
	c.Set("Cache-Control", "no-store")
	c.Set("X-Robots-Tag", "noindex")
}

// public shows an open page; a refusal of the form's own comes back with it.
func (p *pages) public(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	pg := site.Page{Title: title, Citizen: true}
	if refused != nil {
		f := fault.Of(refused)
		switch f.Kind {
		case fault.Invalid, fault.Conflict, fault.TooMany:
			pg.Status = f.Kind.Status()
		default:
			return refused
		}
	}
	quiet(c)
	return p.site.Show(c, pg, body(ui.ErrorsOf(c.T, refused)))
}

func (p *pages) door(c *httpx.Ctx) error {
	return p.showDoor(c, "", c.T.Say("training.door.lead"), nil)
}

// scanned is the door with the code read already.
func (p *pages) scanned(c *httpx.Ctx) error {
	v, pass, err := p.Knock(c.Std(), c.Params("token"))
	if fault.Is(err, fault.Conflict) {
		return p.showDoor(c, "", c.T.Say("training.door.lead"), err)
	} else if err != nil {
		return err
	}
	return p.showDoor(c, pass, c.T.Say("training.door.lead_class", "code", v.Code, "room", v.Room), nil)
}

// showDoor asks who is at the door, and for the code unless it was scanned.
func (p *pages) showDoor(c *httpx.Ctx, pass, lead string, refused error) error {
	t := c.T
	title := t.Say("training.door.title")
	return p.public(c, title, refused, func(e ui.Errors) templ.Component {
		f := ui.FormData{Action: doorAt, Errors: e, Submit: t.Say("training.door.save"), Loose: true}
		if pass != "" {
			f.Hidden = []ui.Hidden{{Name: "pass", Value: pass}}
		} else {
			f.Fields = append(f.Fields, ui.Field{Name: "code", Label: t.Say("training.door.code"), Hint: t.Say("training.door.code_hint"), Required: true, Narrow: true, Max: 9, Autocomplete: "off", Value: c.FormValue("code"), Attrs: templ.Attributes{"inputmode": "numeric"}})
		}
		f.Fields = append(f.Fields, ui.Field{Name: "who", Label: t.Say("training.door.who"), Hint: t.Say("training.door.who_hint"), Required: true, Max: 30, Autocomplete: "off", Value: c.FormValue("who")})
		return views.DoorPage(t, views.Door{Title: title, Lead: lead, Form: f})
	})
}

func (p *pages) enter(c *httpx.Ctx) error {
	f := DoorForm{Pass: c.FormValue("pass"), Code: c.FormValue("code"), Who: c.FormValue("who"), From: c.IP()}
	seat, err := p.Enter(c.Std(), f)
	if err != nil {
		lead := c.T.Say("training.door.lead")
		if _, ok := readPass(p.Key, f.Pass, p.now()); !ok {
			f.Pass = ""
		}
		return p.showDoor(c, f.Pass, lead, err)
	}
	return c.See(p.LearnerPath(seat.ID))
}

func (p *pages) lesson(c *httpx.Ctx) error { return p.showLesson(c, "", nil) }

// showLesson is a learner's own page; form names the form that was refused.
func (p *pages) showLesson(c *httpx.Ctx, form string, refused error) error {
	l, err := p.Learner(c.Std(), c.Params("token"))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	papers, err := p.Files.Of(c.Std(), area, string(l.Course.ID))
	if err != nil {
		return err
	}
	t, here := c.T, learnerAt+"/"+c.Params("token")
	return p.public(c, l.Person.Name, refused, func(e ui.Errors) templ.Component {
		v := views.Lesson{Title: l.Person.Name, State: seatState(t, l.Seat.State), Facts: []ui.Fact{{Label: t.Say("training.unit"), Text: capital(tree.Place(l.Seat.Unit))}, {Label: t.Say("training.course"), Text: inLang(t, l.Course.Title, l.Course.TitleEN)},
			{Label: t.Say("training.class"), Text: l.Class.Code}, {Label: t.Say("training.when"), Text: longDay(t, l.Class.Day) + ", " + hours(t, l.Class)}, {Label: t.Say("training.room"), Text: l.Class.Room}, {Label: t.Say("training.trainer"), Text: l.Class.TrainerName}}}
		switch l.Seat.State {
		case Attended:
			v.Notices = append(v.Notices, ui.NoticeData{Tone: ui.Good, Title: t.Say("training.lesson.came", "at", l.Seat.ArrivedAt)})
		case Waiting:
			v.Notices = append(v.Notices, ui.NoticeData{Tone: ui.Warn, Title: t.Say("training.lesson.waiting")})
		}
		if l.Class.State == CalledOff {
			v.Notices = append(v.Notices, ui.NoticeData{Tone: ui.Warn, Title: t.Say("training.lesson.called_off"), Text: l.Class.Note})
		}
		for _, f := range papers[string(l.Course.ID)] {
			v.Materials = append(v.Materials, ui.Action{Label: f.Name, Href: here + "/tai-lieu/" + string(f.ID)})
		}
		if ce := l.Certificate; ce != nil && ce.RevokedAt.IsZero() {
			v.Paper = []ui.Action{{Label: t.Say("training.certificate.download"), Href: CertificatePath(ce.Code) + "/pdf", Icon: "download"}}
		}
		v.Test = p.lessonTest(c, l, here, form, e)
		if l.Seat.State == Attended {
			v.Feedback = lessonFeedback(c, l, here, form, e)
		}
		return views.LessonPage(t, v)
	})
}

// lessonTest is the test of a course that has one: to take, or how it went.
func (p *pages) lessonTest(c *httpx.Ctx, l Learning, here, form string, e ui.Errors) *views.Test {
	if l.Course.PassMark == 0 {
		return nil
	}
	t, qs := c.T, l.Course.Test()
	v := &views.Test{Lead: t.Say("training.test.mark", "mark", l.Course.PassMark, "of", len(qs), "tries", l.Course.Tries)}
	for _, x := range l.Tries {
		word := "training.test.try.failed"
		if x.Passed {
			word = "training.test.try.passed"
		}
		v.Past = append(v.Past, t.Say(word, "n", x.N, "score", x.Score, "of", len(qs), "at", x.At))
	}
	if why := l.Seat.mayTry(l.Course); why != nil {
		if l.Seat.Result != Passed {
			f := fault.Of(why)
			v.Lead = t.Say(f.Key, f.Args...)
		}
		return v
	}
	v.Form = &ui.FormData{Action: here + "/kiem-tra", Submit: t.Say("training.test.send", "left", l.Course.Tries-l.Seat.Tries)}
	if form == "test" {
		v.Form.Errors = e
	}
	var wrong []bool
	if len(l.Tries) > 0 {
		_, wrong = Mark(qs, l.Tries[0].Chosen())
	}
	for i, q := range qs {
		f := ui.Field{Kind: ui.Radio, Name: "q" + strconv.Itoa(i), Label: t.Say("training.test.question", "n", i+1, "text", q.Text), Required: true, Value: c.FormValue("q" + strconv.Itoa(i))}
		if wrong != nil && !wrong[i] {
			f.Hint = t.Say("training.test.was_wrong")
		}
		for j, choice := range q.Choices {
			f.Options = append(f.Options, ui.Option{Value: strconv.Itoa(j), Label: choice})
		}
		v.Questions = append(v.Questions, f)
	}
	return v
}

func lessonFeedback(c *httpx.Ctx, l Learning, here, form string, e ui.Errors) *views.Asked {
	t := c.T
	score := ui.Field{Kind: ui.Radio, Name: "score", Label: t.Say("training.feedback.ask"), Required: true, Value: c.FormValue("score")}
	for n := 5; n >= 1; n-- {
		score.Options = append(score.Options, ui.Option{Value: strconv.Itoa(n), Label: t.Say("training.feedback." + strconv.Itoa(n))})
	}
	remark := ui.Field{Kind: ui.Area, Name: "remark", Label: t.Say("training.feedback.remark"), Rows: 3, Max: longestNote, Value: c.FormValue("remark")}
	card := ui.CardData{Title: t.Say("training.feedback"), Note: t.Say("training.feedback.note")}
	if l.Feedback != nil {
		card.Note = t.Say("training.feedback.thanks")
		if form != "say" {
			score.Value, remark.Value = strconv.FormatInt(l.Feedback.Score, 10), l.Feedback.Remark
		}
	}
	f := ui.FormData{Action: here + "/y-kien", Submit: t.Say("training.feedback.save"), Loose: true, Fields: []ui.Field{score, remark}}
	if form == "say" {
		f.Errors = e
	}
	return &views.Asked{Card: card, Form: f}
}

func (p *pages) test(c *httpx.Ctx) error {
	l, err := p.Learner(c.Std(), c.Params("token"))
	if err != nil {
		return err
	}
	answers := make([]int, len(l.Course.Test()))
	var k fault.Check
	for i := range answers {
		n, err := strconv.Atoi(c.FormValue("q" + strconv.Itoa(i)))
		k.Need(err == nil && n >= 0, "q"+strconv.Itoa(i), "training.test.answer_needed")
		answers[i] = n
	}
	if err := k.Err(); err != nil {
		return p.showLesson(c, "test", err)
	}
	if _, err := p.TakeTest(c.Std(), l.Seat.ID, answers); err != nil {
		if own(err) {
			return p.showLesson(c, "test", err)
		}
		return err
	}
	return c.See(learnerAt + "/" + c.Params("token"))
}

func (p *pages) say(c *httpx.Ctx) error {
	l, err := p.Learner(c.Std(), c.Params("token"))
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(c.FormValue("score"), 10, 64)
	if err != nil {
		n = 0 // none: the form says so
	}
	if err := p.Say(c.Std(), l.Seat.ID, n, c.FormValue("remark")); err != nil {
		if own(err) {
			return p.showLesson(c, "say", err)
		}
		return err
	}
	return c.See(learnerAt + "/" + c.Params("token"))
}

func (p *pages) learnerFile(c *httpx.Ctx) error {
	l, err := p.Learner(c.Std(), c.Params("token"))
	if err != nil {
		return err
	}
	f, err := p.material(c, l.Course.ID)
	if err != nil {
		return err
	}
	return p.Files.Send(c, f)
}
