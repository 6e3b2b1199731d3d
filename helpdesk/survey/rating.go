package survey

import (
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// The scores: 1 very dissatisfied to 5 very satisfied.
const (
	worst = 1
	best  = 5
	// low is up to where somebody must look into it.
	low = 2
)

const (
	// life is how long a question may be answered.
	life = 30 * 24 * time.Hour
	// regret is how long an answer may be changed.
	regret = 7 * 24 * time.Hour
	// longestRemark is how long a remark may be, in letters.
	longestRemark = 1000
)

// The names of our figures.
const (
	FigureAsked   = "helpdesk.survey.asked"
	FigureAnswers = "helpdesk.survey.answers"
	FigureScore   = "helpdesk.survey.score"
	FigureLow     = "helpdesk.survey.low"
)

// Rating is the question about one ticket and its answer.
type Rating struct {
	bun.BaseModel `bun:"table:desk_survey,alias:sv"`
	Ticket        ident.ID   `bun:"ticket,pk"`
	Unit          string     `bun:"unit"`
	Service       string     `bun:"service"`
	Requester     ident.ID   `bun:"requester"`
	Way           string     `bun:"way"` // how it was asked
	AskedAt       time.Time  `bun:"asked_at"`
	AnsweredAt    *time.Time `bun:"answered_at"` // the first time
	Score         int64      `bun:"score"`       // 0 until answered
	Remark        string     `bun:"remark"`
	Version       int64      `bun:"version"`
}

// open is nil while the question may be answered or the answer changed.
func (r Rating) open(now time.Time) error {
	switch {
	case r.AnsweredAt == nil && now.After(r.AskedAt.Add(life)):
		return fault.New(fault.Conflict, "survey.too_late")
	case r.AnsweredAt != nil && now.After(r.AnsweredAt.Add(regret)):
		return fault.New(fault.Conflict, "survey.stands")
	}
	return nil
}

// answer takes an answer in; an empty remark leaves the one that there is.
func (r *Rating) answer(now time.Time, score int64, remark string) error {
	var k fault.Check
	remark = strings.TrimSpace(fold.NFC(remark))
	k.Need(score >= worst && score <= best, "score", "survey.form.score")
	k.Need(len([]rune(remark)) <= longestRemark, "remark", "survey.form.remark_long", "max", longestRemark)
	if err := k.Err(); err != nil {
		return err
	}
	if err := r.open(now); err != nil {
		return err
	}
	if r.AnsweredAt == nil {
		r.AnsweredAt = &now
	}
	r.Score = score
	if remark != "" {
		r.Remark = remark
	}
	return nil
}

func (r Rating) isLow() bool { return r.Score >= worst && r.Score <= low }

// counted is what the rating counts for, times sign.
func (r Rating) counted(date func(time.Time) string, sign int64) []figures.Value {
	if r.AnsweredAt == nil {
		return nil
	}
	one := func(name string, n int64) figures.Value {
		return figures.Value{Name: name, Unit: r.Unit, Dim: r.Service, Day: date(*r.AnsweredAt), N: sign * n}
	}
	all := []figures.Value{one(FigureAnswers, 1), one(FigureScore, r.Score)}
	if r.isLow() {
		all = append(all, one(FigureLow, 1))
	}
	return all
}

// said are words that stand for a score, without marks.
var said = map[string]int64{"rat hai long": 5, "hai long": 4, "binh thuong": 3, "khong hai long": 2, "rat khong hai long": 1}

// counting are words that make a digit before them a number of something.
var counting = []string{"phut", "gio", "ngay", "tuan", "nguoi", "may", "cai", "lan", "ho so", "phieu"}

// ReadScore finds the score in a text message: a digit from 1 to 5 that stands first and
// counts nothing, or the words for one.
func ReadScore(text string) (score int64, ok bool) {
	key := fold.Key(text)
	first, rest, _ := strings.Cut(key, " ")
	first = strings.TrimRight(first, ".,;:!/")
	if slices.ContainsFunc(counting, func(w string) bool { return strings.HasPrefix(rest, w) }) {
		return 0, false
	}
	if len(first) == 1 && first[0] >= '0'+worst && first[0] <= '0'+best {
		return int64(first[0] - '0'), true
	}
	score, ok = said[strings.TrimRight(key, ".! ")]
	return score, ok
}
