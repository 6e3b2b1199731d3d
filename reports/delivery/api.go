package delivery

import (
	"time"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/page"
)

// Out is a delivery as the API shows it.
type Out struct {
	ID        string     `json:"id"`
	Run       string     `json:"run"`
	Edition   int64      `json:"edition"`
	Channel   Channel    `json:"channel" doc:"inbox, mail, folder or webhook"`
	Name      string     `json:"name,omitempty"`
	Address   string     `json:"address,omitempty" doc:"where it went, once it is sent"`
	Why       Why        `json:"why" doc:"list, subscription or outlet"`
	State     State      `json:"state" doc:"waiting, sending, sent, failed, bounced or dropped"`
	Attempts  int64      `json:"attempts"`
	Answer    string     `json:"answer,omitempty" doc:"the last line of the server"`
	Problem   string     `json:"problem,omitempty"`
	MessageID string     `json:"message_id,omitempty" doc:"of a mail, without its domain"`
	NextAt    *time.Time `json:"next_at,omitempty" doc:"of the next attempt"`
	SentAt    *time.Time `json:"sent_at,omitempty"`
	ReadAt    *time.Time `json:"read_at,omitempty" doc:"when somebody opened it in the inbox of the site"`
}

func (s *Service) api(r *httpx.Router) {
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/reports/runs/:id/deliveries", ID: "listReportDeliveries", Tag: "reports", Summary: "To whom a report went, newest first",
		Query: httpx.Paged, Out: httpx.List[Out]{}}, s.apiDeliveries)
}

func (s *Service) apiDeliveries(c *httpx.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	p, err := s.Of(c.Std(), c.Who, id, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	out := httpx.List[Out]{Items: []Out{}, Next: p.Next}
	for _, r := range p.Items {
		o := Out{ID: string(r.ID), Run: string(r.Run), Edition: r.Edition, Channel: r.Channel, Name: r.Name, Address: r.Address, Why: r.Why, State: r.State, Attempts: r.Attempts,
			Answer: r.Answer, MessageID: r.MessageID, SentAt: r.SentAt, ReadAt: r.ReadAt}
		if r.Problem != "" {
			o.Problem = c.T.Say(r.Problem)
		}
		if r.State == Waiting {
			at := r.NextAt.UTC()
			o.NextAt = &at
		}
		out.Items = append(out.Items, o)
	}
	return c.Reply(0, out)
}
