package form

import (
	"strings"
	"time"

	"lotrinh/internal/kit/spell"
)

// DateInWords writes a date as a certificate does: "ngày năm, tháng mười một, năm hai
// nghìn không trăm mười sáu"; a partial date without what is not known. What is no date
// gives nothing.
func DateInWords(iso string) string {
	if !isISO(iso) {
		return ""
	}
	t, _ := parseISO(iso)
	var out []string
	if len(iso) == len(time.DateOnly) {
		out = append(out, "ngày "+spell.Number(t.Day()))
	}
	if len(iso) > 4 {
		out = append(out, "tháng "+spell.Month(int(t.Month())))
	}
	return strings.Join(append(out, "năm "+spell.Number(t.Year())), ", ")
}
