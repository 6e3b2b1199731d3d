package dossier

import "lotrinh/internal/kit/i18n"

// Status is one of the ten states that the national portal knows.
type Status int

// The statuses of the national portal.
const (
	Submitted   Status = 1  // mới đăng ký
	Accepted    Status = 2  // được tiếp nhận
	NotAccepted Status = 3  // không được tiếp nhận
	InWork      Status = 4  // đang xử lý
	Incomplete  Status = 5  // yêu cầu bổ sung
	Owing       Status = 6  // yêu cầu thực hiện nghĩa vụ tài chính
	Withdrawn   Status = 7  // công dân rút hồ sơ
	Stopped     Status = 8  // dừng xử lý
	Finished    Status = 9  // đã xử lý xong
	Returned    Status = 10 // đã trả kết quả
)

// Statuses are all of them, in order.
var Statuses = []Status{Submitted, Accepted, NotAccepted, InWork, Incomplete, Owing, Withdrawn, Stopped, Finished, Returned}

var statusKeys = map[Status]string{Submitted: "submitted", Accepted: "accepted", NotAccepted: "not_accepted", InWork: "in_work", Incomplete: "incomplete",
	Owing: "owing", Withdrawn: "withdrawn", Stopped: "stopped", Finished: "finished", Returned: "returned"}

// Key is the word of a status.
func (s Status) Key() i18n.Key { return i18n.Key("dossier.status." + statusKeys[s]) }

// String is the status as the API says it.
func (s Status) String() string { return statusKeys[s] }

// Over tells whether nothing more is done by the authority.
func (s Status) Over() bool {
	return s == NotAccepted || s == Withdrawn || s == Stopped || s == Returned
}

// Waiting is what an open dossier waits for besides the officer whose step it is.
type Waiting string

// What a dossier can wait for.
const (
	ForNobody       Waiting = ""
	ForVerification Waiting = "verification"
	ForSupplement   Waiting = "citizen_supplement"
	ForConfirmation Waiting = "citizen_confirm"
	ForPID          Waiting = "pid"
	ForPartner      Waiting = "partner"
	ForFee          Waiting = "fee"
)

// Key is the word of what is waited for.
func (w Waiting) Key() i18n.Key { return i18n.Key("dossier.waiting." + string(w)) }

// Channel is how a dossier came.
type Channel string

// The ways in.
const (
	Online   Channel = "online"
	Counter  Channel = "counter"
	Assisted Channel = "assisted" // filed online by an officer or volunteer for the citizen
	Offline  Channel = "offline"  // taken at the counter while the line was down
)

// Key is the word of a channel.
func (c Channel) Key() i18n.Key { return i18n.Key("dossier.channel." + string(c)) }

// FromHome tells whether the applicant was not at the counter.
func (c Channel) FromHome() bool { return c == Online || c == Assisted }
