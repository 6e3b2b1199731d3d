package helpdesk

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/trail"
)

// Limits of a catalogue's entries.
const (
	longestLabel = 80
	mostItems    = 30
	mostFields   = 20
	mostOptions  = 50
	longestField = 200
)

// codeShape is how codes of services, groups and fields look.
var codeShape = regexp.MustCompile(`^[a-z][a-z0-9_]{1,29}$`)

func tidy(s string) string { return strings.TrimSpace(fold.NFC(s)) }

func (o *Offer) check(c *Catalogue) error {
	o.NameVI, o.NameEN = tidy(o.NameVI), tidy(o.NameEN)
	var k fault.Check
	k.Need(codeShape.MatchString(string(o.Code)), "code", "helpdesk.catalogue.code_shape")
	k.Need(o.NameVI != "", "name_vi", "helpdesk.catalogue.name_needed")
	k.Need(utf8.RuneCountInString(o.NameVI) <= longestLabel, "name_vi", "helpdesk.catalogue.name_long", "max", longestLabel)
	k.Need(utf8.RuneCountInString(o.NameEN) <= longestLabel, "name_en", "helpdesk.catalogue.name_long", "max", longestLabel)
	_, ok := c.team[o.Group]
	k.Need(ok, "group", "helpdesk.catalogue.group_unknown")
	k.Need(slices.Contains(Kinds, o.Kind), "kind", "helpdesk.form.kind_needed")
	k.Need(o.Impact >= Least && o.Impact <= Most, "impact", "helpdesk.form.impact_needed")
	k.Need(o.Urgency >= Least && o.Urgency <= Most, "urgency", "helpdesk.form.urgency_needed")
	k.Need(o.Position >= 0 && o.Position <= 10_000, "position", "helpdesk.catalogue.position_bad")
	o.checkItems(&k)
	o.checkFields(&k)
	return k.Err()
}

func (o *Offer) checkItems(k *fault.Check) {
	for i := range o.Checklist {
		o.Checklist[i].Label = tidy(o.Checklist[i].Label)
		k.Need(utf8.RuneCountInString(o.Checklist[i].Label) <= longestField, "checklist", "helpdesk.catalogue.item_long", "max", longestField)
	}
	o.Checklist = slices.DeleteFunc(o.Checklist, func(i Item) bool { return i.Label == "" })
	k.Need(len(o.Checklist) <= mostItems, "checklist", "helpdesk.catalogue.items_many", "max", mostItems)
}

// checkFields gives new fields a code made of their label.
func (o *Offer) checkFields(k *fault.Check) {
	seen := map[string]bool{}
	for _, f := range o.Fields {
		seen[f.Code] = true
	}
	for i := range o.Fields {
		f := &o.Fields[i]
		f.Label = tidy(f.Label)
		for j := range f.Options {
			f.Options[j] = tidy(f.Options[j])
		}
		f.Options = slices.DeleteFunc(f.Options, func(s string) bool { return s == "" })
		if f.Kind != FieldChoice {
			f.Options = nil
		}
		if f.Label == "" {
			continue
		}
		if f.Code == "" {
			f.Code = fieldCode(f.Label, seen)
		}
		k.Need(codeShape.MatchString(f.Code), "fields", "helpdesk.catalogue.code_shape")
		k.Need(utf8.RuneCountInString(f.Label) <= longestLabel, "fields", "helpdesk.catalogue.name_long", "max", longestLabel)
		k.Need(slices.Contains(FieldKinds, f.Kind), "fields", "helpdesk.catalogue.field_kind")
		k.Need(f.Kind != FieldChoice || len(f.Options) >= 2, "fields", "helpdesk.catalogue.options_needed", "field", f.Label)
		k.Need(len(f.Options) <= mostOptions, "fields", "helpdesk.catalogue.options_many", "max", mostOptions)
	}
	o.Fields = slices.DeleteFunc(o.Fields, func(f FieldDef) bool { return f.Label == "" })
	k.Need(len(o.Fields) <= mostFields, "fields", "helpdesk.catalogue.fields_many", "max", mostFields)
}

// fieldCode is a code that nobody has, made of a label: "Số máy" → so_may.
func fieldCode(label string, seen map[string]bool) string {
	code := strings.Join(fold.Words(label), "_")
	code = strings.Trim(regexp.MustCompile(`[^a-z0-9_]`).ReplaceAllString(code, ""), "_")
	if code == "" || code[0] < 'a' || code[0] > 'z' || len(code) < 2 {
		code = "f_" + code
	}
	if len(code) > 26 {
		code = strings.TrimRight(code[:26], "_")
	}
	free := code
	for n := 2; seen[free]; n++ {
		free = code + seqText(int64(n))
	}
	seen[free] = true
	return free
}

// SaveOffer adds a service to the catalogue, or changes the one with its code.
// Tickets that exist keep what they were opened with.
func (s *Service) SaveOffer(ctx context.Context, who access.Actor, o Offer) (Offer, error) {
	if err := who.Need(Manage); err != nil {
		return Offer{}, err
	}
	c, err := s.Catalogue(ctx)
	if err != nil {
		return Offer{}, err
	}
	if err := o.check(c); err != nil {
		return Offer{}, err
	}
	before, known := c.offer[o.Code]
	return o, s.shelve(ctx, who, "helpdesk.service.saved", "service:"+string(o.Code), known, before.Version, &o.Version, &o, map[string][2]any{
		"group": {before.Group, o.Group}, "active": {before.Active, o.Active}, "kind": {before.Kind, o.Kind},
		"checklist": {len(before.Checklist), len(o.Checklist)}, "fields": {len(before.Fields), len(o.Fields)}})
}

func (t *Team) check(known []Agent) error {
	t.NameVI, t.NameEN = tidy(t.NameVI), tidy(t.NameEN)
	var k fault.Check
	k.Need(codeShape.MatchString(string(t.Code)), "code", "helpdesk.catalogue.code_shape")
	k.Need(t.NameVI != "", "name_vi", "helpdesk.catalogue.name_needed")
	k.Need(utf8.RuneCountInString(t.NameVI) <= longestLabel, "name_vi", "helpdesk.catalogue.name_long", "max", longestLabel)
	k.Need(utf8.RuneCountInString(t.NameEN) <= longestLabel, "name_en", "helpdesk.catalogue.name_long", "max", longestLabel)
	k.Need(t.FollowUp == FollowReopens || t.FollowUp == FollowNew, "follow_up", "helpdesk.catalogue.follow_up_needed")
	k.Need(t.FollowUpDays >= 0 && t.FollowUpDays <= 365, "follow_up_days", "helpdesk.catalogue.days_bad")
	k.Need(t.Position >= 0 && t.Position <= 10_000, "position", "helpdesk.catalogue.position_bad")
	for _, m := range t.Members {
		k.Need(hasAgent(known, m), "members", "helpdesk.catalogue.member_unknown")
	}
	return k.Err()
}

// SaveTeam adds a group, or changes the one with its code.
func (s *Service) SaveTeam(ctx context.Context, who access.Actor, t Team) (Team, error) {
	if err := who.Need(Manage); err != nil {
		return Team{}, err
	}
	c, err := s.Catalogue(ctx)
	if err != nil {
		return Team{}, err
	}
	agents, err := s.People.Agents(ctx, "")
	if err != nil {
		return Team{}, err
	}
	if err := t.check(agents); err != nil {
		return Team{}, err
	}
	before, known := c.team[t.Code]
	return t, s.shelve(ctx, who, "helpdesk.group.saved", "group:"+string(t.Code), known, before.Version, &t.Version, &t, map[string][2]any{
		"active": {before.Active, t.Active}, "members": {len(before.Members), len(t.Members)},
		"follow_up": {before.FollowUp, t.FollowUp}, "follow_up_days": {before.FollowUpDays, t.FollowUpDays}})
}

// shelve writes an entry of the catalogue. saw is the version in its struct: the one
// that the editor saw, 0 for what is new or was never edited.
func (s *Service) shelve(ctx context.Context, who access.Actor, act, target string, known bool, now int64, saw *int64, entry any, changes map[string][2]any) error {
	if known && *saw != now {
		return fault.New(fault.Conflict, "fault.changed_meanwhile")
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if seen := *saw; seen == 0 {
			*saw = 1
			if _, err = tx.NewInsert().Model(entry).Exec(ctx); db.Duplicate(err) {
				return fault.New(fault.Conflict, "fault.changed_meanwhile")
			}
			err = db.Sorted(err)
		} else {
			*saw = seen + 1
			err = db.Changed(tx.NewUpdate().Model(entry).WherePK().Where("version = ?", seen).Exec(ctx))
		}
		if err != nil {
			return err
		}
		if err := s.reshelve(ctx, tx); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, act, target, changes)
	})
}
