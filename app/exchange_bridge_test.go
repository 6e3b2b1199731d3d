package app

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange"
	"lotrinh/dossier/exchange/post"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
)

// byFile lets an office be reached by files, as its administrator sets it up.
func (s *interlinked) byFile(office string) {
	s.t.Helper()
	p, err := s.Dossiers.Exchange.Post.PartnerOf(s.t.Context(), s.DB.Read(), office)
	must(s.t, err)
	must(s.t, s.Dossiers.Exchange.SetUp(s.t.Context(), s.actor("admin"), office, exchange.Setup{Mode: post.ByFile, Source: p.Source, ReceivedHours: 4, ResultHours: 8, Ver: p.Ver}))
}

// sheet is what an office's export sheet says, by the headings of its columns.
func (s *interlinked) sheet(office string) []map[string]string {
	s.t.Helper()
	a := s.ask("lead", "POST", "/dossiers/exchange/offices/"+office+"/sheet", "format=csv")
	if a.status != 200 {
		s.t.Fatalf("the sheet of %s: %d %s", office, a.status, a.body)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
	must(s.t, err)
	var out []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[lines[0][i]] = cell
		}
		out = append(out, row)
	}
	return out
}

// acks imports a file of acknowledgements: key, state, case number, result number and day.
func (s *interlinked) acks(lines ...[]string) (importer.Run, error) {
	s.t.Helper()
	t := s.Words.In(i18n.VI)
	var head []string
	for _, name := range []string{"exchange.ack.key", "exchange.ack.state", "exchange.ack.case_no", "exchange.ack.result_no", "exchange.ack.result_on"} {
		head = append(head, t.Say(name))
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	must(s.t, w.WriteAll(append([][]string{head}, lines...)))
	lead := s.actor("lead")
	run, err := s.Imports.Preview(s.t.Context(), lead, exchange.AckImport, "acks.csv", bytes.NewReader(b.Bytes()), int64(b.Len()), nil)
	must(s.t, err)
	return s.Imports.Commit(s.t.Context(), lead, run.ID, false)
}

func (s *interlinked) message(id ident.ID, office string) post.Message {
	s.t.Helper()
	var m post.Message
	must(s.t, s.DB.Read().NewSelect().Model(&m).Where("xm.ref = ?", id).Where("xm.partner = ?", office).Order("xm.id DESC").Limit(1).Scan(s.t.Context()))
	return m
}

func TestAnOfficeThatIsReachedByFileAcknowledgesByFile(t *testing.T) {
	eachInterlinked(t, func(t *testing.T, s *interlinked) {
		s.byFile(exchange.Ministry)
		s.byFile(exchange.Residence)
		words := s.Words.In(i18n.VI)
		id, _ := s.entered()
		s.turn(3)
		s.sign(id)
		s.turn(3)
		key := words.Say("exchange.ack.key")
		at := map[string]string{}
		for _, office := range []string{exchange.Ministry, exchange.Residence} {
			rows := s.sheet(office)
			if len(rows) != 1 || rows[0]["nksHoTen"] != "Vương Đình Khôi" || rows[0][key] == "" {
				t.Fatalf("the sheet of %s: %v", office, rows)
			}
			if at[office] = rows[0][key]; s.message(id, office).State != post.Sent {
				t.Errorf("%s was handed over and is %s", office, s.message(id, office).State)
			}
			if a := s.ask("lead", "POST", "/dossiers/exchange/offices/"+office+"/sheet", "format=csv"); a.status != 409 && a.status != 422 {
				t.Errorf("a second sheet carries the same again: %d", a.status)
			}
		}
		received, done := words.Say("exchange.result.received"), words.Say("exchange.result.done")
		for range 2 { // the same file twice is one acknowledgement
			_, err := s.acks([]string{at[exchange.Ministry], done, "HT-77", "HTDT-77", "2016-11-10"}, []string{at[exchange.Residence], received, "CA-12", "", ""})
			must(t, err)
		}
		if m := s.message(id, exchange.Ministry); m.Result != post.Done || m.ResultNo != "HTDT-77" || m.Replies != 1 {
			t.Errorf("the ministry's message: %+v", m)
		}
		if l := s.leg(id, "residence"); l.State != dossier.LegReceived || l.CaseNo != "CA-12" {
			t.Errorf("the police's leg: %+v", l)
		}
		_, err := s.acks([]string{at[exchange.Residence], done, "CA-12", "TT-9", "2016-11-10"})
		must(t, err)
		if l := s.leg(id, "residence"); l.State != dossier.LegDone || l.ResultNo != "TT-9" || s.now(id).Stage != "return" {
			t.Errorf("the police's leg: %+v, the dossier at %s", l, s.now(id).Stage)
		}
	})
}
