package intake

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/inventory"
	"lotrinh/inventory/agent"
)

type actor = access.Actor

// Result is what became of a message.
type Result string

// The results.
const (
	Kept     Result = "kept"     // its facts are recorded
	Repeated Result = "repeated" // the same body was kept before
	Noted    Result = "noted"    // it asked, or told that a task began or ended
	Refused  Result = "refused"
)

// Results are all of them.
var Results = []Result{Kept, Repeated, Noted, Refused}

// Message is one line of the log: a body that was kept, or refused.
type Message struct {
	bun.BaseModel `bun:"table:agent_message,alias:am"`
	ID            ident.ID     `bun:"id,pk"`
	Sender        ident.ID     `bun:"sender"`
	Key           ident.ID     `bun:"agent_key"` // empty for files
	Scope         string       `bun:"scope"`
	Unit          string       `bun:"unit"`
	Kind          agent.Kind   `bun:"kind"` // empty when it could not be read
	Format        agent.Format `bun:"format"`
	Hash          string       `bun:"hash"` // of the decoded body; empty when it could not be decoded
	Wire          int64        `bun:"wire"` // bytes as they came
	Size          int64        `bun:"size"` // bytes decoded
	At            time.Time    `bun:"at"`
	Month         string       `bun:"month"` // 2016-11, of the city
	Result        Result       `bun:"result"`
	Problem       string       `bun:"problem"` // why it was refused: a kept line
	Repairs       string       `bun:"repairs"`
	Remote        string       `bun:"remote"`
	Who           ident.ID     `bun:"who"`  // who sent the file
	File          string       `bun:"file"` // its name
	Asset         ident.ID     `bun:"asset"`
	Sections      string       `bun:"sections"` // numbers of the sections, as a list
}

// Outcome is what the sender is told.
type Outcome struct {
	Kind    agent.Kind
	Result  Result
	Device  string
	Message ident.ID // of a kept one
	Asset   ident.ID
	Doubt   bool
	Repairs []agent.Repair
}

// take reads a body and keeps what it says. A body that is refused leaves its reason
// with the sender, and is a fault.
func (s *Service) take(ctx context.Context, o Origin, wire []byte) (Outcome, error) {
	var out Outcome
	read := s.decoder.Read
	if o.File == "" {
		read = s.decoder.ReadLine
	}
	err := read(ctx, wire, func(m *agent.Message) error {
		out = Outcome{Kind: m.Kind, Device: m.DeviceID, Repairs: m.Repairs, Result: Noted}
		switch {
		case m.Kind == agent.Prolog && o.File != "":
			return fault.New(fault.Invalid, "intake.refused.no_content")
		case m.Report != nil:
			return s.report(ctx, o, m, int64(len(wire)), &out)
		case m.Probe != nil && len(found(m.Probe)) > 0:
			return s.keep(ctx, o, m, int64(len(wire)), &out)
		}
		return s.contact(ctx, o, m)
	})
	if err == nil {
		s.counted.add(out.Result)
		return out, nil
	}
	s.counted.add(Refused)
	if kind := fault.Of(err).Kind; kind == fault.Unavailable || kind == fault.Internal {
		return out, err // ours, not the body's: it may come again
	}
	if rerr := s.refuse(ctx, o, out, int64(len(wire)), err); rerr != nil {
		return out, rerr
	}
	return out, err
}

// found are the devices of a network that answered.
func found(p *agent.Probe) []agent.Device {
	var out []agent.Device
	for _, d := range p.Devices {
		if d.Error == "" && (d.Serial != "" || d.MAC != "") {
			out = append(out, d)
		}
	}
	return out
}

// report keeps an inventory. A partial one is completed from the last that was kept, or
// refused when there is none.
func (s *Service) report(ctx context.Context, o Origin, m *agent.Message, wire int64, out *Outcome) error {
	if m.Report.Partial {
		var rows []Sender
		err := s.DB.Read().NewSelect().Model(&rows).Where("sn.device = ?", m.DeviceID).Where("sn.unit IN (?)", bun.List(o.Units)).Where("sn.message <> ''").
			OrderExpr("sn.good_at DESC").Limit(1).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if len(rows) == 0 {
			return fault.New(fault.Invalid, "intake.refused.partial")
		}
		before, err := s.sections(ctx, s.DB.Read(), rows[0].Message)
		if err != nil {
			return err
		}
		m.Report = m.Report.Completed(before)
	}
	return s.keep(ctx, o, m, wire, out)
}

// keep stores a message that says something, with what the keeper makes of it.
func (s *Service) keep(ctx context.Context, o Origin, m *agent.Message, wire int64, out *Outcome) error {
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	var parts []agent.Section
	in := inventory.Arrival{Scope: o.Scope, Units: o.Units, File: o.File != "", Report: m.Report, Who: o.by}
	if m.Report != nil {
		parts, in.Tag = m.Report.Sections, m.Report.Tag
		in.Unit = place(tree, o.Scope, o.Units, in.Tag)
	} else {
		in.Found = found(m.Probe)
		in.Unit = place(tree, o.Scope, o.Units, "")
	}
	fresh, err := s.fresh(ctx, parts)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.keepIn(ctx, tx, o, m, in, fresh, wire, out) })
}

func (s *Service) keepIn(ctx context.Context, tx *db.Tx, o Origin, m *agent.Message, in inventory.Arrival, fresh []stored, wire int64, out *Outcome) error {
	now := s.Business.Now()
	x, err := s.senderOf(ctx, tx, o, m.DeviceID, now)
	if err != nil {
		return err
	}
	again, err := tx.NewSelect().Model((*Message)(nil)).Where("am.scope = ?", o.Scope).Where("am.hash = ?", m.Hash).Where("am.result = ?", Kept).Exists(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	x.seen(o, m, now)
	if again {
		out.Result = Repeated
		return saveSender(ctx, tx, &x)
	}
	row := s.line(o, x, now, wire)
	row.Kind, row.Format, row.Hash, row.Size, row.Repairs, row.Result = m.Kind, m.Format, m.Hash, int64(m.Size), words(m.Repairs), Kept
	in.Message, in.Sender, in.At, in.TakenAt = row.ID, x.ID, now, now
	if in.File && in.Report != nil && !in.Report.TakenAt.IsZero() && in.Report.TakenAt.Before(now) {
		in.TakenAt = in.Report.TakenAt
	}
	got, err := s.Keeper.Keep(ctx, tx, in)
	if err != nil {
		return err
	}
	if in.Report != nil {
		if row.Sections, err = s.storeSections(ctx, tx, in.Report.Sections, fresh, now); err != nil {
			return err
		}
		x.Unit, x.Tag, x.Message, x.Asset, x.Doubt, x.GoodAt = in.Unit, in.Tag, row.ID, got.Asset, got.Doubt, &now
		x.AsideAt = nil // whoever reports is waited for
		if x.Unit == "" {
			x.Unit = o.Scope
		}
		if err := s.spokeAgain(ctx, tx, &x, now); err != nil {
			return err
		}
	}
	row.Unit, row.Asset = x.Unit, got.Asset
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	out.Result, out.Message, out.Asset, out.Doubt = Kept, row.ID, got.Asset, got.Doubt
	return saveSender(ctx, tx, &x)
}

// line begins a line of the log.
func (s *Service) line(o Origin, x Sender, now time.Time, wire int64) Message {
	return Message{ID: ident.New(now), Sender: x.ID, Key: o.Key.ID, Scope: o.Scope, Unit: x.Unit, Wire: wire, At: now, Month: now.In(clock.City).Format("2006-01"),
		Problem: "{}", Sections: "[]", Remote: o.Remote, Who: o.by.ID, File: cut(o.File, 120)}
}

func cut(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if utf8.RuneCountInString(s) > n {
		return string([]rune(s)[:n])
	}
	return s
}

func words(all []agent.Repair) string {
	list := make([]string, len(all))
	for i, r := range all {
		list[i] = string(r)
	}
	return strings.Join(list, " ")
}

// refuse writes down that a body was refused, and why, with its sender.
func (s *Service) refuse(ctx context.Context, o Origin, out Outcome, wire int64, why error) error {
	now := s.Business.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := s.whoSent(ctx, tx, o, out.Device, now)
		if err != nil {
			return err
		}
		x.seen(o, nil, now)
		x.BadAt, x.Bad = &now, kept(why)
		row := s.line(o, x, now, wire)
		row.Kind, row.Result, row.Problem = out.Kind, Refused, x.Bad
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return saveSender(ctx, tx, &x)
	})
}

// AgentSilent says that an agent that used to report has stopped, or that it reports again.
type AgentSilent struct {
	Kind    string    `json:"kind"`
	Thing   string    `json:"subject"`
	Unit    string    `json:"unit"`
	Since   time.Time `json:"since"`
	Ended   bool      `json:"ended,omitempty"`
	Details string    `json:"details,omitempty"`
}

// Topic is the event's name.
func (AgentSilent) Topic() string { return "inventory.agent.silent" }

// Subject is the thing, so that its end comes behind its beginning.
func (e AgentSilent) Subject() string { return "agent:" + e.Thing }

// spokeAgain ends the silence of a sender.
func (s *Service) spokeAgain(ctx context.Context, tx *db.Tx, x *Sender, now time.Time) error {
	if x.Quiet == "" {
		return nil
	}
	e := AgentSilent{Kind: "silent_agent", Thing: x.Quiet, Unit: x.Unit, Since: now, Ended: true}
	x.Quiet = ""
	return outbox.Write(ctx, tx, now, e)
}

// numbers are the sections of a message.
func (m Message) numbers() ([]int64, error) {
	var ids []int64
	if err := json.Unmarshal([]byte(m.Sections), &ids); err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	return ids, nil
}
