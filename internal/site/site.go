package site

import (
	"bytes"
	"context"
	"io"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// Frame is what stands around a page's body. The zero Frame with T set is a page for a
// stranger, without navigation.
type Frame struct {
	T       i18n.T
	Title   string // the page's name, without the product's
	Path    string // the address asked for, with its query: where toggles return to
	Theme   string // "light" or "dark" as chosen; anything else follows the machine
	Nav     []NavGroup
	Account *Account
	Search  string // what was searched for; the box keeps it
	Flash   []ui.NoticeData
	Banner  []ui.NoticeData // what concerns everybody here, above everything else
	Clock   time.Time       // the business clock
	KeysOff bool            // the reader wants no keys of one letter
	Demo    bool            // the demo bar moves the business clock
	Hotline string          // its numbers, separated by semicolons; empty while there is none
	Live    bool            // the page listens to what happens now
	Citizen bool            // the barer layout, for citizens and for signing in
	Tabs    []ui.Tab        // the places of the area that the page belongs to
}

// Account is who is signed in.
type Account struct {
	Name string
	Role string // in words
	Href string // the page of one's own account
}

// NavGroup is a titled part of the navigation; Title may be empty.
type NavGroup struct {
	Title string
	Items []NavItem
}

// NavItem is a place to go. Count is what waits there for this person; zero is not
// shown, Late makes it red.
type NavItem struct {
	Label  string
	Href   string
	Icon   string
	Key    string
	Active bool
	Count  int64
	Late   bool
}

// Render writes a page in its frame. The whole page is made in memory first, so that
// a failure leaves nothing half sent.
func Render(ctx context.Context, w io.Writer, f Frame, body templ.Component) error {
	page := Layout(f, body)
	if f.Citizen {
		page = Bare(f, body)
	}
	return Fragment(ctx, w, page)
}

// Fragment writes a component without a frame: the answer to htmx.
func Fragment(ctx context.Context, w io.Writer, body templ.Component) error {
	var b bytes.Buffer
	if err := body.Render(ctx, &b); err != nil {
		return err
	}
	_, err := b.WriteTo(w)
	return err
}

func (f Frame) theme() string {
	if f.Theme == "light" || f.Theme == "dark" {
		return f.Theme
	}
	return "auto"
}

func (f Frame) other() i18n.Lang {
	if f.T.Lang == i18n.EN {
		return i18n.VI
	}
	return i18n.EN
}

func (f Frame) clockValue() string { return f.Clock.UTC().Format(time.RFC3339) }

func (f Frame) clockInput() string { return f.Clock.In(clock.City).Format("2006-01-02T15:04") }

// hotlines are the hotline's numbers.
func (f Frame) hotlines() []string {
	var all []string
	for n := range strings.SplitSeq(f.Hotline, ";") {
		if n = strings.TrimSpace(n); n != "" {
			all = append(all, n)
		}
	}
	return all
}

// dial is a number without what helps reading.
func dial(number string) string {
	return strings.NewReplacer(" ", "", ".", "", "-", "").Replace(number)
}

// htmxConfig keeps htmx inside the content security policy and lets it show refusals.
// Pages are never kept in the browser's storage: they hold personal data.
const htmxConfig = `{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,` +
	`"selfRequestsOnly":true,"historyCacheSize":0,"refreshOnHistoryMiss":true,"scrollIntoViewOnBoost":false,` +
	`"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"409|412|413|422","swap":true},{"code":"[45]..","swap":true,"error":true}]}`
