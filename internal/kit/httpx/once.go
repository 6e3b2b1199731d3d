package httpx

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
)

// OnceField is the hidden input by which a form names one sending of itself.
const OnceField = "_once"

type idempotent struct {
	bun.BaseModel `bun:"table:idempotency,alias:i"`
	Account       string `bun:"account,pk"`
	Key           string `bun:"key,pk"`
	Request       string `bun:"request"`
	Status        int64  `bun:"status"`
	Body          string `bun:"body"`
	Location      string `bun:"location"`
}

// once makes a POST that carries Idempotency-Key (or a form's _once) happen once per
// account. The key is written in the transaction of the change itself, so that a
// crash or a second sending at the same moment cannot double it. So is the answer of a
// handler that uses Creates; any other is kept afterwards. Both are repeated.
func (s *Server) once(h Handler) Handler {
	return func(c *Ctx) error {
		key := onceKey(c)
		if key == "" || s.conf.DB == nil {
			return h(c)
		}
		if len(key) > 255 {
			return fault.New(fault.Invalid, "fault.once_long")
		}
		account := string(c.Who.ID)
		if account == "" {
			account = "from:" + c.IP()
		}
		mark := idempotent{Account: account, Key: key, Request: request(c, key)}
		if done, err := s.repeat(c, mark); done || err != nil {
			return err
		}
		now, marked := s.conf.Clock.Now(), false
		c.SetUserContext(db.Finally(c.UserContext(), func(ctx context.Context, tx *db.Tx) error {
			if marked {
				return nil
			}
			if err := mark.answered(c.creates); err != nil {
				return err
			}
			_, err := tx.NewRaw("INSERT INTO idempotency (account, key, request, status, body, location, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
				mark.Account, mark.Key, mark.Request, mark.Status, mark.Body, mark.Location, now).Exec(ctx)
			if err == nil {
				tx.After(func() { marked = true })
			}
			return db.Sorted(err)
		}))
		err := h(c)
		if fault.HasKey(err, "fault.duplicate") {
			if done, again := s.repeat(c, mark); done || again != nil {
				return again
			}
		}
		if err != nil || !marked || mark.Status != 0 || !c.api && c.Response().StatusCode() != fiber.StatusSeeOther {
			return err // a page that shows a secret once is not kept: sent again, it is refused
		}
		return s.remember(c, mark)
	}
}

// answered puts the answer of a creation beside its key, when the handler said before
// what it will be.
func (i *idempotent) answered(creates func() Creation) error {
	if creates == nil {
		return nil
	}
	made := creates()
	raw, err := json.Marshal(made.Body)
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	i.Status, i.Location, i.Body = fiber.StatusCreated, made.Location, string(raw)
	return nil
}

// request tells two requests apart that carry one Idempotency-Key.
func request(c *Ctx, key string) string {
	if !c.api {
		return key // the key of a form says what it holds
	}
	sum := sha256.Sum256(append([]byte(c.Method()+" "+c.Path()+"\n"), c.Body()...))
	return hex.EncodeToString(sum[:])
}

func onceKey(c *Ctx) string {
	if c.Method() != fiber.MethodPost {
		return ""
	}
	if key := c.Get("Idempotency-Key"); key != "" {
		return key
	}
	if c.api || c.FormValue(OnceField) == "" {
		return ""
	}
	return "form:" + fingerprint(c)
}

// fingerprint is the same for two sendings of one form with the same content, however
// the browser wraps it. Who goes back, changes something and sends again means
// another thing.
func fingerprint(c *Ctx) string {
	h := sha256.New()
	put := func(parts ...string) {
		for _, p := range parts {
			fmt.Fprintf(h, "%d:%s", len(p), p)
		}
	}
	put(c.Path())
	form, err := c.MultipartForm()
	if err != nil { // not multipart
		for name, value := range c.Request().PostArgs().All() {
			put(string(name), string(value))
		}
		return hex.EncodeToString(h.Sum(nil))
	}
	for _, name := range slices.Sorted(maps.Keys(form.Value)) {
		put(append([]string{name}, form.Value[name]...)...)
	}
	for _, name := range slices.Sorted(maps.Keys(form.File)) {
		for _, f := range form.File[name] {
			put(name, f.Filename, strconv.FormatInt(f.Size, 10))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// repeat sends the kept answer when the key has been used.
func (s *Server) repeat(c *Ctx, mark idempotent) (bool, error) {
	var rows []idempotent
	err := s.conf.DB.Read().NewSelect().Model(&rows).Where("account = ? AND key = ?", mark.Account, mark.Key).Scan(c.Std())
	if err != nil || len(rows) == 0 {
		return false, db.Sorted(err)
	}
	kept := rows[0]
	switch {
	case kept.Request != mark.Request:
		return true, fault.New(fault.Invalid, "fault.once_other")
	case kept.Status == 0:
		return true, fault.New(fault.Conflict, "fault.once_received")
	}
	c.Set("Idempotency-Replayed", "true")
	if kept.Location != "" {
		c.Set(fiber.HeaderLocation, kept.Location)
	}
	if kept.Body != "" {
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	}
	return true, c.Status(int(kept.Status)).SendString(kept.Body)
}

func (s *Server) remember(c *Ctx, mark idempotent) error {
	body := ""
	if c.api {
		body = string(c.Response().Body())
	}
	ctx := context.WithoutCancel(c.Std())
	return s.conf.DB.InTx(db.Finally(ctx, nil), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("UPDATE idempotency SET status = ?, body = ?, location = ? WHERE account = ? AND key = ?",
			c.Response().StatusCode(), body, string(c.Response().Header.Peek(fiber.HeaderLocation)), mark.Account, mark.Key).Exec(ctx)
		return db.Sorted(err)
	})
}
