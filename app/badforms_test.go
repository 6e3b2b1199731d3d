package app

import (
	"bytes"
	"fmt"
	"html"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	dom "golang.org/x/net/html"

	"lotrinh/internal/kit/httpx"
)

// typed is one field of a form as a page shows it.
type typed struct{ name, kind, value string }

// filled is a form of a page: where it goes and what stands in it.
type filled struct {
	action    string
	multipart bool
	fields    []typed
}

// free tells whether a person types into the field.
func (f typed) free() bool {
	return !slices.Contains([]string{"hidden", "submit", "button", "file", "checkbox", "radio", "password"}, f.kind)
}

// formsOf are the forms of a page that post something a person types.
func formsOf(t *testing.T, page string) []filled {
	t.Helper()
	root, err := dom.Parse(strings.NewReader(page))
	must(t, err)
	var all []filled
	for n := range root.Descendants() {
		if n.Type != dom.ElementNode || n.Data != "form" || !strings.EqualFold(attr(n, "method"), "post") {
			continue
		}
		f := filled{action: attr(n, "action"), multipart: attr(n, "enctype") == "multipart/form-data"}
		for x := range n.Descendants() {
			if x.Type != dom.ElementNode || attr(x, "name") == "" {
				continue
			}
			switch x.Data {
			case "input":
				if kind := attr(x, "type"); kind != "submit" && (kind != "checkbox" && kind != "radio" || has(x, "checked")) {
					f.fields = append(f.fields, typed{attr(x, "name"), kind, attr(x, "value")})
				}
			case "textarea", "select":
				f.fields = append(f.fields, typed{attr(x, "name"), x.Data, ""})
			}
		}
		if slices.ContainsFunc(f.fields, typed.free) {
			all = append(all, f)
		}
	}
	return all
}

func attr(n *dom.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *dom.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a dom.Attribute) bool { return a.Key == name })
}

// thing is the part of an address that names one thing.
var thing = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9_-]{30,}`)

// key tells forms of one kind from others, whatever thing they are about.
func (f filled) key() string {
	var names []string
	for _, x := range f.fields {
		names = append(names, x.name)
	}
	slices.Sort(names)
	return thing.ReplaceAllString(f.action, "…") + " " + fmt.Sprint(slices.Compact(names))
}

// post sends the form with every free field as wrong says.
func (s *street) post(login string, f filled, wrong func(typed) string) answer {
	s.t.Helper()
	s.sent++
	once := fmt.Sprint("bad", s.sent)
	form := url.Values{}
	for _, x := range f.fields {
		switch {
		case x.name == httpx.OnceField:
			form.Set(x.name, once)
		case x.free():
			form.Set(x.name, wrong(x))
		case x.kind != "file":
			form.Add(x.name, x.value)
		}
	}
	if !f.multipart {
		return s.ask(login, "POST", f.action, form.Encode())
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, values := range form {
		for _, v := range values {
			must(s.t, w.WriteField(name, v))
		}
	}
	must(s.t, w.Close())
	r := httptest.NewRequest("POST", f.action, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Cookie", s.session(login))
	return s.send(r)
}

// nonsense is what nobody means: no day, no number, no choice, a text that stands out.
func nonsense(f typed) string {
	switch f.kind {
	case "date", "datetime-local", "month", "time":
		return "31/02/2016"
	case "number":
		return "mười"
	case "select":
		return "khong-co"
	}
	return `gõ "nhầm" <b>`
}

// Whatever is typed into a form, the answer is in words, and what was typed is still there.
// The bar of the demo's clock stands on every page and is answered by one of its own.
func TestNoFormBreaksOnWhatIsTypedIntoIt(t *testing.T) {
	s := openStreet(t, Config{})
	s.furnish()
	lines, _ := routesFile(t)
	seen := map[string]bool{}
	refused := 0
	for _, l := range lines {
		if l.method != "GET" || strings.HasPrefix(l.path, "/api/") {
			continue
		}
		path := addresses[l.path]
		if path == "" {
			path = l.path
		}
		path = fill(path, s.here)
		for _, login := range []string{"planner", "admin", "coordinator", "officer", "registrar", "signer", "lead", "agent", "leadership", "inspector"} {
			page := s.ask(login, "GET", path, "")
			if page.status != 200 || !strings.HasPrefix(page.head.Get("Content-Type"), "text/html") {
				continue
			}
			for _, f := range formsOf(t, page.body) {
				if f.action == "" {
					f.action = path
				}
				if key := f.key(); !seen[key] && f.action != "/demo/clock" && !strings.HasPrefix(f.action, "/sign-") {
					seen[key] = true
					refused += s.mistyped(login, path, f)
				}
			}
		}
	}
	if len(seen) < 100 || refused < 100 {
		t.Errorf("only %d forms were found, of which %d refused something", len(seen), refused)
	}
}

// mistyped sends a form empty and filled with nonsense; it counts the refusals.
func (s *street) mistyped(login, page string, f filled) (refused int) {
	s.t.Helper()
	for name, wrong := range map[string]func(typed) string{
		"empty":    func(typed) string { return "" },
		"nonsense": nonsense,
	} {
		a := s.post(login, f, wrong)
		where := fmt.Sprintf("%s: %s as %s, %s: %d", page, f.action, login, name, a.status)
		if a.status >= 500 {
			s.t.Errorf("%s", where)
		}
		if a.status < 400 {
			continue
		}
		refused++
		if !strings.Contains(a.body, `role="alert"`) && !strings.Contains(a.body, "<h1") {
			s.t.Errorf("%s: refused without a word", where)
		}
		if a.status != 422 {
			continue
		}
		for _, x := range f.fields {
			if v := wrong(x); v != "" && x.free() && x.kind != "select" && !strings.Contains(a.body, html.EscapeString(v)) && !strings.Contains(a.body, v) {
				s.t.Errorf("%s: what was typed into %q is gone", where, x.name)
			}
		}
	}
	return refused
}
