package training

import (
	"strings"

	"lotrinh/internal/kit/ident"
)

// Home is the place of this room; the other addresses are open to people without an
// account: who learns has none yet.
const (
	Home      = "/rollout/training"
	doorAt    = "/diem-danh"
	learnerAt = "/hoc-vien"
	verifyAt  = "/chung-nhan"
)

// learner is the purpose of a learner's link.
const learner = "training.learner"

// LearnerPath is the page of one person in one class: materials, test, certificate. Who
// has the link needs no account.
func (s *Service) LearnerPath(seat ident.ID) string {
	return learnerAt + "/" + s.Key.Token(learner, seat)
}

// link is a path as a whole address, for codes that phones read.
func (s *Service) link(path string) string { return strings.TrimRight(s.Address, "/") + path }
