package slip

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

// Form is the number of a form in the annex of Circular 01/2018/TT-VPCP.
type Form int

// The forms.
const (
	Receipt    Form = 1 // giấy tiếp nhận hồ sơ và hẹn trả kết quả
	Supplement Form = 2 // phiếu yêu cầu bổ sung, hoàn thiện hồ sơ
	Refusal    Form = 3 // phiếu từ chối tiếp nhận, giải quyết hồ sơ
	Apology    Form = 4 // phiếu xin lỗi và hẹn lại ngày trả kết quả
	Control    Form = 5 // phiếu kiểm soát quá trình giải quyết hồ sơ
	Tracking   Form = 6 // sổ theo dõi hồ sơ
)

// Forms are all of them.
var Forms = []Form{Receipt, Supplement, Refusal, Apology, Control, Tracking}

// String is the form's number as the circular writes it: "01".
func (f Form) String() string { return fmt.Sprintf("%02d", int(f)) }

// Name is what the form is called.
func (f Form) Name(t i18n.T) string { return t.Say("slip.name." + f.String()) }

// Office is who issues a slip.
type Office struct {
	Parent string `json:"parent,omitempty"` // the body above: "UBND HUYỆN GIA LÂM"
	Name   string `json:"name"`             // "UBND XÃ ĐẶNG XÁ"
	Place  string `json:"place,omitempty"`  // "Đặng Xá", before the date
	Phone  string `json:"phone,omitempty"`
	// Contact says where to ask and when, as the commune had put it up on the day of the paper.
	Contact string `json:"contact,omitempty"`
}

// Hand is one hand-over: who gave what to whom, and how the step stood.
type Hand struct {
	Code  string    `json:"code,omitempty"` // of the dossier, where one slip carries several
	Who   string    `json:"who,omitempty"`  // the applicant, where one slip carries several
	From  string    `json:"from"`
	To    string    `json:"to"`
	Giver string    `json:"giver,omitempty"`
	At    time.Time `json:"at"`
	DueAt time.Time `json:"due_at,omitzero"`
	Note  string    `json:"note,omitempty"`
}

// Line is one dossier in the tracking book.
type Line struct {
	Number    int64     `json:"number"`
	Code      string    `json:"code"`
	Procedure string    `json:"procedure"`
	Applicant string    `json:"applicant"`
	Contact   string    `json:"contact,omitempty"`
	Received  time.Time `json:"received"`
	Due       time.Time `json:"due,omitzero"`
	Returned  time.Time `json:"returned,omitzero"`
	How       string    `json:"how,omitempty"` // how the result was received
	Receiver  string    `json:"receiver,omitempty"`
	Note      string    `json:"note,omitempty"`
}

// Slip is everything that stands on one paper. It is what is kept of it.
type Slip struct {
	Form      Form      `json:"form"`
	Number    int64     `json:"number,omitempty"` // of the unit in the year; 0 for form 06
	Year      int       `json:"year"`
	Made      time.Time `json:"made"`
	Office    Office    `json:"office"`
	Practice  bool      `json:"practice,omitempty"`
	Code      string    `json:"code,omitempty"`
	Track     string    `json:"track,omitempty"`
	Link      string    `json:"link,omitempty"` // what the QR code opens
	Applicant string    `json:"applicant,omitempty"`
	Address   string    `json:"address,omitempty"`
	Phone     string    `json:"phone,omitempty"`
	Email     string    `json:"email,omitempty"`
	Subject   string    `json:"subject,omitempty"`   // what is asked for: the procedure's name
	Documents []string  `json:"documents,omitempty"` // what was submitted
	Shown     []string  `json:"shown,omitempty"`     // what was only shown
	Term      string    `json:"term,omitempty"`      // the legal term in words
	Accepted  time.Time `json:"accepted,omitzero"`
	Due       time.Time `json:"due,omitzero"`
	NewDue    time.Time `json:"new_due,omitzero"`
	Way       string    `json:"way,omitempty"` // where or how the result is received
	BookLine  int64     `json:"book_line,omitempty"`
	Items     []string  `json:"items,omitempty"` // what must be completed
	Reason    string    `json:"reason,omitempty"`
	Basis     string    `json:"basis,omitempty"`
	Giver     string    `json:"giver,omitempty"`    // who signs for the office
	Receiver  string    `json:"receiver,omitempty"` // who signs beside
	Hands     []Hand    `json:"hands,omitempty"`
	Lines     []Line    `json:"lines,omitempty"`
}

// Raw is the slip as it is kept, and the SHA-256 of that text in hex.
func (s Slip) Raw() (raw, hash string, err error) {
	b, err := json.Marshal(s)
	if err != nil {
		return "", "", fault.Because(fault.Internal, "fault.internal", err)
	}
	sum := sha256.Sum256(b)
	return string(b), hex.EncodeToString(sum[:]), nil
}

// Read reads a kept slip. One that is not what its hash says is Internal.
func Read(raw, hash string) (Slip, error) {
	var s Slip
	sum := sha256.Sum256([]byte(raw))
	if hex.EncodeToString(sum[:]) != hash {
		return s, fault.New(fault.Internal, "slip.altered")
	}
	if err := json.Unmarshal([]byte(raw), &s); err != nil {
		return s, fault.Because(fault.Internal, "slip.altered", err)
	}
	return s, nil
}

// Name is the file's name for a slip: without a person's name.
func (s Slip) Name() string {
	name := "mau-" + s.Form.String()
	if s.Code != "" {
		return name + "-" + s.Code + ".pdf"
	}
	return fmt.Sprintf("%s-%d-%d.pdf", name, s.Year, s.Number)
}

func local(at time.Time) time.Time { return at.In(clock.City) }
