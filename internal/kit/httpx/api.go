package httpx

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// Op describes one operation of the API. The same declaration serves the route and
// writes its part of the OpenAPI document.
type Op struct {
	Method  string
	Path    string // /api/v1/tickets/:id
	ID      string // operationId
	Tag     string // the area
	Summary string
	Query   []Param
	In      any  // a value of the body's struct; nil for none
	Out     any  // a value of the answer's struct; nil for none
	Status  int  // of success; 0 means 200
	Creates bool // honours Idempotency-Key
	Changes bool // wants If-Match with the ETag of the version it changes
	Open    bool // strangers may call it
	Body    int  // most bytes of a body; 0 means DefaultBody
}

// Param is one query parameter.
type Param struct {
	Name, Doc string
	Enum      []string
}

// Paged are the parameters of every list.
var Paged = []Param{
	{Name: "after", Doc: "cursor: the value of next in the page before"},
	{Name: "limit", Doc: "rows on a page, 1 to 200, 50 unasked"},
}

// List is how the API answers a page of rows.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"cursor of the following page; absent on the last"`
}

// ReadJSON reads a body strictly: one JSON value, no unknown field, text in NFC.
func ReadJSON[T any](c *Ctx) (T, error) {
	var v T
	body := c.Body()
	if len(bytes.TrimSpace(body)) == 0 {
		return v, fault.New(fault.Invalid, "fault.body_empty")
	}
	d := json.NewDecoder(strings.NewReader(fold.NFC(string(body))))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, jsonFault(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return v, fault.New(fault.Invalid, "fault.body_more")
	}
	return v, nil
}

func jsonFault(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		var k fault.Check
		k.Need(false, wrong.Field, "fault.field_type", "want", wrong.Type.String())
		return k.Err()
	}
	if name, is := strings.CutPrefix(err.Error(), "json: unknown field "); is {
		var k fault.Check
		k.Need(false, strings.Trim(name, `"`), "fault.field_unknown")
		return k.Err()
	}
	return fault.Because(fault.Invalid, "fault.body_syntax", err)
}

// Reply answers with JSON. Status 0 means 200.
func (c *Ctx) Reply(status int, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	if status == 0 {
		status = fiber.StatusOK
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Status(status).Send(raw)
}

// ReplyVersion answers with JSON and the ETag of a row's version; a reader who
// already has it gets 304.
func (c *Ctx) ReplyVersion(status int, version int64, v any) error {
	tag := `"` + strconv.FormatInt(version, 10) + `"`
	c.Set(fiber.HeaderETag, tag)
	if c.Method() == fiber.MethodGet && c.Get(fiber.HeaderIfNoneMatch) == tag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	return c.Reply(status, v)
}

// Created answers 201 with the address of what was made.
func (c *Ctx) Created(location string, version int64, v any) error {
	c.Set(fiber.HeaderLocation, location)
	return c.ReplyVersion(fiber.StatusCreated, version, v)
}

// Creation is what Created answers.
type Creation struct {
	Location string
	Version  int64
	Body     any
}

// Creates says before a thing is made what will be answered: of is asked at the end of
// the transaction that makes it, so that the answer is kept together with the thing
// and not by a second write. The handler then ends with Made.
func (c *Ctx) Creates(of func() Creation) { c.creates = of }

// Made is Created with what Creates said.
func (c *Ctx) Made() error {
	made := c.creates()
	return c.Created(made.Location, made.Version, made.Body)
}

// IfMatch is the version that the caller changes; without the header the answer is 428.
func (c *Ctx) IfMatch() (int64, error) {
	raw := c.Get(fiber.HeaderIfMatch)
	if raw == "" {
		return 0, fault.New(fault.NeedsVersion, "fault.needs_version")
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(raw, "W/"), `"`), 10, 64)
	if err != nil {
		return 0, fault.New(fault.Precondition, "fault.precondition")
	}
	return n, nil
}

// ReadChange is which row the :id of the address names, and the version of it that the
// caller of the API changes (see IfMatch).
func ReadChange(c *Ctx) (ident.ID, int64, error) {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return "", 0, err
	}
	version, err := c.IfMatch()
	return id, version, err
}

// Version is the version that a page's form was filled in from, its field "version". A
// form that says none has seen none: -1, which no row has, so that it is like an old one.
func (c *Ctx) Version() int64 { return VersionIn(c.FormValue("version")) }

// VersionIn is the version that a form says of one row of many; -1 as Version says it.
func VersionIn(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return -1
	}
	return n
}

// Whole is the whole number that was typed into a field; -1 when it is none, which no
// number that is counted or measured ever is.
func (c *Ctx) Whole(field string) int64 {
	n, err := strconv.ParseInt(c.FormValue(field), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// Stale turns the Conflict of a lost update into 412, as If-Match promises.
func Stale(err error) error {
	if fault.HasKey(err, "fault.changed_meanwhile") {
		return fault.Because(fault.Precondition, "fault.precondition", err)
	}
	return err
}
