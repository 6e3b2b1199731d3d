package app

import (
	"context"
	"strings"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/inventory/install"
	lines "lotrinh/inventory/line"
	"lotrinh/rollout"
)

// gateHandlers bring what machines measured to the gates of communes: software tried on
// PCs, and lines.
func (h *House) gateHandlers() []outbox.Handler {
	return []outbox.Handler{
		{Name: "gates.installed", Topic: install.Changed{}.Topic(), Do: h.installedTold},
		{Name: "gates.line", Topic: lines.Figured{}.Topic(), Do: h.lineTold},
		{Name: "gates.line.dead", Topic: lines.Trouble{}.Topic(), Do: h.lineTold},
	}
}

// unitOf is the part of an event that says where it happened.
type unitOf struct {
	Unit string `json:"unit"`
}

func (h *House) installedTold(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var body unitOf
	if err := e.Read(&body); err != nil {
		return err
	}
	all, err := h.Inventory.Field.Installs.Standing(ctx, tx, []string{body.Unit})
	if err != nil {
		return err
	}
	s, known := all[body.Unit]
	if !known || s.Software == "" || !s.Begun() {
		return nil
	}
	return h.Rollout.Learn(ctx, tx, rollout.News{Evidence: rollout.EvidenceInstalled, Source: rollout.FromMeasure, By: access.System("installs"), At: e.At,
		Verdicts: map[string]rollout.Verdict{body.Unit: installVerdict(s, body.Unit)}})
}

// installVerdict is met when the software was tried on every PC in use and connects.
func installVerdict(s install.Standing, unit string) rollout.Verdict {
	v := rollout.Verdict{Answer: rollout.Met, Link: "/inventory/installs?unit=" + unit,
		Reasons: []rollout.Reason{rollout.Because("install.gate.left", "software", s.Software, "works", s.Works, "pcs", s.PCs)}}
	if s.Left() > 0 {
		v.Answer = rollout.Unmet
	}
	if s.Fails > 0 {
		v.Reasons = append(v.Reasons, rollout.Because("install.gate.fails", "software", s.Software, "n", s.Fails))
	}
	return v
}

func (h *House) lineTold(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var body unitOf
	if err := e.Read(&body); err != nil {
		return err
	}
	s, err := h.Inventory.Lines.Standing(ctx, tx, body.Unit)
	if err != nil || s.Health == lines.Unknown {
		return err
	}
	return h.Rollout.Learn(ctx, tx, lineNews(s, body.Unit, e.At))
}

// lineNews is a line as measured, with the figures among the reasons whether they are
// enough or not.
func lineNews(s lines.Standing, unit string, at time.Time) rollout.News {
	v := rollout.Verdict{Answer: rollout.Unmet, Link: lineAt(s.Asset)}
	if s.Health == lines.Fine {
		v.Answer = rollout.Met
	}
	for _, f := range s.Figures {
		v.Reasons = append(v.Reasons, reasonOf(f))
	}
	return rollout.News{Evidence: rollout.EvidenceLine, Source: rollout.FromMeasure, By: access.System("lines"), At: at, Verdicts: map[string]rollout.Verdict{unit: v}}
}

func lineAt(asset ident.ID) string { return "/inventory/lines/" + string(asset) }

func reasonOf(l i18n.Line) rollout.Reason { return rollout.Reason{Line: l} }

// equipmentOf is the page of a commune's equipment.
func equipmentOf(unit string) string { return strings.ReplaceAll(equipmentAt, ":unit", unit) }
