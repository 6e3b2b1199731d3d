package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"lotrinh/internal/kit/ident"
)

// visitor is one signed-in person, who asks for pages as a browser would.
type visitor struct {
	origin string
	cookie string
	client *fasthttp.Client
}

func newVisitor(origin string) *visitor {
	return &visitor{origin: origin, client: &fasthttp.Client{MaxConnsPerHost: 256}}
}

var demoPassword = regexp.MustCompile(`name="password" value="([^"]*)"`)

// signIn signs an account of the demo in by its sign-in page, which tells the password.
func signIn(origin, account string) (*visitor, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Jar: jar}
	page, err := client.Get(origin + "/sign-in")
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(page.Body)
	_ = page.Body.Close()
	if err != nil {
		return nil, err
	}
	_, behind, found := strings.Cut(string(text), `name="login" value="`+account+`"`)
	password := demoPassword.FindStringSubmatch(behind)
	if !found || password == nil {
		return nil, fmt.Errorf("the sign-in page offers no account %s", account)
	}
	resp, err := client.PostForm(origin+"/sign-in", url.Values{"login": {account}, "password": {html.UnescapeString(password[1])}})
	if err != nil {
		return nil, err
	}
	_ = resp.Body.Close()
	at, err := url.Parse(origin)
	if err != nil {
		return nil, err
	}
	v := newVisitor(origin)
	for _, c := range jar.Cookies(at) {
		v.cookie += c.Name + "=" + c.Value + "; "
	}
	if resp.Request.URL.Path == "/sign-in" {
		return nil, fmt.Errorf("%s could not sign in", account)
	}
	return v, nil
}

// get fetches a page and tells its size as sent.
func (v *visitor) get(path string) ask {
	return func(_, _ int) (int, error) {
		body, err := v.page(path)
		return len(body), err
	}
}

func (v *visitor) page(path string) ([]byte, error) {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.SetRequestURI(v.origin + path)
	req.Header.Set("Cookie", v.cookie)
	req.Header.Set("Accept-Encoding", "gzip, deflate, br")
	if err := v.client.Do(req, resp); err != nil {
		return nil, err
	}
	if resp.StatusCode() != http.StatusOK {
		return nil, fmt.Errorf("%s answers %d", path, resp.StatusCode())
	}
	return bytes.Clone(resp.Body()), nil
}

// find opens a page and returns the first link that matches.
func (v *visitor) find(path string, link *regexp.Regexp) (string, error) {
	resp := fasthttp.AcquireResponse()
	defer fasthttp.ReleaseResponse(resp)
	req := fasthttp.AcquireRequest()
	defer fasthttp.ReleaseRequest(req)
	req.SetRequestURI(v.origin + path)
	req.Header.Set("Cookie", v.cookie)
	if err := v.client.Do(req, resp); err != nil {
		return "", err
	}
	m := link.FindSubmatch(resp.Body())
	if m == nil {
		return "", fmt.Errorf("%s holds no link like %s", path, link)
	}
	return string(m[1]), nil
}

// create posts a new thing to the API with a key of its own each time.
func (v *visitor) create(path, token string, body map[string]any) (ask, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return func(worker, turn int) (int, error) {
		req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		defer fasthttp.ReleaseRequest(req)
		defer fasthttp.ReleaseResponse(resp)
		req.SetRequestURI(v.origin + path)
		req.Header.SetMethod(http.MethodPost)
		req.Header.SetContentType("application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Idempotency-Key", string(ident.New(time.Now())))
		req.SetBody(raw)
		if err := v.client.Do(req, resp); err != nil {
			return 0, err
		}
		if resp.StatusCode() != http.StatusCreated {
			return 0, fmt.Errorf("%s answers %d: %.200s", path, resp.StatusCode(), resp.Body())
		}
		return len(resp.Body()), nil
	}, nil
}
