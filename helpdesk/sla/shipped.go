package sla

// Shipped are the rules that the product comes with: a promise for each priority. A
// day has 480 working minutes. The most pressing stops a counter for everybody and
// gets half an hour and half a day; the next an hour and a day; then half a day and
// two; everything else a day and five.
func Shipped() Book {
	p := func(key string, priority int, answer, next, resolve int64, ladder ...Step) Rule {
		r := Rule{Key: key, Version: 1, Terms: Terms{Calendar: "office", Ladder: append(ladder, common...),
			Answer: Budget{answer, Minutes}, Next: Budget{next, Minutes}, Resolve: Budget{resolve, Minutes}}}
		if priority != 0 {
			r.When.Priorities = []int{priority}
		}
		return r
	}
	return Book{
		p("p1", 1, 30, 60, 240, Step{Answer, -10, Owner, false}, Step{Next, -15, Owner, false}, Step{Resolve, 0, Department, false}, Step{Resolve, 240, Leadership, false}),
		p("p2", 2, 60, 120, 480, Step{Answer, -20, Owner, false}, Step{Next, -30, Owner, false}, Step{Resolve, 120, Department, false}, Step{Resolve, 480, Leadership, false}),
		p("p3", 3, 240, 240, 960, Step{Answer, -80, Owner, false}, Step{Next, -60, Owner, false}, Step{Resolve, 480, Department, false}),
		last,
	}
}

// common are the steps that every shipped ladder has: half an hour of work before the
// end the owner and the lead are told, and at every due moment as well.
var common = []Step{
	{Resolve, -60, Owner, false}, {Resolve, -30, Lead, false}, {"", 0, Owner, false}, {"", 0, Lead, false},
}

// last is the rule of everything that no other rule fits, as shipped.
var last = Rule{Key: CatchAll, Version: 1, Terms: Terms{Calendar: "office", Answer: Budget{480, Minutes}, Next: Budget{480, Minutes}, Resolve: Budget{2400, Minutes},
	Ladder: append([]Step{{Answer, -120, Owner, false}, {Next, -120, Owner, false}, {Resolve, 960, Department, false}}, common...)}}
