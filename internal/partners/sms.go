package partners

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// gateway answers as a Kannel smsbox does.
func (p *Program) gateway(mux *http.ServeMux) {
	mux.HandleFunc("GET /cgi-bin/sendsms", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		text := q.Get("text")
		if q.Get("to") == "" || text == "" {
			http.Error(w, "Missing receiver and/or text number, rejected", http.StatusBadRequest)
			return
		}
		if err := p.text(r.Context(), q.Get("to"), text, q.Get("dlr-url")); err != nil {
			p.failed(w, err)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		if _, err := io.WriteString(w, "0: Accepted for delivery"); err != nil {
			p.Log.Info("gateway: nobody heard the answer", "cause", err.Error())
		}
	})
}

// text keeps a message for the telephone; the gateway reports it delivered a moment later.
func (p *Program) text(ctx context.Context, number, body, report string) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := p.Clock.Now()
		m := Message{Number: local(number), Body: body, At: now}
		if _, err := tx.NewInsert().Model(&m).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		to := strings.NewReplacer("%d", "1", "%A", "0").Replace(report)
		if u, err := url.Parse(to); err != nil || u.Host == "" || !strings.HasPrefix(to, p.Callback) {
			return nil //nolint:nilerr // reports go to the house only
		}
		row := Reply{ID: string(ident.New(now)), Office: smsReport, Subject: m.Number, Body: to, DueAt: now.Add(2 * time.Second), State: "report"}
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		return db.Sorted(err)
	})
}

// smsReport is the office of delivery reports.
const smsReport = "sms"

// Report tells the house that text messages were delivered; one that it does not take is
// not told again.
func (p *Program) Report(ctx context.Context) error {
	var rows []Reply
	err := p.db.Read().NewSelect().Model(&rows).Where("r.state = 'report'").Where("r.due_at <= ?", p.Clock.Now()).Order("r.n").Limit(100).Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	for _, r := range rows {
		answer := "told"
		if err := get(ctx, r.Body); err != nil {
			answer = "no answer"
		}
		err := p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			return db.Changed(tx.NewUpdate().Model((*Reply)(nil)).Set("state = ?", sent).Set("answer = ?", answer).Where("n = ?", r.N).Exec(ctx))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func get(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := caller.Do(req) //nolint:gosec // text has seen that it is the house's
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// local writes 84912345678 as people do: 0912345678.
func local(number string) string {
	number = strings.TrimPrefix(number, "+")
	if rest, is := strings.CutPrefix(number, "84"); is && len(rest) == 9 {
		return "0" + rest
	}
	return number
}

// Texts are the newest messages of a number, all numbers' when it is empty; at most 50.
func (p *Program) Texts(ctx context.Context, number string) ([]Message, error) {
	var rows []Message
	q := p.db.Read().NewSelect().Model(&rows).OrderExpr("m.n DESC").Limit(50)
	if number != "" {
		q = q.Where("m.number = ?", number)
	}
	return rows, db.Sorted(q.Scan(ctx))
}
