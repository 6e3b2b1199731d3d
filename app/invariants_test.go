package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lotrinh/app/demo"
	"lotrinh/dossier"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// bookProcedure writes a register and is signed.
const bookProcedure = `{"code":"1.004837","name":{"vi":"Đăng ký giám hộ","en":"Guardianship"},"level":3,"term":{"kind":"working_days","days":3},
"form":{"groups":[{"key":"a","title":{"vi":"Người yêu cầu"},"fields":[{"key":"who","kind":"name","label":{"vi":"Họ và tên"}},{"key":"born","kind":"date","label":{"vi":"Ngày sinh"}},{"key":"pid","kind":"pid","label":{"vi":"Số định danh"}}]}],
"keys":{"subject":"who","subject_pid":"pid"}},
"results":[{"key":"c","book":"gh","name":{"vi":"Trích lục","en":"Extract"}}],"steps":[{"key":"receive","kind":"receive","name":{"vi":"Tiếp nhận"}},{"key":"examine","kind":"examine","name":{"vi":"Thẩm tra"}},
{"key":"register","kind":"register","name":{"vi":"Ghi sổ"}},{"key":"sign","kind":"sign","name":{"vi":"Ký"}},{"key":"return","kind":"return","name":{"vi":"Trả"}}]}`

// caller does to dossiers what a program may do through the API.
type caller struct {
	*street
	tokens map[string][]string
}

func (c *caller) post(login, path, body string, heads ...string) answer {
	c.t.Helper()
	if c.tokens[login] == nil {
		c.tokens[login] = c.bearer(login)
	}
	return c.ask("", "POST", "/api/v1"+path, body, append(slices.Clone(c.tokens[login]), heads...)...)
}

// now is the version of a dossier that is there now.
func (c *caller) now(id ident.ID) string {
	return c.one("SELECT CAST(ver AS TEXT) FROM dossier WHERE id = ?", id)
}

// act does an act at the version that is there now.
func (c *caller) act(login string, id ident.ID, body string) answer {
	c.t.Helper()
	return c.post(login, "/dossiers/"+string(id)+"/act", body, "If-Match", `"`+c.one("SELECT CAST(ver AS TEXT) FROM dossier WHERE id = ?", id)+`"`)
}

func (c *caller) enter(login string, id ident.ID) answer {
	c.t.Helper()
	return c.post(login, "/dossiers/"+string(id)+"/register", `{"password":"`+demo.Password+`","version":`+c.now(id)+`}`, "Idempotency-Key", string(ident.New(c.Machine.Now())))
}

func (c *caller) sign(login string, ids ...ident.ID) answer {
	c.t.Helper()
	var asked []string
	for _, id := range ids {
		asked = append(asked, `{"id":"`+string(id)+`","version":`+c.now(id)+`}`)
	}
	return c.post(login, "/dossiers/sign", `{"password":"`+demo.Password+`","dossiers":[`+strings.Join(asked, ",")+`]}`)
}

// wants expects a status, and a key or words in the answer.
func (c *caller) wants(what string, a answer, status int, words string) {
	c.t.Helper()
	if a.status != status || !strings.Contains(a.body, words) {
		c.t.Errorf("%s: %d %s; want %d, %s", what, a.status, a.body, status, words)
	}
}

// filed files a dossier about somebody and, asked to, takes it to its register.
func (c *caller) filed(key, name, born, pid string, register bool) ident.ID {
	c.t.Helper()
	a := c.submitted(dossier.Submission{Key: key, Procedure: "invariants", Unit: hereUnit, Channel: dossier.Online, Answers: json.RawMessage(fmt.Sprintf(`{"who":%q,"born":%q,"pid":%q}`, name, born, pid)),
		Facts: dossier.Facts{Subject: name, Born: born, SubjectPID: pid, Applicant: "Người Nộp"}})
	if register {
		c.wants(key+" accepted", c.act("officer", a, `{"act":"accept"}`), 200, "")
		c.wants(key+" handed over", c.act("officer", a, `{"act":"hand_over"}`), 200, "")
		c.wants(key+" examined", c.act("registrar", a, `{"act":"hand_over"}`), 200, `"stage":"register"`)
	}
	return a
}

// What the law forbids is forbidden to whoever calls the API as well: by the database, by the table of acts and by what the
// rooms ask of them.
func TestNobodyDoesThroughTheAPIWhatTheLawForbids(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		s.offered("invariants", bookProcedure)
		c := &caller{s, map[string][]string{}}
		c.onceOnly()
		c.impartial()
		c.noGap()
		c.authority()
	})
}

// onceOnly: one completion, one new date.
func (c *caller) onceOnly() {
	id := c.filed("once", "Đặng Văn Một", "1950-01-02", "", false)
	day := func(n int) string { return clock.Date(c.Business.Now().AddDate(0, 0, n)) }
	c.wants("accept", c.act("officer", id, `{"act":"accept"}`), 200, "")
	c.wants("a first completion", c.act("officer", id, `{"act":"ask_supplement","said":"Thiếu","items":["Giấy báo tử"]}`), 200, "")
	c.wants("it came", c.act("officer", id, `{"act":"complete_supplement"}`), 200, "")
	for _, login := range []string{"officer", "registrar"} {
		c.wants("a second completion", c.act(login, id, `{"act":"ask_supplement","said":"Thiếu","items":["Giấy khác"]}`), 409, "dossier.once")
	}
	c.wants("a second date", c.act("officer", id, `{"act":"reappoint","said":"Chờ","until":"`+day(14)+`"}`), 200, "")
	for _, login := range []string{"officer", "registrar"} {
		c.wants("a third date", c.act(login, id, `{"act":"reappoint","said":"Chờ","until":"`+day(21)+`"}`), 409, "dossier.once")
	}
	if n := c.one("SELECT CAST(count(*) AS TEXT) FROM dossier_step WHERE dossier = ? AND act IN ('ask_supplement', 'reappoint')", id); n != "2" {
		c.t.Errorf("%s of the two stand in the history", n)
	}
}

// impartial: nobody registers or signs for oneself or a relative.
func (c *caller) impartial() {
	own := c.filed("own", "Phạm Thị Huệ", "1985-03-04", "001185000001", true)
	his := c.filed("his", "Nguyễn Văn Cha", "1950-05-06", "001050000002", true)
	for _, r := range []struct{ login, body string }{
		{"registrar", "relation=self&name=Phạm+Thị+Huệ&pid=001185000001"},
		{"signer", "relation=father&name=Nguyễn+Văn+Cha&born=1950-05-06"},
	} {
		if a := c.ask(r.login, "POST", "/account/relatives", r.body); a.status != 303 {
			c.t.Fatalf("%s declares: %d %s", r.login, a.status, a.body)
		}
	}
	c.wants("the own death", c.enter("registrar", own), 409, "register.own_relative")
	c.wants("somebody else's father", c.enter("registrar", his), 201, "")
	c.wants("the own father", c.sign("signer", his), 200, `"fault":"register.own_relative"`)
	c.wants("examining the own dossier", c.act("registrar", own, `{"act":"stop","said":"Không"}`), 409, "register.own_relative")
	if n := c.one("SELECT CAST(count(*) AS TEXT) FROM dossier_signature WHERE dossier = ?", his) + c.one("SELECT CAST(count(*) AS TEXT) FROM register_entry WHERE dossier = ?", own); n != "00" {
		c.t.Errorf("what was refused is written: %s", n)
	}
}

// noGap: numbers run on whatever is refused in between, and a void one is never used again.
func (c *caller) noGap() {
	first, then := c.filed("gap1", "Lê Văn Hai", "1940-01-01", "", true), c.filed("gap2", "Lê Văn Ba", "1941-01-01", "", true)
	c.wants("not an officer's", c.enter("officer", first), 403, "")
	c.wants("with another password", c.post("registrar", "/dossiers/"+string(first)+"/register", `{"password":"x"}`, "Idempotency-Key", "gap-x"), 422, "")
	c.wants("through the act", c.act("registrar", first, `{"act":"register"}`), 422, "")
	c.wants("an old page", c.post("registrar", "/dossiers/"+string(first)+"/register", `{"password":"`+demo.Password+`","version":1}`, "Idempotency-Key", "gap-y"), 409, "fault.changed_meanwhile")
	c.wants("the first", c.enter("registrar", first), 201, "")
	c.wants("the first again", c.enter("registrar", first), 409, "")
	c.wants("the signer refuses", c.post("signer", "/dossiers/"+string(first)+"/refuse-signing", `{"password":"`+demo.Password+`","reason":"Sai chữ đệm","version":`+c.now(first)+`}`), 200, "")
	c.wants("the next", c.enter("registrar", then), 201, "")
	numbers := c.one("SELECT CAST(count(*) AS TEXT) || ' ' || CAST(max(number) AS TEXT) || ' ' || CAST(count(DISTINCT number) AS TEXT) FROM register_entry WHERE kind = 'gh' AND unit = ? AND year = 2016 AND NOT practice AND volume > 0", hereUnit)
	last, _, _ := strings.Cut(numbers, " ")
	if n, err := strconv.Atoi(last); err != nil || n < 3 || numbers != last+" "+last+" "+last {
		c.t.Errorf("entries, the highest number, different numbers: %s", numbers)
	}
	if n := c.one("SELECT CAST(count(*) AS TEXT) FROM register_void WHERE entry = (SELECT id FROM register_entry WHERE dossier = ?)", first); n != "1" {
		c.t.Errorf("the refused number is void %s times", n)
	}
}

// authority: who holds no post of signing leader there today signs nothing.
func (c *caller) authority() {
	id := c.filed("authority", "Lê Văn Tư", "1942-01-01", "", true)
	c.wants("entered", c.enter("registrar", id), 201, "")
	for login, status := range map[string]int{"registrar": 403, "officer": 403, "planner": 403, "coordinator": 403} {
		c.wants(login+" signs", c.sign(login, id), status, "")
	}
	c.wants("a stranger signs", c.ask("", "POST", "/api/v1/dossiers/sign", `{"password":"x","dossiers":[{"id":"`+string(id)+`"}]}`), 401, "")
	c.wants("signed by an act", c.act("signer", id, `{"act":"sign"}`), 422, "")
	c.wants("signed", c.sign("signer", id), 200, `"signed":true`)
	c.wants("signed again", c.sign("signer", id), 200, `"signed":false`)
}

// submitted files a dossier.
func (s *street) submitted(x dossier.Submission) ident.ID {
	s.t.Helper()
	var id ident.ID
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		d, err := s.Dossiers.SubmitIn(ctx, tx, dossier.Citizen(), x)
		id = d.ID
		return err
	}))
	return id
}
