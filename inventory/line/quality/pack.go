package quality

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Pack writes the samples of one hour as text, "305:12.5 605:-": seconds into the hour
// and milliseconds to the tenth, or that nothing came. Samples rise.
func Pack(hour time.Time, all []Sample) string {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Sample) int { return a.At.Compare(b.At) })
	var b strings.Builder
	for i, s := range all {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.Itoa(int(s.At.Sub(hour) / time.Second)))
		b.WriteByte(':')
		if s.Lost {
			b.WriteByte('-')
		} else {
			b.WriteString(strconv.FormatFloat(math.Round(s.RTT*10)/10, 'f', -1, 64))
		}
	}
	return b.String()
}

// Unpack reads what Pack wrote. What cannot be read is left out.
func Unpack(hour time.Time, text string) []Sample {
	var out []Sample
	for part := range strings.FieldsSeq(text) {
		at, rtt, ok := strings.Cut(part, ":")
		sec, err := strconv.Atoi(at)
		if !ok || err != nil || sec < 0 || sec >= 3600 {
			continue
		}
		s := Sample{At: hour.Add(time.Duration(sec) * time.Second)}
		if rtt == "-" {
			s.Lost = true
		} else if s.RTT, err = strconv.ParseFloat(rtt, 64); err != nil || math.IsNaN(s.RTT) || math.IsInf(s.RTT, 0) || s.RTT < 0 {
			continue
		}
		out = append(out, s)
	}
	return out
}
