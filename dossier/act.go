package dossier

import (
	"slices"

	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/i18n"
)

// Act is something that is done with a dossier.
type Act string

// The acts.
const (
	Submit             Act = "submit"
	Accept             Act = "accept"
	RefuseIntake       Act = "refuse_intake"
	AskSupplement      Act = "ask_supplement"
	Supplied           Act = "supplied" // the citizen sent what was asked for
	CompleteSupplement Act = "complete_supplement"
	HandOver           Act = "hand_over" // to the next step
	AskVerify          Act = "ask_verify"
	Verified           Act = "verified"
	AskConfirm         Act = "ask_confirm"
	Confirmed          Act = "confirmed"
	Objected           Act = "objected"
	Enter              Act = "register" // the register entry is written and signed
	AwaitPID           Act = "await_pid"
	PIDGiven           Act = "pid_given"
	Signed             Act = "sign"
	Declined           Act = "decline_sign" // the leader does not sign: back to examination
	SendLegs           Act = "send_legs"
	LegsDone           Act = "legs_done"
	AskFee             Act = "ask_fee"
	Paid               Act = "paid"
	Stop               Act = "stop"
	Withdraw           Act = "withdraw"
	Finish             Act = "finish"
	Return             Act = "return"
	Reappoint          Act = "reappoint"
	Assign             Act = "assign"
	Note               Act = "note"
	Amend              Act = "amend" // officers mend what was declared, until it is registered
)

// Key is the word of an act.
func (a Act) Key() i18n.Key { return i18n.Key("dossier.act." + string(a)) }

// rule is what an act asks of a dossier and does to it. To 0 keeps the status. Kinds are
// the kinds of steps in which it may happen, none for all; Waits is what it must wait for
// ("*" for anything), Then what it waits for afterwards ("*" leaves it). Next goes on to
// the next step; Back to the first of a kind.
type rule struct {
	from  []Status
	to    Status
	need  []access.Perm // one of them at the dossier's unit
	own   bool          // the applicant may do it
	said  bool          // it needs a reason
	kinds []procedure.StepKind
	waits Waiting
	then  Waiting
	next  bool
	back  procedure.StepKind
}

const (
	anything Waiting = "*"
	leave    Waiting = "*"
)

var working = []Status{Accepted, InWork}

// declared are the kinds of steps before the register is written: until then a declaration
// can be mended.
var declared = []procedure.StepKind{procedure.Receive, procedure.Examine, procedure.Confirm, procedure.Register}

// acts is the one table of what can be done (statuses: domain of the national portal).
var acts = map[Act]rule{
	Accept:             {from: []Status{Submitted}, to: Accepted, need: []access.Perm{Receive}},
	RefuseIntake:       {from: []Status{Submitted}, to: NotAccepted, need: []access.Perm{Receive}, said: true},
	AskSupplement:      {from: []Status{Submitted, Accepted, InWork}, to: Incomplete, need: []access.Perm{Receive, Examine}, said: true, then: ForSupplement},
	Supplied:           {from: []Status{Incomplete}, need: []access.Perm{Receive}, own: true, waits: ForSupplement},
	CompleteSupplement: {from: []Status{Incomplete}, to: Accepted, need: []access.Perm{Receive, Examine}, waits: anything},
	HandOver:           {from: working, to: InWork, need: []access.Perm{Receive, Examine, Exchange}, next: true},
	AskVerify:          {from: working, to: InWork, need: []access.Perm{Examine}, said: true, then: ForVerification},
	Verified:           {from: working, to: InWork, need: []access.Perm{Examine}, waits: ForVerification},
	AskConfirm:         {from: working, to: InWork, need: []access.Perm{Examine}, kinds: []procedure.StepKind{procedure.Confirm}, then: ForConfirmation},
	Confirmed:          {from: []Status{InWork}, need: []access.Perm{Examine}, own: true, waits: ForConfirmation, next: true},
	Objected:           {from: []Status{InWork}, need: []access.Perm{Examine}, own: true, said: true, waits: ForConfirmation, back: procedure.Examine},
	Enter:              {from: []Status{InWork}, need: []access.Perm{Register}, kinds: []procedure.StepKind{procedure.Register}, next: true},
	AwaitPID:           {from: []Status{InWork}, need: []access.Perm{Register}, kinds: []procedure.StepKind{procedure.PID}, then: ForPID},
	PIDGiven:           {from: []Status{InWork}, need: []access.Perm{Exchange}, kinds: []procedure.StepKind{procedure.PID}, waits: ForPID, next: true},
	Signed:             {from: []Status{InWork}, need: []access.Perm{Sign}, kinds: []procedure.StepKind{procedure.Sign}, next: true},
	Declined:           {from: []Status{InWork}, need: []access.Perm{Sign}, said: true, kinds: []procedure.StepKind{procedure.Sign}, back: procedure.Examine},
	SendLegs:           {from: []Status{InWork}, need: []access.Perm{Exchange}, kinds: []procedure.StepKind{procedure.Deliver}, then: ForPartner},
	LegsDone:           {from: []Status{InWork}, need: []access.Perm{Exchange}, kinds: []procedure.StepKind{procedure.Deliver}, waits: ForPartner, next: true},
	AskFee:             {from: working, to: Owing, need: []access.Perm{Receive}, said: true, then: ForFee},
	Paid:               {from: []Status{Owing}, to: InWork, need: []access.Perm{Receive}, waits: ForFee},
	Stop:               {from: []Status{Accepted, InWork, Incomplete}, to: Stopped, need: []access.Perm{Examine}, said: true, waits: anything},
	Withdraw:           {from: []Status{Submitted, Accepted, InWork, Incomplete}, to: Withdrawn, need: []access.Perm{Receive}, own: true, said: true, waits: anything},
	Finish:             {from: []Status{InWork}, to: Finished, need: []access.Perm{Receive, Register, Examine}, kinds: []procedure.StepKind{procedure.Return}},
	Return:             {from: []Status{Finished}, to: Returned, need: []access.Perm{Receive}},
	Reappoint:          {from: working, need: []access.Perm{Receive, Examine}, said: true, waits: anything, then: leave},
	Assign:             {from: []Status{Submitted, Accepted, InWork, Incomplete, Owing, Finished}, need: []access.Perm{Receive, Examine, Sign, Supervise}, waits: anything, then: leave},
	Amend:              {from: []Status{Submitted, Accepted, InWork}, need: []access.Perm{Receive, Examine}, said: true, kinds: declared, waits: anything, then: leave},
	Note:               {from: []Status{Submitted, Accepted, InWork, Incomplete, Owing, Finished, Returned, Stopped, Withdrawn, NotAccepted}, need: []access.Perm{Receive, Examine, Register, Sign, Exchange}, own: true, waits: anything, then: leave},
}

// handed says who may hand over from a step of a kind.
var handed = map[procedure.StepKind]access.Perm{
	procedure.Receive: Receive, procedure.Examine: Examine, procedure.Confirm: Examine, procedure.Deliver: Exchange,
}

// fits tells whether the table allows an act on a dossier whose step has this kind.
func (r rule) fits(d Dossier, kind procedure.StepKind) bool {
	if !slices.Contains(r.from, d.Status) || len(r.kinds) > 0 && !slices.Contains(r.kinds, kind) {
		return false
	}
	return r.waits == anything || r.waits == d.Waiting
}
