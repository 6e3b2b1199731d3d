package tally

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/procedure"
	"lotrinh/dossier/tally/score"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// Span is months, [From, Until), as first days: "2016-11-01".
type Span struct {
	From, Until string
}

// Months is the span of months from one to another, both included, written 2016-11.
// What is no month is the one of now.
func Months(from, until string, now time.Time) Span {
	first, err := clock.ParseDate(from + "-01")
	if err != nil {
		first, _ = clock.ParseDate(month(now)) // always a day
	}
	last, err := clock.ParseDate(until + "-01")
	if err != nil || last.Before(first) {
		last = first
	}
	return Span{clock.Date(first), clock.Date(last.In(clock.City).AddDate(0, 1, 0))}
}

// Flow is the counts of a unit or a procedure in a span.
type Flow map[Metric]int64

// Share is one count in another; false when the other is nothing.
func (f Flow) Share(part, of Metric) (float64, bool) {
	if f[of] == 0 {
		return 0, false
	}
	return float64(f[part]) / float64(f[of]), true
}

// OnTime is the share of what was finished that was not late.
func (f Flow) OnTime() (float64, bool) {
	late, ok := f.Share(FinishedLate, Finished)
	return 1 - late, ok
}

// Hist is a histogram of durations.
type Hist []int64

// Quantile is a time that at least this share (0 to 1) did not pass: the upper bound of
// its bucket. More is true when it is beyond the last bound; ok is false without data.
func (h Hist) Quantile(q float64) (d time.Duration, more, ok bool) {
	var n int64
	for _, c := range h {
		n += c
	}
	if n == 0 {
		return 0, false, false
	}
	need := int64(q*float64(n) + 0.999999)
	for i, c := range h {
		if need -= c; need <= 0 {
			if i >= len(bounds) {
				return bounds[len(bounds)-1], true, true
			}
			return bounds[i], false, true
		}
	}
	return bounds[len(bounds)-1], true, true
}

// Board is the figures of a part of the city in a span.
type Board struct {
	Unit       org.Unit
	Span       Span
	Total      Flow
	Units      map[string]Flow // by code of the units right below; a commune has none
	Procedures map[string]Flow
	Whole      Hist
	ByStage    map[string]Hist // by key of a step
	ByWait     map[string]Hist // by what was waited for
	Of         map[string]Hist // whole, by procedure
	OfUnit     map[string]Hist // whole, by code of the units right below
	Score      score.Result
	Basis      Basis
	Officers   []Officer // of a commune
}

// Basis is what the points were computed from.
type Basis struct {
	Rules    score.Rules
	Sums     score.Tally // of dossiers
	Unit     score.Unit  // of the unit
	Year     int         // of what was declared
	Declared Declared    // by its communes together
	Units    int64       // how many of them declared
	Communes int64       // how many there are
	Came     int64       // what people said here
	Answered int64       // of it
}

// Officer is how the dossiers of somebody were done.
type Officer struct {
	ID    ident.ID
	Score score.Result
}

// Board reads the figures of a unit within reach: the city, a district, a commune. A dozen
// queries, whatever happened.
func (s *Service) Board(ctx context.Context, who access.Actor, unit string, span Span) (Board, error) {
	if err := who.Need(dossier.Figures); err != nil {
		return Board{}, err
	}
	_, tree, err := s.Dossiers.Known(ctx)
	if err != nil {
		return Board{}, err
	}
	u, ok := tree.Unit(unit)
	if !ok || !who.Covers(dossier.Figures, unit) {
		return Board{}, fault.New(fault.Missing, "fault.missing")
	}
	b := Board{Unit: u, Span: span, Total: Flow{}, Units: map[string]Flow{}, Procedures: map[string]Flow{}, ByStage: map[string]Hist{}, ByWait: map[string]Hist{}, Of: map[string]Hist{}, OfUnit: map[string]Hist{}}
	var under []string
	if u.Level != org.Province {
		under = tree.Under(unit)
	}
	if err := s.flows(ctx, tree, &b, under); err != nil {
		return b, err
	}
	if err := s.times(ctx, tree, &b, under); err != nil {
		return b, err
	}
	if err := s.basis(ctx, tree, &b, under); err != nil {
		return b, err
	}
	return b, s.scores(ctx, &b, under)
}

// last is the last day of the span.
func (s Span) last() string {
	until, err := clock.ParseDate(s.Until)
	if err != nil {
		return s.From
	}
	return clock.Date(until.Add(-time.Hour))
}

// basis reads what the points are computed from, beside the sums of dossiers.
func (s *Service) basis(ctx context.Context, tree *org.Tree, b *Board, under []string) error {
	book, err := rulesIn(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	last := b.Span.last()
	b.Basis = Basis{Rules: book.At(last), Sums: score.Tally{}, Communes: 1}
	if b.Unit.Level != org.Commune {
		b.Basis.Communes = int64(len(tree.Communes(b.Unit.Code)))
	}
	if b.Basis.Year, err = strconv.Atoi(last[:4]); err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	if b.Basis.Declared, b.Basis.Units, err = s.declared(ctx, under, b.Basis.Year); err != nil {
		return err
	}
	if s.Feedback != nil {
		if b.Basis.Came, b.Basis.Answered, err = s.Feedback.Feedback(ctx, under, b.Span.From, b.Span.Until); err != nil {
			return err
		}
	}
	procedures, online, err := s.offered(ctx, last)
	b.Basis.Unit = score.Unit{AtOneStop: -1, Procedures: procedures, OnlineProcedures: online, OnlineFiles: b.Total[FiledOnline], Files: b.Total[Filed], OnlineLate: b.Total[LateOnline],
		Feedback: b.Basis.Came + b.Basis.Declared.Feedback, Answered: b.Basis.Answered + b.Basis.Declared.Answered}
	if b.Basis.Units > 0 {
		b.Basis.Unit.AtOneStop, b.Basis.Unit.Authority = b.Basis.Declared.OneStop, b.Basis.Declared.Authority
	}
	return err
}

// offered counts the procedures in force on a day, at the latest today, and those of
// level 3 and 4.
func (s *Service) offered(ctx context.Context, day string) (procedures, online int64, err error) {
	at, err := clock.ParseDate(day)
	if now := s.Dossiers.Now(); err != nil || at.After(now) {
		at = now
	}
	all, err := s.Dossiers.AllInForce(ctx, at)
	if err != nil {
		return 0, 0, err
	}
	for _, v := range all {
		def, err := s.Dossiers.Definition(ctx, v.ID)
		if err != nil {
			return 0, 0, err
		}
		procedures++
		if def.Level >= 3 || def.Online == procedure.Whole {
			online++
		}
	}
	return procedures, online, nil
}

// sums adds figures of a name up by unit and dimension, or by dimension alone.
func (s *Service) sums(ctx context.Context, name string, span Span, under []string, like string, byUnit bool) ([]sum, error) {
	var rows []sum
	q := s.DB.Read().NewSelect().TableExpr("figure AS fg").ColumnExpr("fg.dim AS dim").ColumnExpr("SUM(fg.value) AS n").Where("fg.name = ?", name).Where("fg.day <> ''").
		Where("fg.day >= ?", span.From).Where("fg.day < ?", span.Until).GroupExpr("fg.dim")
	if byUnit {
		q = q.ColumnExpr("fg.unit AS unit").GroupExpr("fg.unit")
	}
	if under != nil {
		q = q.Where("fg.unit IN (?)", bun.List(under))
	}
	if like != "" {
		q = q.Where("fg.dim LIKE ?", like)
	}
	err := q.Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

type sum struct {
	Unit, Dim string
	N         int64
}

func (s *Service) flows(ctx context.Context, tree *org.Tree, b *Board, under []string) error {
	byUnit, err := s.sums(ctx, FigureFlow, b.Span, under, "/%", true)
	if err != nil {
		return err
	}
	for _, r := range byUnit {
		m := Metric(strings.TrimPrefix(r.Dim, "/"))
		b.Total[m] += r.N
		below := childOf(tree, b.Unit.Code, r.Unit)
		if below == "" {
			continue
		}
		if b.Units[below] == nil {
			b.Units[below] = Flow{}
		}
		b.Units[below][m] += r.N
	}
	byProcedure, err := s.sums(ctx, FigureFlow, b.Span, under, "", false)
	if err != nil {
		return err
	}
	for _, r := range byProcedure {
		p, m, _ := strings.Cut(r.Dim, "/")
		if p == "" {
			continue
		}
		if b.Procedures[p] == nil {
			b.Procedures[p] = Flow{}
		}
		b.Procedures[p][Metric(m)] += r.N
	}
	return nil
}

// childOf is the unit right below one that holds another; nothing when it is itself.
func childOf(tree *org.Tree, under, code string) string {
	for code != "" && code != under {
		u, ok := tree.Unit(code)
		if !ok {
			return ""
		}
		if u.Parent == under {
			return code
		}
		code = u.Parent
	}
	return ""
}

func (s *Service) times(ctx context.Context, tree *org.Tree, b *Board, under []string) error {
	if b.Unit.Level != org.Commune {
		rows, err := s.sums(ctx, FigureTime, b.Span, under, "whole/b%", true)
		if err != nil {
			return err
		}
		for _, r := range rows {
			below := childOf(tree, b.Unit.Code, r.Unit)
			if at, err := strconv.Atoi(strings.TrimPrefix(r.Dim, "whole/b")); err == nil && below != "" && at >= 0 && at <= len(bounds) {
				b.OfUnit[below] = b.OfUnit[below].with(at, r.N)
			}
		}
	}
	rows, err := s.sums(ctx, FigureTime, b.Span, under, "", false)
	if err != nil {
		return err
	}
	for _, r := range rows {
		kind, rest, _ := strings.Cut(r.Dim, "/b")
		at, err := strconv.Atoi(rest)
		if err != nil || at < 0 || at > len(bounds) {
			continue
		}
		what, key, _ := strings.Cut(kind, ":")
		switch {
		case kind == "whole":
			b.Whole = b.Whole.with(at, r.N)
		case what == "whole":
			b.Of[key] = b.Of[key].with(at, r.N)
		case what == "stage":
			b.ByStage[key] = b.ByStage[key].with(at, r.N)
		case what == "wait":
			b.ByWait[key] = b.ByWait[key].with(at, r.N)
		}
	}
	return nil
}

func (h Hist) with(at int, n int64) Hist {
	if h == nil {
		h = make(Hist, len(bounds)+1)
	}
	h[at] += n
	return h
}

// scores are the points of a unit, and of the officers of a commune.
func (s *Service) scores(ctx context.Context, b *Board, under []string) error {
	rows, err := s.sums(ctx, FigureScore, b.Span, under, "", false)
	if err != nil {
		return err
	}
	for _, r := range rows {
		put(b.Basis.Sums, r.Dim, r.N)
	}
	b.Score = score.OfUnit(b.Basis.Rules, b.Basis.Sums, b.Basis.Unit)
	if b.Unit.Level != org.Commune {
		return nil
	}
	if rows, err = s.sums(ctx, FigureOfficer, b.Span, under, "", false); err != nil {
		return err
	}
	by := map[ident.ID]score.Tally{}
	for _, r := range rows {
		id, dim, _ := strings.Cut(r.Dim, "/")
		if by[ident.ID(id)] == nil {
			by[ident.ID(id)] = score.Tally{}
		}
		put(by[ident.ID(id)], dim, r.N)
	}
	for id, one := range by {
		b.Officers = append(b.Officers, Officer{id, score.OfOfficer(b.Basis.Rules, one)})
	}
	slices.SortFunc(b.Officers, func(x, y Officer) int { return strings.Compare(string(x.ID), string(y.ID)) })
	return nil
}

// put reads "INDICATOR/p" or "INDICATOR/n".
func put(t score.Tally, dim string, n int64) {
	i, what, _ := strings.Cut(dim, "/")
	at, err := strconv.Atoi(i)
	if err != nil {
		return
	}
	s := t[score.Indicator(at)]
	if what == "p" {
		s.Points += n
	} else {
		s.N += n
	}
	t[score.Indicator(at)] = s
}
