package training

import (
	"context"
	"embed"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

//go:embed data
var data embed.FS

// CourseForm is a course as somebody typed it. Questions is text in the form of
// ReadQuestions.
type CourseForm struct {
	Code, Title, TitleEN, Level string
	Audiences                   []string
	Hours, PassMark, Tries      string
	Counts, Open                bool
	Questions                   string
}

const (
	longestTitle = 200
	mostHours    = 80
	mostTries    = 10
)

// read checks what was typed.
func (f CourseForm) read() (Course, error) {
	var k fault.Check
	clean := func(s string) string { return strings.Join(strings.Fields(fold.NFC(s)), " ") }
	c := Course{Code: strings.ToUpper(clean(f.Code)), Title: clean(f.Title), TitleEN: clean(f.TitleEN), Level: Level(f.Level), Counts: f.Counts, Open: f.Open, Version: 1}
	k.Need(c.Code != "" && len(c.Code) <= longestCode && !strings.Contains(c.Code, " "), "code", "training.course.code_bad")
	k.Need(c.Title != "" && utf8.RuneCountInString(c.Title) <= longestTitle, "title", "training.course.title_bad", "limit", longestTitle)
	k.Need(utf8.RuneCountInString(c.TitleEN) <= longestTitle, "title_en", "training.course.title_bad", "limit", longestTitle)
	if c.TitleEN == "" {
		c.TitleEN = c.Title
	}
	k.Need(c.Level == OfCommune || c.Level == OfDistrict, "level", "training.course.level_bad")
	var chosen []string
	for _, a := range c.Level.Audiences() {
		for _, typed := range f.Audiences {
			if typed == string(a) {
				chosen = append(chosen, typed)
			}
		}
	}
	k.Need(len(chosen) > 0, "audiences", "training.course.audience_needed")
	c.Audiences = strings.Join(chosen, " ")
	whole := func(field, typed string, low, high int64) int64 {
		n, err := strconv.ParseInt(strings.TrimSpace(typed), 10, 64)
		k.Need(err == nil && n >= low && n <= high, field, "training.number_bad", "low", low, "high", high)
		return n
	}
	c.Hours = whole("hours", f.Hours, 1, mostHours)
	qs, err := ReadQuestions(f.Questions)
	k.Add(err)
	c.PassMark = whole("pass_mark", f.PassMark, 0, int64(len(qs)))
	c.Tries = whole("tries", f.Tries, 1, mostTries)
	raw, err := json.Marshal(qs)
	if err != nil {
		return c, fault.Because(fault.Internal, "fault.internal", err)
	}
	c.Questions = string(raw)
	return c, k.Err()
}

// Form is the course as a form shows it.
func (c Course) Form() CourseForm {
	n := func(x int64) string { return strconv.FormatInt(x, 10) }
	return CourseForm{c.Code, c.Title, c.TitleEN, string(c.Level), strings.Fields(c.Audiences), n(c.Hours), n(c.PassMark), n(c.Tries), c.Counts, c.Open, WriteQuestions(c.Test())}
}

// Test are the questions of the course.
func (c Course) Test() []Question {
	var qs []Question
	if json.Unmarshal([]byte(c.Questions), &qs) != nil {
		return nil
	}
	return qs
}

// Courses are all courses, those that may be planned first, by code.
func (s *Service) Courses(ctx context.Context, who access.Actor) ([]Course, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	return courses(ctx, s.DB.Read())
}

func courses(ctx context.Context, q bun.IDB) ([]Course, error) {
	var rows []Course
	err := q.NewSelect().Model(&rows).Order("tc.open DESC", "tc.code").Scan(ctx)
	return rows, db.Sorted(err)
}

func courseByID(ctx context.Context, q bun.IDB, id ident.ID) (Course, error) {
	var c Course
	err := q.NewSelect().Model(&c).Where("tc.id = ?", id).Scan(ctx)
	return c, db.Sorted(err)
}

// course is the course of a key that was typed; nonsense is Missing.
func (s *Service) course(ctx context.Context, typed string) (Course, error) {
	id, err := ident.Parse(typed)
	if err != nil {
		return Course{}, err
	}
	return courseByID(ctx, s.DB.Read(), id)
}

// SaveCourse makes a course, or with a key changes it.
func (s *Service) SaveCourse(ctx context.Context, who access.Actor, id ident.ID, version int64, f CourseForm) (Course, error) {
	if err := who.Need(Plan); err != nil {
		return Course{}, err
	}
	c, err := f.read()
	if err != nil {
		return c, err
	}
	now := s.now()
	return c, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		act := "rollout.training.course.changed"
		if id == "" {
			act, c.ID = "rollout.training.course.made", ident.New(now)
			_, err := tx.NewInsert().Model(&c).Exec(ctx)
			if err = db.Sorted(err); fault.Is(err, fault.Conflict) {
				return fault.Because(fault.Conflict, "training.course.twice", err, "code", c.Code)
			} else if err != nil {
				return err
			}
		} else {
			c.ID, c.Version = id, version+1
			if err := db.Changed(tx.NewUpdate().Model(&c).WherePK().Where("version = ?", version).Exec(ctx)); err != nil {
				return err
			}
		}
		return trail.Write(ctx, tx, now, who, act, string(c.ID), map[string][2]any{"code": {nil, c.Code}, "pass_mark": {nil, c.PassMark}, "open": {nil, c.Open}})
	})
}

// Seed brings the built-in courses in, once.
func (s *Service) Seed(ctx context.Context) error {
	have, err := courses(ctx, s.DB.Read())
	if err != nil || len(have) > 0 {
		return err
	}
	raw, err := data.ReadFile("data/courses.json")
	if err != nil {
		return err
	}
	var forms []CourseForm
	if err := json.Unmarshal(raw, &forms); err != nil {
		return err
	}
	now := s.now()
	var rows []Course
	for _, f := range forms {
		c, err := f.read()
		if err != nil {
			return err
		}
		c.ID = ident.New(now)
		rows = append(rows, c)
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, rows) })
}
