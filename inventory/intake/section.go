package intake

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory/agent"
)

// stored is one section as it lies in the store: once, whoever sent it and how often.
type stored struct {
	bun.BaseModel `bun:"table:agent_section,alias:se"`
	ID            int64     `bun:"id,pk,autoincrement"`
	Hash          string    `bun:"hash"`
	Name          string    `bun:"name"`
	Body          []byte    `bun:"body"` // deflated
	Size          int64     `bun:"size"` // before
	At            time.Time `bun:"at"`
}

var writers sync.Pool // of *flate.Writer

func pack(body []byte) ([]byte, error) {
	var b bytes.Buffer
	z, ok := writers.Get().(*flate.Writer)
	if !ok {
		var err error
		if z, err = flate.NewWriter(&b, flate.BestSpeed); err != nil {
			return nil, err
		}
	}
	z.Reset(&b)
	defer writers.Put(z)
	if _, err := z.Write(body); err != nil {
		return nil, err
	}
	err := z.Close()
	return b.Bytes(), err
}

func unpack(s stored) ([]byte, error) {
	body := make([]byte, 0, s.Size)
	b := bytes.NewBuffer(body)
	_, err := io.Copy(b, flate.NewReader(bytes.NewReader(s.Body)))
	return b.Bytes(), err
}

// fresh packs the sections that the store does not hold yet, before the operation that
// writes them: nobody waits for the packing.
func (s *Service) fresh(ctx context.Context, all []agent.Section) ([]stored, error) {
	if len(all) == 0 {
		return nil, nil
	}
	var known []string
	err := s.DB.Read().NewSelect().Model((*stored)(nil)).Column("se.hash").Where("se.hash IN (?)", bun.List(hashes(all))).Scan(ctx, &known)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var out []stored
	for _, one := range all {
		if slices.Contains(known, one.Hash) {
			continue
		}
		body, err := pack(one.Body)
		if err != nil {
			return nil, fault.Because(fault.Internal, "fault.internal", err)
		}
		out = append(out, stored{Hash: one.Hash, Name: one.Name, Body: body, Size: int64(len(one.Body))})
	}
	return out, nil
}

func hashes(all []agent.Section) []string {
	list := make([]string, len(all))
	for i, one := range all {
		list[i] = one.Hash
	}
	return list
}

// storeSections writes what is new and tells the numbers of all. A section that the
// sweep took away in between makes the sender come again.
func (s *Service) storeSections(ctx context.Context, tx *db.Tx, all []agent.Section, fresh []stored, now time.Time) (string, error) {
	if len(all) == 0 {
		return "[]", nil
	}
	if len(fresh) > 0 {
		for i := range fresh {
			fresh[i].At = now
		}
		if _, err := tx.NewInsert().Model(&fresh).ExcludeColumn("id").On("CONFLICT (hash) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
			return "", db.Sorted(err)
		}
	}
	ids := []int64{}
	q := tx.NewSelect().Model((*stored)(nil)).Column("se.id").Where("se.hash IN (?)", bun.List(hashes(all))).Order("se.id")
	if !tx.SQLite() {
		q = q.For("KEY SHARE")
	}
	if err := q.Scan(ctx, &ids); err != nil {
		return "", db.Sorted(err)
	}
	if len(ids) != len(all) {
		return "", fault.Because(fault.Unavailable, "fault.unavailable", errors.New("intake: a section went away"))
	}
	raw, err := json.Marshal(ids)
	return string(raw), err
}

// sections are the sections of a kept message.
func (s *Service) sections(ctx context.Context, q bun.IDB, message ident.ID, names ...string) ([]agent.Section, error) {
	var m Message
	if err := q.NewSelect().Model(&m).Column("am.sections").Where("am.id = ?", message).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	ids, err := m.numbers()
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var rows []stored
	sel := q.NewSelect().Model(&rows).Where("se.id IN (?)", bun.List(ids)).Order("se.name")
	if len(names) > 0 {
		sel = sel.Where("se.name IN (?)", bun.List(names))
	}
	if err := sel.Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	out := make([]agent.Section, len(rows))
	for i, r := range rows {
		body, err := unpack(r)
		if err != nil {
			return nil, fault.Because(fault.Internal, "fault.internal", err)
		}
		out[i] = agent.Section{Name: r.Name, Hash: r.Hash, Body: body}
	}
	return out, nil
}

// ReportOf is what a kept message told, of all sections or of the named ones. The scope
// is the caller's to ask.
func (s *Service) ReportOf(ctx context.Context, q bun.IDB, message ident.ID, names ...string) (*agent.Report, error) {
	all, err := s.sections(ctx, q, message, names...)
	if err != nil {
		return nil, err
	}
	return agent.FromSections(all), nil
}
