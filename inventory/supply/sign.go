package supply

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
)

// The ways of signing: drawn on the screen, the photo of a signed paper, or one's name
// with the code that the giver says.
const (
	Drawn = "drawn"
	Paper = "paper"
	Code  = "code"
)

// MostTries is how often a wrong code may be typed before the giver must make another.
const MostTries = 5

// Signature is who signs for what arrived, and how.
type Signature struct {
	Name, Post string
	Way        string
	Shape      *files.Blob // of Drawn and Paper
	Code       string      // of Code
}

func (g *Signature) check() error {
	g.Name, g.Post, g.Code = strings.Join(strings.Fields(tidy(g.Name)), " "), strings.Join(strings.Fields(tidy(g.Post)), " "), strings.TrimSpace(g.Code)
	var k fault.Check
	k.Need(g.Name != "" && len([]rune(g.Name)) <= longestName, "signer", "supply.form.signer_needed")
	k.Need(g.Post != "" && len([]rune(g.Post)) <= longestName, "post", "supply.form.post_needed")
	k.Need(g.Way == Code && g.Code != "" || (g.Way == Drawn || g.Way == Paper) && g.Shape != nil, "code", "supply.form.signature_needed")
	return k.Err()
}

// Sign ends the way of a delivery: the receiver signs once for everything in it. What
// was bought becomes equipment of its communes, what was moved belongs to them, and the
// gaps are delivered, all in one transaction. A wrong code is Invalid, and counted.
func (s *Service) Sign(ctx context.Context, who access.Actor, id ident.ID, version int64, g Signature) (Delivery, error) {
	if err := who.Need(Sign); err != nil {
		return Delivery{}, err
	}
	if err := g.check(); err != nil {
		return Delivery{}, err
	}
	wrong := false
	d, err := s.changeDelivery(ctx, who, id, version, func(ctx context.Context, tx *db.Tx, d *Delivery, items []Item, now time.Time) error {
		switch {
		case !who.Covers(Sign, d.Unit):
			return fault.New(fault.Missing, "fault.missing")
		case d.State != Sent:
			return fault.New(fault.Conflict, "supply.bad_move", "from", deliveryKey(d.State), "to", deliveryKey(Signed))
		case g.Way == Code && d.Tries >= MostTries:
			return fault.New(fault.Conflict, "supply.sign.too_often")
		}
		if wrong = g.Way == Code && subtle.ConstantTimeCompare([]byte(g.Code), []byte(d.Pin)) != 1; wrong {
			d.Tries++
			return nil
		}
		return s.sign(ctx, tx, who, d, items, g, now)
	})
	switch {
	case err == nil && wrong:
		var k fault.Check
		k.Need(false, "code", "supply.sign.wrong_code", "left", MostTries-d.Tries)
		err = k.Err()
	case fault.HasKey(err, "fault.duplicate"):
		err = fault.New(fault.Conflict, "supply.sign.serial_taken")
	}
	return d, err
}

func (s *Service) sign(ctx context.Context, tx *db.Tx, who access.Actor, d *Delivery, items []Item, g Signature, now time.Time) error {
	if err := s.settle(ctx, tx, who, *d, items, now); err != nil {
		return err
	}
	if err := d.move(Signed, now); err != nil {
		return err
	}
	d.SignedAt, d.SignedBy, d.Signer, d.SignerPost, d.Way, d.Owner, d.OwnerName = now, who.ID, g.Name, g.Post, g.Way, who.ID, who.Name
	shape := ""
	if g.Shape != nil {
		shape = g.Shape.Hash
		if _, err := files.Attach(ctx, tx, now, who, *g.Shape, files.Owner{Area: area, Subject: string(d.ID), Unit: d.Unit}); err != nil {
			return err
		}
	}
	d.Hash = Hash(*d, items, shape)
	st := d.asks()
	var err error
	if d.Clock, d.DueAt, err = s.turn(ctx, tx, now, d.Clock, true, d.ID, d.Unit, &st); err != nil {
		return err
	}
	line := i18n.L("supply.note.signed", "code", d.Code, "n", len(items), "name", g.Name)
	err = s.record(ctx, tx, now, who, d.Unit, d.ID, "inventory.supply.signed", line, "",
		map[string][2]any{"state": {Sent, Signed}, "hash": {nil, d.Hash}, "way": {nil, g.Way}}, HandedOver{deliveryOf(*d, len(items), who.ID)})
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, now, who, &st, told{"supply.notice.signed", []any{"code", d.Code, "n", len(items), "name", g.Name}, d.Path(), "supply:" + string(d.ID) + ":signed"}, d.MadeBy)
}

// settle makes the things of a delivery equipment of their communes and marks the gaps.
func (s *Service) settle(ctx context.Context, tx *db.Tx, who access.Actor, d Delivery, items []Item, now time.Time) error {
	r, lines, err := holdRequest(ctx, tx, d.Request, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
	if err != nil {
		return err
	}
	if d.Source == Bought {
		if err = s.fit(ctx, tx, who, lines, items); err == nil {
			err = s.enter(ctx, tx, who, d, items, now)
		}
	} else {
		err = s.move(ctx, tx, who, d, items)
	}
	if err != nil {
		return err
	}
	filled := map[ident.ID][]ident.ID{}
	for i := range items {
		items[i].Held = false
		filled[items[i].Line] = append(filled[items[i].Line], items[i].Asset)
		if _, err := tx.NewUpdate().Model(&items[i]).Column("asset", "code", "held").WherePK().Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	for i := range lines {
		l := &lines[i]
		assets := filled[l.ID]
		if len(assets) == 0 {
			continue
		}
		l.Received += int64(len(assets))
		if err := s.Stock.FillIn(ctx, tx, act(who), l.Gap, assets, false); err != nil {
			return err
		}
		if l.Received == l.Approved {
			if err := s.gapTo(ctx, tx, who, l.Gap, inventory.Delivered); err != nil {
				return err
			}
		}
	}
	return saveRequest(ctx, tx, &r, lines)
}

// fit gives parts that were bought to upgrade an asset to that asset: they are no
// equipment of their own.
func (s *Service) fit(ctx context.Context, tx *db.Tx, who access.Actor, lines []Line, items []Item) error {
	gapOf := map[ident.ID]ident.ID{}
	var ids []ident.ID
	for _, l := range lines {
		if l.Remedy == inventory.Upgrade {
			gapOf[l.ID] = l.Gap
			ids = append(ids, l.Gap)
		}
	}
	gaps, err := s.Stock.GapsIn(ctx, tx, act(who), inventory.Look, ids)
	if err != nil {
		return err
	}
	weak := map[ident.ID]ident.ID{}
	var assets []ident.ID
	for _, g := range gaps {
		if g.Asset != "" {
			weak[g.ID] = g.Asset
			assets = append(assets, g.Asset)
		}
	}
	rows, err := s.Stock.AssetsIn(ctx, tx, act(who), inventory.Look, assets)
	if err != nil {
		return err
	}
	codes := map[ident.ID]string{}
	for _, a := range rows {
		codes[a.ID] = a.Code
	}
	for i := range items {
		if a := weak[gapOf[items[i].Line]]; a != "" {
			items[i].Asset, items[i].Code = a, codes[a]
		}
	}
	return nil
}

// enter records bought things as equipment in use, where they were delivered.
func (s *Service) enter(ctx context.Context, tx *db.Tx, who access.Actor, d Delivery, items []Item, now time.Time) error {
	var forms []inventory.AssetForm
	var at []int
	for i, it := range items {
		if it.Name == "" {
			return fault.New(fault.Conflict, "supply.sign.unlabelled")
		}
		if it.Asset == "" {
			at = append(at, i)
			forms = append(forms, inventory.AssetForm{Unit: it.Unit, Kind: string(it.Kind), Name: it.Name, Serial: it.Serial, State: string(inventory.InUse)})
		}
	}
	if len(forms) == 0 {
		return nil
	}
	made, err := s.Stock.AddIn(ctx, tx, act(who), forms)
	if err != nil {
		return err
	}
	ids := make([]ident.ID, len(made))
	for i, a := range made {
		items[at[i]].Asset, items[at[i]].Code, ids[i] = a.ID, a.Code, a.ID
	}
	_, err = tx.NewUpdate().Model((*inventory.Asset)(nil)).Set("supplier = ?", d.Supplier).Set("contract = ?", d.Contract).Set("bought_on = ?", clock.Date(now)).
		Where("id IN (?)", bun.List(ids)).Exec(ctx)
	return db.Sorted(err)
}

// move takes spare assets to their new communes and into use.
func (s *Service) move(ctx context.Context, tx *db.Tx, who access.Actor, d Delivery, items []Item) error {
	for _, it := range items {
		if _, err := s.Stock.TransferIn(ctx, tx, act(who), it.Asset, it.Unit, d.Code); err != nil {
			return err
		}
		if _, err := s.Stock.MoveAssetIn(ctx, tx, act(who), it.Asset, inventory.InUse, d.Code); err != nil {
			return err
		}
	}
	return nil
}

// Hash is what stands for a signed record: SHA-256 over everything that was signed, the
// picture of the signature included, as JSON in this order.
func Hash(d Delivery, items []Item, shape string) string {
	type thing struct {
		Unit, Kind, Name, Serial, Code string
		Asset                          ident.ID
	}
	all := make([]thing, len(items))
	for i, it := range items {
		all[i] = thing{it.Unit, string(it.Kind), it.Name, it.Serial, it.Code, it.Asset}
	}
	raw, err := json.Marshal([]any{d.ID, d.Code, d.Source, d.Request, d.From, d.Unit, d.Supplier, d.Contract, d.Giver, d.GiverPost,
		d.SignedAt.UTC().Format(time.RFC3339Nano), d.SignedBy, d.Signer, d.SignerPost, d.Way, all, shape})
	if err != nil {
		return "" // text and numbers can always be written
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// NewCode gives the giver another code to tell; wrong tries are forgotten.
func (s *Service) NewCode(ctx context.Context, who access.Actor, id ident.ID, version int64) (Delivery, error) {
	if err := who.Need(Deliver); err != nil {
		return Delivery{}, err
	}
	return s.changeDelivery(ctx, who, id, version, func(ctx context.Context, tx *db.Tx, d *Delivery, _ []Item, now time.Time) error {
		if !d.gives(who) {
			return fault.New(fault.Denied, "fault.denied")
		}
		if d.State != Sent {
			return fault.New(fault.Conflict, "supply.label.not_now")
		}
		var err error
		if d.Pin, err = newPin(); err != nil {
			return err
		}
		d.Tries = 0
		return s.record(ctx, tx, now, who, d.Unit, d.ID, "inventory.supply.coded", i18n.L("supply.note.coded", "code", d.Code), "", nil)
	})
}
