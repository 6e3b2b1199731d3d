package inventory

import (
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/inventory/readiness"
)

// FactJSON is a known value as the API shows it.
type FactJSON struct {
	Name       string           `json:"name"`
	Value      string           `json:"value"`
	Source     readiness.Source `json:"source" doc:"declared, measured or seen"`
	ObservedAt time.Time        `json:"observed_at"`
	Observer   string           `json:"observer"`
}

// AssetJSON is an asset as the API shows it.
type AssetJSON struct {
	ID            ident.ID   `json:"id"`
	Code          string     `json:"code"`
	Unit          string     `json:"unit"`
	Kind          Kind       `json:"kind"`
	Name          string     `json:"name"`
	Serial        string     `json:"serial"`
	Place         string     `json:"place"`
	State         State      `json:"state"`
	Tag           string     `json:"tag" doc:"the number that the office itself gave"`
	Custodian     string     `json:"custodian"`
	Supplier      string     `json:"supplier"`
	Contract      string     `json:"contract"`
	BoughtOn      string     `json:"bought_on" doc:"2016-08-15, or empty"`
	WarrantyUntil string     `json:"warranty_until" doc:"its last day, or empty"`
	Note          string     `json:"note"`
	Facts         []FactJSON `json:"facts"`
	Version       int64      `json:"version"`
}

// AssetIn is what a caller says about an asset; facts are declared.
type AssetIn struct {
	Unit          string            `json:"unit,omitempty" doc:"code of the commune; of a new asset only"`
	Kind          Kind              `json:"kind,omitempty" doc:"pc, monitor, printer, scanner, kiosk, line or ups; of a new asset only"`
	Name          string            `json:"name"`
	Serial        string            `json:"serial,omitempty"`
	Place         string            `json:"place,omitempty"`
	State         State             `json:"state"`
	Said          string            `json:"said,omitempty" doc:"why it moves to broken, repair or retired; needed then"`
	Tag           string            `json:"tag,omitempty"`
	Custodian     string            `json:"custodian,omitempty"`
	Supplier      string            `json:"supplier,omitempty"`
	Contract      string            `json:"contract,omitempty"`
	BoughtOn      string            `json:"bought_on,omitempty" doc:"2016-08-15"`
	WarrantyUntil string            `json:"warranty_until,omitempty" doc:"its last day"`
	Note          string            `json:"note,omitempty"`
	Facts         map[string]string `json:"facts,omitempty"`
}

// FactsIn is what a machine or an inspection found.
type FactsIn struct {
	Source     readiness.Source  `json:"source"`
	ObservedAt time.Time         `json:"observed_at"`
	Facts      map[string]string `json:"facts"`
}

// GapJSON is a gap as the API shows it.
type GapJSON struct {
	ID         ident.ID   `json:"id"`
	Code       string     `json:"code"`
	Unit       string     `json:"unit"`
	Kind       GapKind    `json:"kind"`
	What       Kind       `json:"what"`
	Quantity   int64      `json:"quantity"`
	Note       string     `json:"note"`
	State      GapState   `json:"state"`
	Owner      string     `json:"owner"`
	Due        *time.Time `json:"due" doc:"null while a year has no calendar"`
	Overdue    bool       `json:"overdue"`
	ReportedBy string     `json:"reported_by"`
	ReportedAt time.Time  `json:"reported_at"`
	Photos     []ident.ID `json:"photos"`
	Version    int64      `json:"version"`
}

// GapIn reports a gap. Photos are IDs of finished uploads of kind photo.
type GapIn struct {
	Unit     string     `json:"unit"`
	Kind     GapKind    `json:"kind" doc:"missing, below_spec, broken or other"`
	What     Kind       `json:"what"`
	Quantity string     `json:"quantity" doc:"a whole number, as text"`
	Note     string     `json:"note,omitempty"`
	Asset    ident.ID   `json:"asset,omitempty"`
	Photos   []ident.ID `json:"photos,omitempty"`
}

// MoveIn moves a gap.
type MoveIn struct {
	State  GapState `json:"state"`
	Answer string   `json:"answer,omitempty"`
}

// ReadinessJSON is the answer for a unit.
type ReadinessJSON struct {
	Unit    string            `json:"unit"`
	Verdict readiness.Verdict `json:"verdict" doc:"met, unmet or unknown"`
	Since   *time.Time        `json:"since"`
	Reasons []ReasonJSON      `json:"reasons"`
}

// ReasonJSON is one sentence behind an answer.
type ReasonJSON struct {
	Verdict readiness.Verdict `json:"verdict"`
	Must    bool              `json:"must"`
	Text    string            `json:"text"`
}

func (s *Service) api(r *httpx.Router) {
	const tag = "inventory"
	unitQuery := httpx.Param{Name: "unit", Doc: "code of a commune"}
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/inventory/assets", ID: "listAssets", Tag: tag, Summary: "Equipment within reach, by code",
		Query: append([]httpx.Param{unitQuery, {Name: "kind", Doc: "kind of equipment", Enum: words(Kinds)}, {Name: "state", Doc: "state of the asset", Enum: words(States)},
			{Name: "district", Doc: "code of a district"}, {Name: "q", Doc: "words in code, name, numbers, place, custodian, supplier, contract"},
			{Name: "warranty", Doc: "soon: ends within 90 days", Enum: Warranties}, {Name: "source", Doc: "what stands behind its facts", Enum: Evidences},
			{Name: "older", Doc: "bought so many years ago or earlier"}, {Name: "silent", Doc: "nothing known anew for so many days"}}, httpx.Paged...), Out: httpx.List[AssetJSON]{}}, s.apiAssets)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/inventory/assets", ID: "addAsset", Tag: tag, Summary: "Record a new piece of equipment",
		In: AssetIn{}, Out: AssetJSON{}, Status: 201, Creates: true}, s.apiAddAsset)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/inventory/assets/:id", ID: "getAsset", Tag: tag, Summary: "One asset with what is known of it", Out: AssetJSON{}}, s.apiAsset)
	r.API(httpx.Op{Method: "PUT", Path: "/api/v1/inventory/assets/:id", ID: "changeAsset", Tag: tag, Summary: "Change an asset and declare facts anew",
		In: AssetIn{}, Out: AssetJSON{}, Changes: true}, s.apiChangeAsset)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/inventory/assets/:id/facts", ID: "observeAsset", Tag: tag, Summary: "Record facts beside the declared ones",
		In: FactsIn{}, Out: AssetJSON{}, Creates: true}, s.apiObserve)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/inventory/gaps", ID: "listGaps", Tag: tag, Summary: "Gaps within reach, newest first", Query: append([]httpx.Param{unitQuery,
		{Name: "state", Doc: "a state, or all; open ones unasked", Enum: append([]string{"all"}, words(GapStates)...)}}, httpx.Paged...), Out: httpx.List[GapJSON]{}}, s.apiGaps)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/inventory/gaps", ID: "reportGap", Tag: tag, Summary: "Report a gap", In: GapIn{}, Out: GapJSON{}, Status: 201, Creates: true}, s.apiReport)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/inventory/gaps/:id", ID: "getGap", Tag: tag, Summary: "One gap", Out: GapJSON{}}, s.apiGap)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/inventory/gaps/:id/move", ID: "moveGap", Tag: tag, Summary: "Take a gap a step on its way",
		In: MoveIn{}, Out: GapJSON{}, Changes: true}, s.apiMove)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/inventory/readiness/:unit", ID: "getReadiness", Tag: tag, Summary: "Whether a commune has what is asked, and why not",
		Out: ReadinessJSON{}}, s.apiReadiness)
}

func (s *Service) assetJSON(a AssetView) AssetJSON {
	out := AssetJSON{ID: a.ID, Code: a.Code, Unit: a.Unit, Kind: a.Kind, Name: a.Name, Serial: a.Serial, Place: a.Place, State: a.State, Tag: a.Tag,
		Custodian: a.Custodian, Supplier: a.Supplier, Contract: a.Contract, BoughtOn: a.BoughtOn, WarrantyUntil: a.WarrantyUntil, Note: a.Note, Facts: []FactJSON{}, Version: a.Version}
	for _, f := range a.Facts {
		out.Facts = append(out.Facts, FactJSON{Name: f.Name, Value: f.Value, Source: f.Source, ObservedAt: f.ObservedAt, Observer: f.ObserverName})
	}
	return out
}

func (s *Service) gapJSON(g GapView) GapJSON {
	out := GapJSON{ID: g.ID, Code: g.Code, Unit: g.Unit, Kind: g.Kind, What: g.What, Quantity: g.Quantity, Note: g.Note, State: g.State, Owner: g.OwnerName,
		Overdue: g.Overdue(s.clock.Now()), ReportedBy: g.ReporterName, ReportedAt: g.ReportedAt, Photos: []ident.ID{}, Version: g.Version}
	if !g.DueAt.IsZero() {
		out.Due = &g.DueAt
	}
	for _, f := range g.Photos {
		out.Photos = append(out.Photos, f.ID)
	}
	return out
}

func (s *Service) apiAssets(c *httpx.Ctx) error {
	f := readFilter(c.Query)
	f.Sort, f.Down = "code", false
	all, err := s.AssetList(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	out := httpx.List[AssetJSON]{Items: []AssetJSON{}, Next: all.Next}
	for _, a := range all.Items {
		out.Items = append(out.Items, s.assetJSON(a))
	}
	return c.Reply(0, out)
}

// replyAsset answers with an asset as it is now.
func (s *Service) replyAsset(c *httpx.Ctx, id ident.ID, created bool) error {
	a, _, err := s.Asset(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	if created {
		return c.Created("/api/v1/inventory/assets/"+string(id), a.Version, s.assetJSON(a))
	}
	return c.ReplyVersion(0, a.Version, s.assetJSON(a))
}

func (s *Service) apiAddAsset(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[AssetIn](c)
	if err != nil {
		return err
	}
	a, err := s.AddAsset(c.Std(), c.Who, in.form())
	if err != nil {
		return err
	}
	return s.replyAsset(c, a.ID, true)
}

func (in AssetIn) form() AssetForm {
	f := AssetForm{Unit: in.Unit, Kind: string(in.Kind), Name: in.Name, Serial: in.Serial, Place: in.Place, State: string(in.State), Said: in.Said, Tag: in.Tag,
		Custodian: in.Custodian, Supplier: in.Supplier, Contract: in.Contract, BoughtOn: in.BoughtOn, WarrantyUntil: in.WarrantyUntil, Note: in.Note, Facts: map[string]string{}}
	for k, v := range in.Facts {
		f.Facts[k] = v
	}
	return f
}

func (s *Service) apiAsset(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	return s.replyAsset(c, id, false)
}

func (s *Service) apiChangeAsset(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := c.Who.Need(Edit); err != nil {
		return err
	}
	version, err := c.IfMatch()
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[AssetIn](c)
	if err != nil {
		return err
	}
	if _, err := s.ChangeAsset(c.Std(), c.Who, id, version, in.form()); err != nil {
		return httpx.Stale(err)
	}
	return s.replyAsset(c, id, false)
}

func (s *Service) apiObserve(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[FactsIn](c)
	if err != nil {
		return err
	}
	switch in.Source {
	case readiness.Declared, readiness.Photo, readiness.Measured, readiness.Probe, readiness.Seen:
	default:
		var k fault.Check
		k.Need(false, "source", "inventory.fact.bad_source")
		return k.Err()
	}
	if err := s.Observe(c.Std(), c.Who, id, in.Source, in.ObservedAt, in.Facts); err != nil {
		return err
	}
	return s.replyAsset(c, id, false)
}

func (s *Service) apiGaps(c *httpx.Ctx) error {
	all, err := s.Gaps(c.Std(), c.Who, GapFilter{State: c.Query("state"), Unit: c.Query("unit")}, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	out := httpx.List[GapJSON]{Items: []GapJSON{}, Next: all.Next}
	for _, g := range all.Items {
		out.Items = append(out.Items, s.gapJSON(g))
	}
	return c.Reply(0, out)
}

func (s *Service) apiReport(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[GapIn](c)
	if err != nil {
		return err
	}
	if err := c.Who.Need(Report); err != nil {
		return err
	}
	var k fault.Check
	k.Need(len(in.Photos) <= MaxPhotos, "photos", "files.too_many", "limit", MaxPhotos)
	if err := k.Err(); err != nil {
		return err
	}
	var photos []files.Blob
	for _, id := range in.Photos {
		b, err := s.files.Uploaded(c.Std(), c.Who, files.Photo, id)
		if err != nil {
			return onField("photos", err)
		}
		photos = append(photos, b)
	}
	g, err := s.ReportGap(c.Std(), c.Who, GapForm{Unit: in.Unit, Kind: string(in.Kind), What: string(in.What), Quantity: in.Quantity, Note: in.Note, Asset: string(in.Asset)}, photos...)
	if err != nil {
		return err
	}
	v, err := s.Gap(c.Std(), c.Who, g.ID)
	if err != nil {
		return err
	}
	return c.Created("/api/v1/inventory/gaps/"+string(g.ID), v.Version, s.gapJSON(v))
}

func (s *Service) apiGap(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	g, err := s.Gap(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	return c.ReplyVersion(0, g.Version, s.gapJSON(g))
}

func (s *Service) apiMove(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := c.Who.Need(Handle); err != nil {
		return err
	}
	version, err := c.IfMatch()
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[MoveIn](c)
	if err != nil {
		return err
	}
	if _, err := s.MoveGap(c.Std(), c.Who, id, version, in.State, in.Answer); err != nil {
		return httpx.Stale(err)
	}
	return s.apiGap(c)
}

func (s *Service) apiReadiness(c *httpx.Ctx) error {
	unit := c.Params("unit")
	if err := c.Who.NeedAt(Look, unit); err != nil {
		return err
	}
	known, _, err := s.Known(c.Std())
	if err != nil {
		return err
	}
	if !known(unit) {
		return fault.New(fault.Missing, "fault.missing")
	}
	a, err := s.Of(c.Std(), unit, s.clock.Now())
	if err != nil {
		return err
	}
	return c.Reply(0, readinessJSON(c.T, a))
}

func readinessJSON(t i18n.T, a Answer) ReadinessJSON {
	out := ReadinessJSON{Unit: a.Unit, Verdict: a.Verdict, Reasons: []ReasonJSON{}}
	if !a.Since.IsZero() {
		out.Since = &a.Since
	}
	for _, r := range a.Reasons {
		out.Reasons = append(out.Reasons, ReasonJSON{Verdict: r.Verdict, Must: r.Must, Text: t.Line(r.Text)})
	}
	return out
}
