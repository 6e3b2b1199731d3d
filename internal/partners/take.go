package partners

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/wire"
)

// The verdicts on an envelope.
const (
	taken     = "taken"
	duplicate = "duplicate"
	otherBody = "other_body"
	useless   = "useless"
	broken    = "broken"
)

// contents is what any of our messages may hold.
type contents struct {
	Dossier  string      `json:"dossier"`
	Leg      string      `json:"leg"`
	Revision int64       `json:"revision"`
	Unit     string      `json:"unit"`
	CaseNo   string      `json:"case_no"`
	Answer   string      `json:"answer"`
	Status   int         `json:"status"`
	Fields   wire.Fields `json:"fields"`
}

// take takes an envelope: the case, what the office does about it and the replies that it
// plans are one transaction. It tells the status of the answer.
func (p *Program) take(ctx context.Context, office string, body []byte, m Mood) (int, wire.Stored, error) {
	e, err := wire.Read(body)
	if err != nil {
		return http.StatusBadRequest, wire.Stored{}, p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			return p.note(ctx, tx, Got{Office: office, Verdict: broken, Body: string(body)})
		})
	}
	status, out := http.StatusAccepted, wire.Stored{ID: e.ID}
	err = p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		verdict, err := p.judge(ctx, tx, office, e, m)
		if err != nil {
			return err
		}
		switch verdict {
		case duplicate:
			status, out.Duplicate = http.StatusOK, true
		case otherBody:
			status = http.StatusConflict
		case useless, broken:
			status = http.StatusUnprocessableEntity
		}
		return p.note(ctx, tx, Got{Office: office, ID: e.ID, Key: e.Key, Type: e.Type, Verdict: verdict, Body: string(body)})
	})
	return status, out, err
}

func (p *Program) note(ctx context.Context, tx *db.Tx, g Got) error {
	g.At = p.Clock.Now()
	_, err := tx.NewInsert().Model(&g).Exec(ctx)
	return db.Sorted(err)
}

func (p *Program) judge(ctx context.Context, tx *db.Tx, office string, e wire.Event, m Mood) (string, error) {
	fits := false
	for _, kind := range traits[office].takes {
		fits = fits || kind == e.Type
	}
	var c contents
	switch {
	case !fits || e.Key == "":
		return useless, nil
	case wire.Check(e) != nil, json.Unmarshal(e.Data, &c) != nil:
		return broken, nil //nolint:nilerr // that is the answer to it
	}
	old, there, err := p.caseOf(ctx, tx, office, e.Key)
	switch {
	case err != nil:
		return "", err
	case there && old.BodyHash == hashed(e.Data):
		return duplicate, nil
	case there:
		return otherBody, nil
	}
	return taken, p.accept(ctx, tx, office, e, c, m)
}

// accept opens the case of a message that is new, and acts on it.
func (p *Program) accept(ctx context.Context, tx *db.Tx, office string, e wire.Event, c contents, m Mood) error {
	thing, revision := wire.Thing(e.Key)
	fields, err := json.Marshal(c.Fields)
	if err != nil {
		return err
	}
	row := Case{Office: office, Key: e.Key, Thing: thing, Revision: revision, Dossier: c.Dossier, Leg: c.Leg, Unit: c.Unit, Type: e.Type,
		State: stored, BodyHash: hashed(e.Data), Fields: string(fields), At: p.Clock.Now()}
	if e.Type == wire.StatusChanged {
		row.Leg, row.State, row.Said = "status", done, strconv.Itoa(c.Status)
	}
	if _, err := tx.NewInsert().Model(&row).Returning("n").Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	if err := p.act(ctx, tx, row, e.Type); err != nil {
		return err
	}
	switch {
	case e.Type == wire.CompletionAnswered:
		row.State, row.Said = done, c.Answer
		if err := saveCase(ctx, tx, row); err != nil {
			return err
		}
		return p.goOn(ctx, tx, office, c, m)
	case e.Type == wire.StatusChanged:
		return nil
	}
	row.CaseNo = fmt.Sprintf("%s-2016-%06d", traits[office].prefix, row.N)
	return p.plan(ctx, tx, row, m, p.Clock.Now())
}

// act is what the office does: the effect that may happen once.
func (p *Program) act(ctx context.Context, tx *db.Tx, c Case, what string) error {
	_, err := tx.NewInsert().Model(&effect{Office: c.Office, Thing: c.Thing, Revision: c.Revision, What: what, At: p.Clock.Now()}).Exec(ctx)
	return db.Sorted(err)
}

func saveCase(ctx context.Context, tx *db.Tx, c Case) error {
	return db.Changed(tx.NewUpdate().Model(&c).WherePK().Column("state", "case_no", "result_no", "said", "fields").Exec(ctx))
}

// plan writes down what the office will say of a new case, and when.
func (p *Program) plan(ctx context.Context, tx *db.Tx, c Case, m Mood, now time.Time) error {
	late := time.Duration(m.LateS) * time.Second
	c.State = received
	if err := p.say(ctx, tx, c.Office, c.Dossier, wire.CaseReceived, wire.Reply{Key: c.Key, CaseNo: c.CaseNo}, now.Add(p.Receive+late), m); err != nil {
		return err
	}
	switch {
	case m.ByHand:
		return saveCase(ctx, tx, c)
	case m.Asks && c.Office != Ministry && c.Office != Population:
		return p.ask(ctx, tx, c, p.Words.In(vi).Say("partners.wants."+c.Office), now.Add(p.Result+late), m)
	}
	return p.finish(ctx, tx, c, now.Add(p.Result+late), m)
}

// ask wants a completion of a case.
func (p *Program) ask(ctx context.Context, tx *db.Tx, c Case, wants string, at time.Time, m Mood) error {
	c.State, c.Said = completion, wants
	if err := saveCase(ctx, tx, c); err != nil {
		return err
	}
	return p.say(ctx, tx, c.Office, c.Dossier, wire.CaseCompletion, wire.Reply{Key: c.Key, CaseNo: c.CaseNo, Wants: wants}, at, m)
}

// reject ends a case with a reason.
func (p *Program) reject(ctx context.Context, tx *db.Tx, c Case, reason string, at time.Time, m Mood) error {
	c.State, c.Said = rejected, reason
	if err := saveCase(ctx, tx, c); err != nil {
		return err
	}
	return p.say(ctx, tx, c.Office, c.Dossier, wire.CaseRejected, wire.Reply{Key: c.Key, CaseNo: c.CaseNo, Reason: reason}, at, m)
}

// finish ends a case with its result: a number in the household book, a card, an entry, a
// personal number.
func (p *Program) finish(ctx context.Context, tx *db.Tx, c Case, at time.Time, m Mood) error {
	c.State = done
	day := at.In(city).Format(time.DateOnly)
	if c.Office == Population {
		pid, err := personal(c)
		if err != nil {
			return p.reject(ctx, tx, c, p.Words.In(vi).Say("partners.no_pid"), at, m)
		}
		c.ResultNo = pid
		if err := saveCase(ctx, tx, c); err != nil {
			return err
		}
		return p.say(ctx, tx, c.Office, c.Dossier, wire.PIDIssued, wire.PID{Key: c.Key, PID: pid, IssuedOn: day}, at, m)
	}
	c.ResultNo = fmt.Sprintf("%s%010d", traits[c.Office].result, c.N)
	if err := saveCase(ctx, tx, c); err != nil {
		return err
	}
	return p.say(ctx, tx, c.Office, c.Dossier, wire.CaseDone, wire.Reply{Key: c.Key, CaseNo: c.CaseNo, ResultNo: c.ResultNo, ResultOn: day}, at, m)
}

// goOn takes up the case whose completion was answered.
func (p *Program) goOn(ctx context.Context, tx *db.Tx, office string, c contents, m Mood) error {
	var rows []Case
	err := tx.NewSelect().Model(&rows).Where("c.office = ?", office).Where("c.dossier = ?", c.Dossier).Where("c.leg = ?", c.Leg).
		Where("c.state = ?", completion).OrderExpr("c.n DESC").Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return db.Sorted(err)
	}
	return p.finish(ctx, tx, rows[0], p.Clock.Now().Add(p.Result), m)
}

// personal makes the number of a child: province of registration, century and sex, year,
// and the case's own number for the rest.
func personal(c Case) (string, error) {
	var f wire.Fields
	if err := json.Unmarshal([]byte(c.Fields), &f); err != nil {
		return "", err
	}
	born, err := time.Parse(time.DateOnly, f.Normal()["nksNgaySinh"])
	if err != nil {
		return "", err
	}
	code := 2 * (born.Year()/100 - 19)
	if sex := strings.ToLower(f["nksGioiTinh"]); sex == "nữ" || sex == "female" || sex == "f" {
		code++
	}
	if code < 0 || code > 9 {
		return "", fmt.Errorf("born in %d", born.Year())
	}
	return fmt.Sprintf("001%d%02d%06d", code, born.Year()%100, c.N%1_000_000), nil
}
