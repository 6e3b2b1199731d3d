package training

import (
	"strings"
	"unicode/utf8"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
)

// Question is one question of a test: what is asked, what may be answered, and which
// answer is right, counted from 0.
type Question struct {
	Text    string   `json:"text"`
	Choices []string `json:"choices"`
	Right   int      `json:"right"`
}

const (
	mostQuestions = 60
	mostChoices   = 8
	longestAsk    = 400
)

// ReadQuestions reads questions as people type them: a line that asks, then a line for
// each answer that begins with "-", the right one with "+". Empty lines stand between
// questions or nowhere.
func ReadQuestions(text string) ([]Question, error) {
	var qs []Question
	var k fault.Check
	right := 0
	done := func() {
		if n := len(qs); n > 0 {
			k.Need(right == 1, "questions", "training.quiz.one_right", "n", n)
			k.Need(len(qs[n-1].Choices) >= 2 && len(qs[n-1].Choices) <= mostChoices, "questions", "training.quiz.choices", "n", n, "limit", mostChoices)
		}
		right = 0
	}
	for line := range strings.Lines(fold.NFC(text)) {
		line = strings.TrimSpace(line)
		k.Need(utf8.RuneCountInString(line) <= longestAsk, "questions", "training.quiz.long", "limit", longestAsk)
		mark := ""
		if strings.HasPrefix(line, "-") || strings.HasPrefix(line, "+") {
			mark, line = line[:1], strings.TrimSpace(line[1:])
		}
		switch {
		case line == "":
		case mark == "":
			done()
			qs = append(qs, Question{Text: line})
		case len(qs) == 0:
			k.Need(false, "questions", "training.quiz.answer_first")
		default:
			q := &qs[len(qs)-1]
			if mark == "+" {
				q.Right = len(q.Choices)
				right++
			}
			q.Choices = append(q.Choices, line)
		}
	}
	done()
	k.Need(len(qs) <= mostQuestions, "questions", "training.quiz.many", "limit", mostQuestions)
	return qs, k.Err()
}

// WriteQuestions writes questions in the form that ReadQuestions reads.
func WriteQuestions(qs []Question) string {
	var b strings.Builder
	for i, q := range qs {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(q.Text + "\n")
		for j, c := range q.Choices {
			if j == q.Right {
				b.WriteString("+ " + c + "\n")
			} else {
				b.WriteString("- " + c + "\n")
			}
		}
	}
	return b.String()
}

// Mark counts the right answers. An answer that is missing or none of the choices is
// wrong; right tells of each question.
func Mark(qs []Question, answers []int) (score int, right []bool) {
	right = make([]bool, len(qs))
	for i, q := range qs {
		right[i] = i < len(answers) && answers[i] == q.Right && q.Right < len(q.Choices)
		if right[i] {
			score++
		}
	}
	return score, right
}
