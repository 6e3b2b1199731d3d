package delivery

import (
	"context"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/wire"
	"lotrinh/reports"
)

// Outlet is a machine that reports go to by themselves: a folder below the one that the
// configuration names, or an address that is told of each report. It stands for one
// report and unit, or for all where Definition or Cut is empty.
type Outlet struct {
	bun.BaseModel `bun:"table:report_outlet,alias:ol"`
	ID            ident.ID   `bun:"id,pk"`
	Kind          Channel    `bun:"kind"` // Folder or Webhook
	Name          string     `bun:"name"`
	Definition    string     `bun:"definition"`
	Cut           string     `bun:"cut"`
	Folder        string     `bun:"folder"`  // below the root, with slashes; "." is the root itself
	Pattern       string     `bun:"pattern"` // of names, without their ending
	Forms         string     `bun:"forms"`   // of files, separated by commas
	Address       string     `bun:"address"` // of a Webhook
	Secret        string     `bun:"secret"`  // sealed
	SecretBefore  string     `bun:"secret_before"`
	BeforeUntil   *time.Time `bun:"before_until"` // how long the secret before still signs, by the machine's clock
	Enabled       bool       `bun:"enabled"`
	Version       int64      `bun:"version"`
	MadeAt        time.Time  `bun:"made_at"` // by the business clock
	MadeBy        string     `bun:"made_by"` // name
}

// key names an outlet among recipients.
func (o Outlet) key() string { return string(o.Kind) + ":" + string(o.ID) }

// where is what a row says about where it went.
func (o Outlet) where() string {
	if o.Kind == Webhook {
		return o.Address
	}
	return o.Folder
}

// wants tells whether reports of a definition and a cut go there.
func (o Outlet) wants(definition, cut string) bool {
	return o.Enabled && (o.Definition == "" || o.Definition == definition) && (o.Cut == "" || o.Cut == cut)
}

// OutletForm is an outlet as somebody typed it.
type OutletForm struct {
	Name, Definition, Cut    string
	Folder, Pattern, Address string
	Forms                    []string
	Enabled                  bool
}

const (
	// mostOutlets is how many outlets of a kind there may be.
	mostOutlets = 100
	// longestPath is how long a folder, a pattern or an address may be, in bytes.
	longestPath = 200
	// bothSecrets is how long both secrets sign after a rotation.
	bothSecrets = 24 * time.Hour
	sealedFor   = "report-webhook"
)

// DropForms are the files that can be put into a folder.
var DropForms = []string{reports.PDF, reports.XLSX, reports.DOCX, reports.JSON, reports.ZIP}

// Outlets are all of a kind, by name, for those who look after them.
func (s *Service) Outlets(ctx context.Context, who access.Actor, kind Channel) ([]Outlet, error) {
	if err := who.Need(Manage); err != nil {
		return nil, err
	}
	var rows []Outlet
	err := s.DB.Read().NewSelect().Model(&rows).Where("ol.kind = ?", kind).Order("ol.name").Limit(mostOutlets).Scan(ctx)
	return rows, db.Sorted(err)
}

// OutletOf is one of them.
func (s *Service) OutletOf(ctx context.Context, who access.Actor, kind Channel, id ident.ID) (Outlet, error) {
	var o Outlet
	if err := who.Need(Manage); err != nil {
		return o, err
	}
	err := s.DB.Read().NewSelect().Model(&o).Where("ol.id = ?", id).Where("ol.kind = ?", kind).Scan(ctx)
	return o, db.Sorted(err)
}

// AddOutlet makes one. The secret of a webhook is told this once.
func (s *Service) AddOutlet(ctx context.Context, who access.Actor, kind Channel, f OutletForm) (o Outlet, secret string, err error) {
	if err := who.Need(Manage); err != nil {
		return o, "", err
	}
	f.Enabled = true
	if o, err = s.readOutlet(ctx, kind, f); err != nil {
		return o, "", err
	}
	o.ID, o.Version, o.MadeAt, o.MadeBy = ident.New(s.Machine.Now()), 1, s.Business.Now(), who.Name
	if kind == Webhook {
		if secret, o.Secret, err = s.freshSecret(o.ID); err != nil {
			return o, "", err
		}
	}
	return o, secret, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.NewSelect().Model((*Outlet)(nil)).Where("ol.kind = ?", kind).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n >= mostOutlets {
			return wrong("name", "delivery.outlet.full", "most", mostOutlets)
		}
		if _, err := tx.NewInsert().Model(&o).Exec(ctx); err != nil {
			return named(err)
		}
		return s.trailed(ctx, tx, who, "reports.outlet.made", Outlet{Kind: kind}, o)
	})
}

// ChangeOutlet changes one; its secret stays.
func (s *Service) ChangeOutlet(ctx context.Context, who access.Actor, kind Channel, id ident.ID, version int64, f OutletForm) error {
	before, err := s.OutletOf(ctx, who, kind, id)
	if err != nil {
		return err
	}
	o, err := s.readOutlet(ctx, kind, f)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewUpdate().Model(&o).Column("name", "definition", "cut", "folder", "pattern", "forms", "address", "enabled").Set("version = version + 1").
			Where("id = ?", id).Where("version = ?", version).Exec(ctx)
		if err != nil {
			return named(err)
		}
		if err := db.Changed(res, nil); err != nil {
			return err
		}
		o.ID = id
		return s.trailed(ctx, tx, who, "reports.outlet.changed", before, o)
	})
}

// Rotate gives a webhook a new secret and tells it this once. The one before signs beside
// it for a day, or not at all when it must not be trusted any more.
func (s *Service) Rotate(ctx context.Context, who access.Actor, id ident.ID, version int64, atOnce bool) (string, error) {
	o, err := s.OutletOf(ctx, who, Webhook, id)
	if err != nil {
		return "", err
	}
	secret, sealed, err := s.freshSecret(id)
	if err != nil {
		return "", err
	}
	before, until := o.Secret, s.Machine.Now().Add(bothSecrets)
	if atOnce {
		before, until = "", s.Machine.Now()
	}
	return secret, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := db.Changed(tx.NewUpdate().Model((*Outlet)(nil)).Set("secret = ?", sealed).Set("secret_before = ?", before).Set("before_until = ?", until).Set("version = version + 1").
			Where("id = ?", id).Where("version = ?", version).Exec(ctx))
		if err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "reports.outlet.rotated", string(id), map[string][2]any{"at_once": {nil, atOnce}})
	})
}

func (s *Service) freshSecret(id ident.ID) (plain, sealed string, err error) {
	if plain, err = wire.NewSecret(); err != nil {
		return "", "", err
	}
	sealed, err = s.Seal.Seal(sealedFor, id, []byte(plain))
	return plain, sealed, err
}

// secrets are those that sign now, the newest first.
func (s *Service) secrets(o Outlet) ([]wire.Secret, error) {
	all := []string{o.Secret}
	if o.SecretBefore != "" && o.BeforeUntil != nil && s.Machine.Now().Before(*o.BeforeUntil) {
		all = append(all, o.SecretBefore)
	}
	out := make([]wire.Secret, len(all))
	for i, sealed := range all {
		text, err := s.Seal.Unseal(sealedFor, o.ID, sealed)
		if err != nil {
			return nil, err
		}
		if out[i], err = wire.ReadSecret(string(text)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) trailed(ctx context.Context, tx *db.Tx, who access.Actor, act string, was, is Outlet) error {
	return trail.Write(ctx, tx, s.Business.Now(), who, act, string(is.ID), map[string][2]any{"kind": {string(was.Kind), string(is.Kind)}, "definition": {was.Definition, is.Definition},
		"cut": {was.Cut, is.Cut}, "where": {was.where(), is.where()}, "pattern": {was.Pattern, is.Pattern}, "forms": {was.Forms, is.Forms}, "enabled": {was.Enabled, is.Enabled}}, trail.At(is.Cut))
}

// named tells a name that is taken from what else went wrong.
func named(err error) error {
	if db.Duplicate(err) {
		return wrong("name", "delivery.outlet.there")
	}
	return db.Sorted(err)
}

// readOutlet reads what was typed.
func (s *Service) readOutlet(ctx context.Context, kind Channel, f OutletForm) (Outlet, error) {
	o := Outlet{Kind: kind, Name: fold.NFC(strings.TrimSpace(f.Name)), Definition: f.Definition, Cut: f.Cut, Enabled: f.Enabled}
	var k fault.Check
	k.Need(o.Name != "" && utf8.RuneCountInString(o.Name) <= longestName, "name", "delivery.outlet.name_needed", "most", longestName)
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return o, err
	}
	offered, err := s.Reports.Offered(ctx, s.Words.In(""))
	if err != nil {
		return o, err
	}
	_, known := tree.Unit(f.Cut)
	k.Need(f.Cut == "" || known, "cut", "delivery.list.unit_needed")
	k.Need(f.Definition == "" || slices.ContainsFunc(offered, func(r reports.Offer) bool { return r.Key == f.Definition }), "definition", "delivery.outlet.report_needed")
	switch kind {
	case Folder:
		s.readFolder(&k, &o, f)
	case Webhook:
		o.Address = strings.TrimSpace(f.Address)
		s.readAddress(&k, o.Address)
	case Inbox, Mail:
		return o, fault.New(fault.Missing, "fault.missing")
	}
	return o, k.Err()
}

// readFolder reads where files go and how they are called.
func (s *Service) readFolder(k *fault.Check, o *Outlet, f OutletForm) {
	typed := fold.NFC(strings.TrimSpace(strings.ReplaceAll(f.Folder, `\`, "/")))
	o.Folder, o.Pattern = path.Clean(typed), fold.NFC(strings.TrimSpace(f.Pattern))
	k.Need(len(typed) <= longestPath && inside(typed, o.Folder), "folder", "delivery.folder.path_wrong")
	if o.Pattern == "" {
		o.Pattern = DefaultPattern
	}
	k.Need(patternRight(o.Pattern, *o), "pattern", "delivery.folder.pattern_wrong", patternPairs...)
	for _, form := range DropForms {
		if slices.Contains(f.Forms, form) {
			o.Forms += "," + form
		}
	}
	o.Forms = strings.TrimPrefix(o.Forms, ",")
	k.Need(o.Forms != "", "forms", "delivery.folder.forms_needed")
}

// inside tells whether a path stays below the root: no way up, nothing absolute, no drive,
// no name that is hidden or that a share refuses.
func inside(typed, clean string) bool {
	if strings.HasPrefix(typed, "/") || clean == ".." || strings.HasPrefix(clean, "../") || strings.ContainsFunc(typed, odd) {
		return false
	}
	return !slices.ContainsFunc(strings.Split(clean, "/"), func(name string) bool { return name != "." && strings.HasPrefix(name, ".") })
}

// odd is a letter that no name of a file may hold.
func odd(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune(`:*?"<>|`, r) }

// readAddress checks where a webhook goes: encrypted, unless it stays in a network that
// the administrator has named.
func (s *Service) readAddress(k *fault.Check, typed string) {
	u, err := url.Parse(typed)
	right := err == nil && len(typed) <= longestPath && u.Hostname() != "" && u.User == nil && u.Fragment == "" && (u.Scheme == "https" || u.Scheme == "http")
	k.Need(right, "address", "delivery.webhook.address_wrong")
	if !right {
		return
	}
	k.Need(u.Scheme == "https" || len(s.Guard.Allowed) > 0, "address", "delivery.webhook.https_needed")
	if a, err := netip.ParseAddr(u.Hostname()); err == nil {
		k.Need(s.Guard.Allows(a) && (u.Scheme == "https" || s.Guard.Named(a)), "address", "delivery.webhook.private")
	}
}

// DefaultPattern names files where nobody says otherwise.
const DefaultPattern = "{report}_{programme}_{unit}_{until}_v{edition}"

// patternWords are what a pattern may hold; each is filled from the frozen run.
var patternWords = []string{"report", "programme", "unit", "from", "until", "edition", "run"}

// patternPairs fill the words of patterns into sentences about them, as they are typed.
var patternPairs = func() (pairs []any) {
	for _, w := range patternWords {
		pairs = append(pairs, w, "{"+w+"}")
	}
	return pairs
}()

var patternWord = regexp.MustCompile(`\{([^{}]*)\}`)

// patternRight tells whether a pattern gives every report that an outlet gets a name of
// its own.
func patternRight(pattern string, o Outlet) bool {
	if len(pattern) > longestPath || strings.HasPrefix(pattern, ".") || strings.ContainsFunc(pattern, odd) || strings.ContainsAny(pattern, `/\`) {
		return false
	}
	has := map[string]bool{}
	for _, w := range patternWord.FindAllStringSubmatch(pattern, -1) {
		if !slices.Contains(patternWords, w[1]) {
			return false
		}
		has[w[1]] = true
	}
	if strings.ContainsAny(patternWord.ReplaceAllString(pattern, ""), "{}") {
		return false
	}
	return has["edition"] && (has["run"] || has["until"] && (has["report"] || o.Definition != "") && (has["unit"] || o.Cut != ""))
}
