package main

import (
	"context"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/valyala/fasthttp"

	"lotrinh/internal/kit/db"
)

// The limits of issue 3, at the 95th percentile.
const (
	limitPage   = 100 * time.Millisecond
	limitSearch = 150 * time.Millisecond
	limitCreate = 30 * time.Millisecond
)

// deep is how many pages down the closed tickets the deep pages lie.
const deep = 60

var (
	nextPage   = regexp.MustCompile(`href="(/tickets\?[^"]*after=[^"]*)"`)
	oneTicket  = regexp.MustCompile(`href="(/tickets/[0-9a-f]{8}-[^"/?#]+)"`)
	searchable = []string{"khai sinh", "may quet", "mạng", "không đăng nhập được", "chữ ký số", "phiếu hẹn", "Nguyễn Văn"}
)

// known is what the mix was told beforehand: where things are.
type known struct {
	long  string   // the ticket with 500 messages
	deep  string   // a page far down the closed tickets
	open  []string // tickets to answer
	units []string // where the requesters work, in their order
}

// learn walks to a deep page as an agent and looks tickets up in the store.
func learn(ctx context.Context, d *db.DB, agent *visitor) (known, error) {
	var k known
	var ids []string
	if err := d.Read().NewRaw("SELECT id FROM ticket WHERE messages >= ? LIMIT 1", cityLong).Scan(ctx, &ids); err != nil || len(ids) == 0 {
		return k, fmt.Errorf("no long ticket: %w", err)
	}
	k.long = "/tickets/" + ids[0]
	if err := d.Read().NewRaw("SELECT id FROM ticket WHERE phase = 'work' AND messages < 50 ORDER BY seq DESC LIMIT 5000").Scan(ctx, &k.open); err != nil {
		return k, err
	}
	if err := d.Read().NewRaw("SELECT unit FROM account WHERE login LIKE 'cb0%' ORDER BY login").Scan(ctx, &k.units); err != nil {
		return k, err
	}
	k.deep = "/tickets?view=done"
	for range deep {
		next, err := agent.find(k.deep, nextPage)
		if err != nil {
			return k, nil //nolint:nilerr // a small city has fewer pages
		}
		k.deep = html.UnescapeString(next)
	}
	return k, nil
}

func see(path string) func(*visitor, *rand.Rand) (int, error) {
	return func(who *visitor, _ *rand.Rand) (int, error) {
		body, err := who.page(path)
		return len(body), err
	}
}

func (k known) some(r *rand.Rand) string { return "/tickets/" + k.open[r.IntN(len(k.open))] }

// agents are what those who answer do.
func (k known) agents() []act {
	return []act{
		{"view: mine", 12, limitPage, see("/tickets?view=mine")},
		{"view: nobody's", 8, limitPage, see("/tickets?view=free")},
		{"view: all work", 8, limitPage, see("/tickets?view=work")},
		{"view: late, one group, one service", 6, limitPage, see("/tickets?view=late&group=infra&service=device")},
		{"view: done, first page", 5, limitPage, see("/tickets?view=done")},
		{"view: done, one priority", 4, limitPage, see("/tickets?view=done&priority=1")},
		{fmt.Sprintf("view: done, page %d", deep+1), 5, limitPage, see(k.deep)},
		{"ticket", 22, limitPage, func(who *visitor, r *rand.Rand) (int, error) {
			body, err := who.page(k.some(r))
			return len(body), err
		}},
		{"ticket of 500 messages", 5, limitPage, see(k.long)},
		{"search", 10, limitSearch, func(who *visitor, r *rand.Rand) (int, error) {
			body, err := who.page("/search?q=" + url.QueryEscape(searchable[r.IntN(len(searchable))]))
			return len(body), err
		}},
		{"answer", 15, limitPage, func(who *visitor, r *rand.Rand) (int, error) {
			return who.form(k.some(r)+"/reply", url.Values{"body": {"Đã xử lý từ xa, anh chị kiểm tra lại giúp."}})
		}},
	}
}

// requesters are what those who ask do. number tells who is who.
func (k known) requesters(number map[*visitor]int) []act {
	return []act{
		{"home of an officer", 15, limitPage, see("/")},
		{"own tickets", 35, limitPage, see("/tickets")},
		{"form of a new ticket", 15, limitPage, see("/tickets/new")},
		{"own tickets, then one of them", 20, 2 * limitPage, func(who *visitor, r *rand.Rand) (int, error) {
			path, err := who.find("/tickets", oneTicket)
			if err != nil {
				return 0, err
			}
			body, err := who.page(path)
			return len(body), err
		}},
		{"create a ticket", 15, limitCreate, func(who *visitor, r *rand.Rand) (int, error) {
			return who.form("/tickets", url.Values{"unit": {k.units[number[who]]}, "title": {"Máy in phiếu hẹn không in được"},
				"body": {"In thử vẫn trắng, đã thay giấy."}, "service": {"device"}, "impact": {"1"}, "urgency": {"2"}})
		}},
	}
}

// form sends a form and expects to be led on.
func (v *visitor) form(path string, values url.Values) (int, error) {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.SetRequestURI(v.origin + path)
	req.Header.SetMethod(http.MethodPost)
	req.Header.SetContentType("application/x-www-form-urlencoded")
	req.Header.Set("Cookie", v.cookie)
	req.SetBodyString(values.Encode())
	if err := v.client.Do(req, resp); err != nil {
		return 0, err
	}
	if resp.StatusCode() != http.StatusSeeOther {
		return 0, fmt.Errorf("%s answers %d", path, resp.StatusCode())
	}
	return len(resp.Body()), nil
}
