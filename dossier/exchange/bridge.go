package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/wire"
)

// AckImport is the kind of import that takes what an office acknowledged in a file.
const AckImport = "exchange.acks"

// Sheet makes the export sheet of an office that is reached by file: every message that
// waits, with its key. Handing it over is the arrival. A batch that was made before comes
// again as it was. It wants the right everywhere, and the reading is in the trail.
func (s *Service) Sheet(ctx context.Context, who access.Actor, office, batch string) ([]post.Message, string, error) {
	if err := everywhere(who, dossier.Exchange); err != nil {
		return nil, "", err
	}
	var rows []post.Message
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		again := batch != ""
		if again {
			rows, err = s.Post.BatchIn(ctx, tx, office, batch)
		} else {
			batch = string(ident.New(s.Machine.Now()))
			rows, err = s.Post.SheetIn(ctx, tx, office, batch)
		}
		switch {
		case err != nil:
			return err
		case len(rows) == 0:
			return fault.New(fault.Conflict, "exchange.nothing_waits")
		}
		refs := make([]string, len(rows))
		for i, m := range rows {
			refs[i] = string(m.Ref)
		}
		if err := trail.Seen(ctx, tx, s.Business.Now(), who, "dossier.exchange.sheet_read", refs); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "dossier.exchange.sheet", batch, map[string][2]any{"office": {nil, office}, "n": {nil, int64(len(rows))}, "again": {nil, again}})
	})
	return rows, batch, err
}

// sheetFields are the columns of a sheet beside its keys: every field that an office can be
// told.
func sheetFields(rows []post.Message) []string {
	var out []string
	seen := map[string]bool{}
	for _, m := range rows {
		for _, name := range wire.FieldsOf(m.Type) {
			if !seen[name] {
				seen[name] = true
				out = append(out, name)
			}
		}
	}
	return out
}

// AckSpec is the import of acknowledgements.
func (s *Service) AckSpec() importer.Spec {
	return importer.Spec{Kind: AckImport, Title: "exchange.ack.title", Home: home, At: "/dossiers", Perm: dossier.Exchange, Columns: []importer.Column{
		{Key: "key", Name: "exchange.ack.key", Needed: true, Read: importer.Text(200)},
		{Key: "state", Name: "exchange.ack.state", Needed: true, Read: importer.OneOf(s.Words, "exchange.result.", post.Received, post.Rejected, post.Done)},
		{Key: "case_no", Name: "exchange.ack.case_no", Read: importer.Text(60)},
		{Key: "result_no", Name: "exchange.ack.result_no", Read: importer.Text(100)},
		{Key: "result_on", Name: "exchange.ack.result_on", Read: importer.Date},
		{Key: "reason", Name: "exchange.ack.reason", Read: importer.Text(2000)},
	}, Plan: s.planAcks, Apply: s.applyAcks, Undo: s.keepAcks}
}

// planAcks says of each line whether its key is ours and still open.
func (s *Service) planAcks(ctx context.Context, q bun.IDB, who access.Actor, rows []importer.Row) ([]importer.Plan, error) {
	mine, err := s.acked(ctx, q, who, rows)
	if err != nil {
		return nil, err
	}
	out := make([]importer.Plan, len(rows))
	for i, r := range rows {
		bad := func(column, key string) {
			out[i] = importer.Plan{Action: importer.Bad, Problems: []importer.Problem{{Column: column, Line: i18n.L(key)}}}
		}
		m, ok := mine[r.Cells["key"]]
		out[i].Action = importer.Update
		switch {
		case !ok:
			bad("key", "exchange.unknown_key")
		case r.Cells["state"] != post.Rejected && r.Cells["case_no"] == "":
			bad("case_no", "exchange.ack.case_needed")
		case r.Cells["state"] == post.Done && (r.Cells["result_no"] == "" || r.Cells["result_on"] == ""):
			bad("result_no", "exchange.ack.result_needed")
		case r.Cells["state"] == post.Rejected && r.Cells["reason"] == "":
			bad("reason", "exchange.reason_needed")
		case !m.ResultAt.IsZero():
			out[i].Action = importer.Skip
		}
	}
	return out, nil
}

// acked are our messages by key, of offices that are reached by file, within reach.
func (s *Service) acked(ctx context.Context, q bun.IDB, who access.Actor, rows []importer.Row) (map[string]post.Message, error) {
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.Cells["key"]
	}
	out := map[string]post.Message{}
	if len(keys) == 0 {
		return out, nil
	}
	var all []post.Message
	err := q.NewSelect().Model(&all).Join("JOIN exchange_partner AS xp ON xp.code = xm.partner").Where("xp.mode = ?", post.ByFile).
		Where("xm.idemkey IN (?)", bun.List(keys)).Apply(who.Within(dossier.Exchange, "xm.unit")).Scan(ctx)
	for _, m := range all {
		out[m.Key] = m
	}
	return out, db.Sorted(err)
}

// applyAcks takes each line through the inbox, as if the office had sent it: the same line
// twice is one message.
func (s *Service) applyAcks(ctx context.Context, tx *db.Tx, who access.Actor, rows []importer.Row) ([]importer.Change, error) {
	mine, err := s.acked(ctx, tx, who, rows)
	if err != nil {
		return nil, err
	}
	var out []importer.Change
	for _, r := range rows {
		m, ok := mine[r.Cells["key"]]
		if !ok {
			return nil, fault.New(fault.Conflict, "exchange.unknown_key")
		}
		kind := map[string]string{post.Received: wire.CaseReceived, post.Rejected: wire.CaseRejected, post.Done: wire.CaseDone}[r.Cells["state"]]
		reply := wire.Reply{Key: m.Key, CaseNo: r.Cells["case_no"]}
		switch kind {
		case wire.CaseRejected:
			reply.Reason = r.Cells["reason"]
		case wire.CaseDone:
			reply.ResultNo, reply.ResultOn = r.Cells["result_no"], r.Cells["result_on"]
		}
		if err := s.takeLine(ctx, tx, m, kind, reply); err != nil {
			return nil, err
		}
		out = append(out, importer.Change{N: r.N, Record: json.RawMessage("null")})
	}
	return out, nil
}

func (s *Service) takeLine(ctx context.Context, tx *db.Tx, m post.Message, kind string, reply wire.Reply) error {
	data, err := json.Marshal(reply)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{m.Partner, kind, string(data)}, "\n")))
	e := wire.Event{ID: "file_" + hex.EncodeToString(sum[:16]), Source: "urn:lotrinh:file:" + m.Partner, Type: kind, Subject: m.Dossier, Data: data}
	body, err := wire.Write(e)
	if err != nil {
		return fault.Because(fault.Invalid, "exchange.data_broken", err)
	}
	_, err = s.Post.TakeIn(ctx, tx, m.Partner, e, body)
	return err
}

// keepAcks refuses to take acknowledgements back: what an office said, it said.
func (s *Service) keepAcks(_ context.Context, _ *db.Tx, _ access.Actor, changes []importer.Change) ([]importer.Refusal, error) {
	out := make([]importer.Refusal, len(changes))
	for i, c := range changes {
		out[i] = importer.Refusal{N: c.N, Line: i18n.L("exchange.ack.stays")}
	}
	return out, nil
}
