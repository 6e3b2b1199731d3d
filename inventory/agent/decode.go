package agent

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strings"
	"sync"

	"lotrinh/internal/kit/fault"
)

const (
	// MostBytes is the most bytes of a decoded body unless a Decoder is told less.
	MostBytes = 64 << 20
	// smallBytes is how large a body may be without waiting for the one place of large ones.
	smallBytes = 4 << 20
	// atOnce is how many small bodies are decoded at the same time.
	atOnce = 16
)

// Decoder turns what came over the line into messages. However many come at once and
// however well they were compressed, it holds at most atOnce small bodies and one large.
type Decoder struct {
	most  int64
	small chan struct{}
	large chan struct{}
}

// NewDecoder takes decoded bodies of up to most bytes; 0 means MostBytes.
func NewDecoder(most int64) *Decoder {
	if most <= 0 {
		most = MostBytes
	}
	return &Decoder{most: most, small: make(chan struct{}, atOnce), large: make(chan struct{}, 1)}
}

// Read decodes a body and hands the message to use, which may keep it only until it
// returns: the place that the body takes is free then. A refusal of the body is a fault
// of kind Invalid or TooLarge whose key says what is wrong; ctx bounds the wait for a
// place.
func (d *Decoder) Read(ctx context.Context, wire []byte, use func(*Message) error) error {
	return d.read(ctx, wire, true, use)
}

// ReadLine is Read of what an agent sends over the line. JSON is refused with
// "intake.refused.json_line": a GLPI agent that gets that answer sends full XML at its
// next run, while its JSON may be a part only.
func (d *Decoder) ReadLine(ctx context.Context, wire []byte, use func(*Message) error) error {
	return d.read(ctx, wire, false, use)
}

func (d *Decoder) read(ctx context.Context, wire []byte, json bool, use func(*Message) error) error {
	free, err := enter(ctx, d.small)
	if err != nil {
		return err
	}
	defer free()
	body, large, err := d.open(wire)
	if err != nil {
		return err
	}
	if large > 0 {
		free, err := enter(ctx, d.large)
		if err != nil {
			return err
		}
		defer free()
		if body, err = d.openLarge(wire, large); err != nil {
			return err
		}
	}
	if !json && strings.HasPrefix(strings.TrimLeft(body.text, " \t\r\n\ufeff"), "{") {
		return fault.New(fault.Invalid, "intake.refused.json_line")
	}
	m, err := parse(body.text)
	if err != nil {
		return err
	}
	m.Hash = body.hash
	m.Size = len(body.text)
	return use(m)
}

func enter(ctx context.Context, places chan struct{}) (free func(), err error) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, fault.Because(fault.Unavailable, "fault.unavailable", ctx.Err())
	}
}

// opened is a body without its compression.
type opened struct {
	text string
	hash string
}

var readers sync.Pool // of io.ReadCloser that are zlib.Resetter

// unpack is a reader of the body without its compression, told by its first bytes.
func unpack(wire []byte) (r io.Reader, done func(), err error) {
	none := func() {}
	switch {
	case len(wire) >= 2 && wire[0]&0x0f == 8 && wire[0]>>4 <= 7 && (int(wire[0])<<8+int(wire[1]))%31 == 0:
		z, ok := readers.Get().(io.ReadCloser)
		if !ok {
			z, err = zlib.NewReader(bytes.NewReader(wire))
		} else if reset, is := z.(zlib.Resetter); is {
			err = reset.Reset(bytes.NewReader(wire), nil)
		}
		if err != nil {
			return nil, none, broken(err)
		}
		return z, func() { readers.Put(z) }, nil
	case len(wire) >= 2 && wire[0] == 0x1f && wire[1] == 0x8b:
		z, err := gzip.NewReader(bytes.NewReader(wire))
		if err != nil {
			return nil, none, broken(err)
		}
		return z, none, nil
	}
	return bytes.NewReader(wire), none, nil
}

func broken(err error) error { return fault.Because(fault.Invalid, "intake.refused.compressed", err) }

// gather keeps what is read up to a bound, hashes it, and counts the rest.
type gather struct {
	into strings.Builder
	hash hash.Hash
	keep int64 // bytes that are kept
	size int64
}

// Write takes a piece; it never fails.
func (g *gather) Write(p []byte) (int, error) {
	g.size += int64(len(p))
	if g.size <= g.keep {
		g.hash.Write(p)
		g.into.Write(p)
	}
	return len(p), nil
}

// open unpacks a small body. Of a large one it tells the size and keeps nothing, so that
// a bomb costs time but no memory.
func (d *Decoder) open(wire []byte) (opened, int64, error) {
	if len(wire) == 0 {
		return opened{}, 0, fault.New(fault.Invalid, "intake.refused.empty")
	}
	g := &gather{hash: sha256.New(), keep: smallBytes}
	g.into.Grow(min(len(wire)*18, 1<<20))
	size, err := d.run(wire, g)
	switch {
	case err != nil:
		return opened{}, 0, err
	case size > smallBytes:
		return opened{}, size, nil
	}
	return g.opened(), 0, nil
}

func (d *Decoder) openLarge(wire []byte, size int64) (opened, error) {
	g := &gather{hash: sha256.New(), keep: size}
	g.into.Grow(int(size))
	if _, err := d.run(wire, g); err != nil {
		return opened{}, err
	}
	return g.opened(), nil
}

func (d *Decoder) run(wire []byte, g *gather) (int64, error) {
	r, done, err := unpack(wire)
	if err != nil {
		return 0, err
	}
	defer done()
	_, err = io.Copy(g, io.LimitReader(r, d.most+1))
	switch {
	case g.size > d.most:
		return 0, fault.New(fault.TooLarge, "intake.refused.too_large", "limit", d.most>>20)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return 0, fault.Because(fault.Invalid, "intake.refused.truncated", err)
	case err != nil:
		return 0, broken(err)
	}
	return g.size, nil
}

func (g *gather) opened() opened {
	return opened{text: g.into.String(), hash: hex.EncodeToString(g.hash.Sum(nil))}
}
