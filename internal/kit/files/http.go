package files

import (
	"bytes"
	"mime"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
)

// FormBody is the most bytes that a plain form with files may carry; a route that
// calls FromForm is declared with httpx.Body(FormBody). Its files go to the disk as they
// arrive.
const FormBody = 12 << 20

// FromForm receives the files of a form field, at most so many: those that script
// sent ahead in chunks (their IDs stand in FIELD_upload) and those of a plain
// multipart form. No file is no error.
func (s *Store) FromForm(c *httpx.Ctx, field string, kind Kind, most int) ([]Blob, error) {
	var out []Blob
	form, err := c.MultipartForm()
	if err != nil {
		return nil, nil //nolint:nilerr // a form without files is fine
	}
	for _, raw := range form.Value[field+"_upload"] {
		if raw == "" {
			continue
		}
		id, err := ident.Parse(raw)
		if err != nil {
			return nil, err
		}
		b, err := s.Uploaded(c.Std(), c.Who, kind, id)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	for _, h := range form.File[field] {
		if h.Size == 0 {
			continue
		}
		f, err := h.Open()
		if err != nil {
			return nil, fault.Because(fault.Invalid, "fault.invalid", err)
		}
		b, err := s.Receive(c.Std(), kind, h.Filename, f)
		_ = f.Close() // only read
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	if len(out) > most {
		return nil, fault.New(fault.Invalid, "files.too_many", "limit", most)
	}
	return out, nil
}

// Send answers with a file. Photos are shown; everything else is handed over to be
// saved. Neither can run anything in the name of this site.
func (s *Store) Send(c *httpx.Ctx, f File) error {
	o, err := s.Open(f)
	if err != nil {
		return err
	}
	return send(c, f, o, f.Size)
}

// SendThumb answers with the thumbnail of a photo.
func (s *Store) SendThumb(c *httpx.Ctx, f File) error {
	o, err := s.OpenThumb(f)
	if err != nil {
		return err
	}
	f.Type = JPEG
	return send(c, f, o, -1)
}

func send(c *httpx.Ctx, f File, o Object, size int64) error {
	typ, how := "application/octet-stream", "attachment"
	switch f.Type {
	case JPEG:
		typ, how = f.Type, "inline"
	case PDF, XLSX, DOCX, ZIP, JSON, PNG:
		typ = f.Type
	case CSV:
		typ = CSV + "; charset=utf-8"
	}
	c.Set(fiber.HeaderContentType, typ)
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType(how, map[string]string{"filename": f.Name}))
	c.Set(fiber.HeaderContentSecurityPolicy, "sandbox; default-src 'none'")
	c.Set(fiber.HeaderCacheControl, "private, max-age=86400, immutable")
	return c.SendStream(o, int(size))
}

// UploadIn begins an upload by the API.
type UploadIn struct {
	Kind   string `json:"kind" doc:"photo, sheet or document"`
	Name   string `json:"name"`
	Size   int64  `json:"size" doc:"bytes of the whole"`
	SHA256 string `json:"sha256" doc:"of the whole, hex"`
}

// UploadOut is how an upload stands.
type UploadOut struct {
	ID      ident.ID `json:"id"`
	Chunk   int64    `json:"chunk" doc:"bytes of every part but the last"`
	Parts   int64    `json:"parts"`
	Missing []int64  `json:"missing" doc:"numbers of the parts that have not arrived, from 0"`
	Done    bool     `json:"done"`
	Type    string   `json:"type,omitempty" doc:"by content, once done"`
}

func (s *Store) show(c *httpx.Ctx, status int, id ident.ID) error {
	u, missing, err := s.Upload(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	if missing == nil {
		missing = []int64{}
	}
	return c.Reply(status, UploadOut{ID: u.ID, Chunk: Chunk, Parts: u.Parts(), Missing: missing, Done: u.Done, Type: u.BlobType})
}

// Routes are the operations by which files arrive in parts, over lines that break.
func (s *Store) Routes(r *httpx.Router) {
	const tag, one = "files", "/api/v1/uploads/:id"
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/uploads", ID: "beginUpload", Tag: tag, In: UploadIn{}, Out: UploadOut{}, Status: 201,
		Summary: "Begin an upload, or find the same one again"}, func(c *httpx.Ctx) error {
		in, err := httpx.ReadJSON[UploadIn](c)
		if err != nil {
			return err
		}
		kind, err := KindOf(in.Kind)
		if err != nil {
			return err
		}
		u, err := s.Begin(c.Std(), c.Who, kind, in.Name, in.Size, in.SHA256)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderLocation, "/api/v1/uploads/"+string(u.ID))
		return s.show(c, fiber.StatusCreated, u.ID)
	})
	with := func(do func(c *httpx.Ctx, id ident.ID) error) httpx.Handler {
		return func(c *httpx.Ctx) error {
			id, err := ident.Parse(c.Params("id"))
			if err != nil {
				return err
			}
			if err := do(c, id); err != nil {
				return err
			}
			return s.show(c, 0, id)
		}
	}
	r.API(httpx.Op{Method: "GET", Path: one, ID: "getUpload", Tag: tag, Out: UploadOut{}, Summary: "What has arrived of an upload"},
		with(func(*httpx.Ctx, ident.ID) error { return nil }))
	r.API(httpx.Op{Method: "PUT", Path: one + "/parts/:n", ID: "putUploadPart", Tag: tag, Out: UploadOut{}, Body: Chunk,
		Summary: "Send one part, its bytes as the body; sending it again is fine"}, with(func(c *httpx.Ctx, id ident.ID) error {
		n, err := c.ParamsInt("n")
		if err != nil {
			return fault.Because(fault.Missing, "fault.missing", err)
		}
		return s.Put(c.Std(), c.Who, id, int64(n), bytes.Clone(c.Body()), strings.Clone(c.Get("X-Part-SHA256")))
	}))
	r.API(httpx.Op{Method: "POST", Path: one + "/finish", ID: "finishUpload", Tag: tag, Out: UploadOut{},
		Summary: "Join the parts and check the whole"}, with(func(c *httpx.Ctx, id ident.ID) error {
		_, err := s.Finish(c.Std(), c.Who, id)
		return err
	}))
}
