package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"lotrinh/app"
	"lotrinh/dossier"
	"lotrinh/dossier/filing"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
)

// How much families of the mix file: a paper's size, and how many drafts lie ready. A draft is filed once.
const (
	paperSize   = 2 << 20
	readyDrafts = 2_000
)

// drawer holds drafts that are filled in but for their paper.
type drawer struct {
	paper string // the key of the document
	mu    sync.Mutex
	paths []string
}

// drafts are filled in as births of the demo were, by people whose telephone was proved.
func (b *bench) drafts(ctx context.Context) (*drawer, error) {
	out := &drawer{}
	err := b.inside(ctx, func(h *app.House) error {
		at, now := h.Business.Now(), time.Now()
		v, err := h.Dossiers.InForce(ctx, "birth", at)
		if err != nil {
			return err
		}
		def, err := h.Dossiers.Definition(ctx, v.ID)
		if err != nil {
			return err
		}
		for _, one := range def.Documents {
			if out.paper == "" && !one.Show {
				out.paper = one.Key
			}
		}
		var said []string
		err = h.DB.Read().NewRaw("SELECT a.answers FROM dossier AS d JOIN dossier_answers AS a ON a.dossier = d.id WHERE d.version = ? AND d.submission NOT LIKE ? "+
			"AND NOT d.practice AND d.channel = ? ORDER BY d.id LIMIT 1", v.ID, registryMark+"%", dossier.Online).Scan(ctx, &said)
		if err != nil || len(said) == 0 {
			return fmt.Errorf("the demo has no birth that was filed online: %w", err)
		}
		var unit []string
		if err := h.DB.Read().NewRaw("SELECT DISTINCT unit FROM account WHERE login LIKE 'mc0%' ORDER BY unit").Scan(ctx, &unit); err != nil {
			return err
		}
		all := make([]filing.Draft, readyDrafts)
		for i := range all {
			answers := form.Answers{}
			if err := json.Unmarshal([]byte(said[0]), &answers); err != nil {
				return err
			}
			answers["requester.paper.kind"], answers["requester.paper.no"] = "cccd", "001190001234"
			all[i] = filing.Draft{ID: ident.New(now), Kind: filing.Fresh, Procedure: "birth", Version: v.ID, Unit: unit[i%len(unit)], Channel: dossier.Online, Answers: answers,
				Stamps: map[string]int64{}, Number: fmt.Sprintf("09%08d", i), VerifiedAt: &now, At: now, ChangedAt: now, Ver: 1}
			out.paths = append(out.paths, "/nop-ho-so/birth/"+h.Dossiers.Filing.Token(all[i]))
		}
		return h.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewInsert().Model(&all).Exec(ctx)
			return err
		})
	})
	return out, err
}

// take is a draft of its own.
func (d *drawer) take() (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.paths) == 0 {
		return "", fmt.Errorf("all %d drafts were taken", readyDrafts)
	}
	path := d.paths[len(d.paths)-1]
	d.paths = d.paths[:len(d.paths)-1]
	return path, nil
}

// scan is a paper like no other.
func scan(r *rand.Rand) []byte {
	body := append(make([]byte, 0, paperSize), "%PDF-1.4\n"...)
	for len(body) < paperSize {
		body = strconv.AppendUint(body, r.Uint64(), 36)
	}
	return body[:paperSize]
}

// file sends a paper as the script does, in parts by the hash of the whole, and files the dossier.
func (d *drawer) file(who *visitor, r *rand.Rand) (int, error) {
	path, err := d.take()
	if err != nil {
		return 0, err
	}
	body := scan(r)
	sum := sha256.Sum256(body)
	say, err := json.Marshal(map[string]any{"key": d.paper, "name": "giay.pdf", "size": len(body), "sha256": hex.EncodeToString(sum[:])})
	if err != nil {
		return 0, err
	}
	raw, err := who.send(http.MethodPost, path+"/tai", "application/json", say, http.StatusOK)
	if err != nil {
		return 0, err
	}
	var stands struct{ ID string }
	if err := json.Unmarshal(raw, &stands); err != nil {
		return 0, err
	}
	for n := 0; n*files.Chunk < len(body); n++ {
		part := body[n*files.Chunk : min(len(body), (n+1)*files.Chunk)]
		if _, err := who.send(http.MethodPut, path+"/tai/"+stands.ID+"/"+strconv.Itoa(n), "application/octet-stream", part, http.StatusOK); err != nil {
			return 0, err
		}
	}
	if _, err := who.send(http.MethodPost, path+"/tai/"+stands.ID, "application/json", say, http.StatusOK); err != nil {
		return 0, err
	}
	if _, err := who.send(http.MethodPost, path+"/kiem-tra", "application/x-www-form-urlencoded", []byte("sure=1"), http.StatusSeeOther); err != nil {
		return 0, err
	}
	return len(body), nil
}

// plain sends a paper as a browser without script does.
func (d *drawer) plain(who *visitor, r *rand.Rand) (int, error) {
	path, err := d.take()
	if err != nil {
		return 0, err
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("files", "giay.pdf")
	if err == nil {
		_, err = part.Write(scan(r))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return 0, err
	}
	_, err = who.send(http.MethodPost, path+"/giay-"+d.paper, w.FormDataContentType(), b.Bytes(), http.StatusSeeOther)
	return paperSize, err
}

// send is one request with a body; another answer than the wanted one is an error.
func (v *visitor) send(method, path, kind string, body []byte, want int) ([]byte, error) {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.SetRequestURI(v.origin + path)
	req.Header.SetMethod(method)
	req.Header.SetContentType(kind)
	req.Header.Set("Cookie", v.cookie)
	req.SetBodyRaw(body)
	if err := v.client.Do(req, resp); err != nil {
		return nil, err
	}
	if resp.StatusCode() != want {
		return nil, fmt.Errorf("%s answers %d: %.200s", path, resp.StatusCode(), resp.Body())
	}
	return bytes.Clone(resp.Body()), nil
}
