package register

import (
	"time"

	"lotrinh/dossier"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// PasswordIn is a body with nothing but the password that is asked again.
type PasswordIn struct {
	Version  int64  `json:"version" doc:"of the dossier as it was seen; without it nothing is done"`
	Password string `json:"password" doc:"of the account, asked again"`
}

// EntryOut is an entry as the API shows it in lists: no persons.
type EntryOut struct {
	ID       ident.ID `json:"id"`
	Dossier  ident.ID `json:"dossier"`
	Unit     string   `json:"unit"`
	Kind     string   `json:"kind"`
	Book     string   `json:"book"`
	Number   int64    `json:"number"`
	Year     int64    `json:"year"`
	Day      string   `json:"day"`
	Hash     string   `json:"hash" doc:"SHA-256 of what was signed"`
	Practice bool     `json:"practice"`
	Voided   bool     `json:"voided"`
	Annulled bool     `json:"annulled"`
}

func entryOut(e Entry, voided, annulled bool) EntryOut {
	return EntryOut{e.ID, e.Dossier, e.Unit, string(e.Kind), e.Book(), e.Number, e.Year, e.Day, e.Hash, e.Practice, voided, annulled}
}

// EntryFullOut is an entry with what it says now.
type EntryFullOut struct {
	EntryOut
	Subject string            `json:"subject"`
	Says    map[string]string `json:"says"`
	Facts   []FactOut         `json:"facts"`
	Proved  bool              `json:"proved" doc:"the stored content is what its hash says"`
}

// FactOut is a correction or an annulment.
type FactOut struct {
	ID          ident.ID `json:"id"`
	Kind        string   `json:"kind" enum:"correction,annulment"`
	DecisionNo  string   `json:"decision_no"`
	DecisionDay string   `json:"decision_day"`
	Changes     []Change `json:"changes"`
}

// FactIn is a decision about an entry.
type FactIn struct {
	Kind        string   `json:"kind" enum:"correction,annulment"`
	DecisionNo  string   `json:"decision_no"`
	DecisionDay string   `json:"decision_day"`
	Changes     []Change `json:"changes,omitempty"`
	Reason      string   `json:"reason"`
	Password    string   `json:"password"`
}

// SignIn signs several dossiers with one proof.
type SignIn struct {
	Dossiers []AskIn `json:"dossiers"`
	Password string  `json:"password"`
}

// AskIn is one dossier to sign.
type AskIn struct {
	ID      ident.ID `json:"id"`
	Version int64    `json:"version"`
}

// OutcomeOut is what became of one dossier.
type OutcomeOut struct {
	ID     ident.ID `json:"id"`
	Signed bool     `json:"signed"`
	Hash   string   `json:"hash,omitempty"`
	Fault  string   `json:"fault,omitempty" doc:"key of why not"`
	Text   string   `json:"text,omitempty"`
}

// RefuseIn does not sign, with the reason.
type RefuseIn struct {
	Version  int64  `json:"version"`
	Password string `json:"password"`
	Reason   string `json:"reason"`
}

// LockIn locks the year of a unit's books.
type LockIn struct {
	Unit     string `json:"unit"`
	Year     int64  `json:"year"`
	Password string `json:"password"`
}

// LockOut is the count of one book.
type LockOut struct {
	Kind    string    `json:"kind"`
	Year    int64     `json:"year"`
	Last    int64     `json:"last"`
	Entries int64     `json:"entries"`
	Voided  int64     `json:"voided"`
	Digest  string    `json:"digest"`
	At      time.Time `json:"at"`
}

func (s *Service) api(r *httpx.Router) {
	const tag = "registers"
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/dossiers/:id/register", ID: "enterRegister", Tag: tag, Summary: "Write and sign the register entry of a dossier", In: PasswordIn{}, Out: EntryOut{}, Creates: true, Status: 201}, s.enterAPI)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/dossiers/sign", ID: "signDossiers", Tag: tag, Summary: "Sign the results of dossiers", In: SignIn{}, Out: httpx.List[OutcomeOut]{}}, s.signAPI)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/dossiers/:id/refuse-signing", ID: "refuseSigning", Tag: tag, Summary: "Do not sign: the number is void, the dossier goes back", In: RefuseIn{}, Out: OutcomeOut{}}, s.refuseAPI)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/registers/entries", ID: "listRegisterEntries", Tag: tag, Summary: "Search the register books within reach", Out: httpx.List[EntryOut]{},
		Query: append([]httpx.Param{{Name: "q", Doc: "a name from its beginning, or 12/2016"}, {Name: "day", Doc: "of registration or birth"}, {Name: "kind", Doc: "ks, kt, kh …"}, {Name: "practice", Doc: "1 for practice books"}}, httpx.Paged...)}, s.searchAPI)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/registers/entries/:id", ID: "getRegisterEntry", Tag: tag, Summary: "One entry and what it says now", Out: EntryFullOut{}}, s.entryAPI)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/registers/entries/:id/facts", ID: "decideRegisterEntry", Tag: tag, Summary: "Correct or annul an entry by a decision", In: FactIn{}, Out: FactOut{}, Creates: true, Status: 201}, s.factAPI)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/registers/locks", ID: "lockRegisters", Tag: tag, Summary: "Lock the year of a unit's books with their counts", In: LockIn{}, Out: httpx.List[LockOut]{}}, s.lockAPI)
}

func (s *Service) enterAPI(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[PasswordIn](c)
	if err != nil {
		return err
	}
	if _, err := s.Dossiers.DossierIn(c.Std(), s.DB.Read(), c.Who, dossier.Register, key); err != nil {
		return err
	}
	proof, err := s.People.Reprove(c.Std(), c.Who, in.Password)
	if err != nil {
		return err
	}
	e, err := s.Enter(c.Std(), c.Who, proof, key, seen(in.Version))
	if err != nil {
		return err
	}
	return c.Created("/api/v1/registers/entries/"+string(e.ID), 1, entryOut(e, false, false))
}

func (s *Service) signAPI(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[SignIn](c)
	if err != nil {
		return err
	}
	if err := c.Who.Need(dossier.Sign); err != nil {
		return err
	}
	if len(in.Dossiers) == 0 || len(in.Dossiers) > page.Max {
		var k fault.Check
		k.Need(false, "dossiers", "register.sign.pick")
		return k.Err()
	}
	proof, err := s.People.Reprove(c.Std(), c.Who, in.Password)
	if err != nil {
		return err
	}
	asked := make([]Ask, len(in.Dossiers))
	for i, a := range in.Dossiers {
		if asked[i].Dossier, err = ident.Parse(string(a.ID)); err != nil {
			return err
		}
		asked[i].Ver = seen(a.Version)
	}
	all, err := s.Sign(c.Std(), c.Who, proof, asked)
	if err != nil {
		return err
	}
	var out httpx.List[OutcomeOut]
	for _, o := range all {
		one := OutcomeOut{ID: o.Dossier, Signed: o.Err == nil, Hash: o.Signature.Hash}
		if o.Err != nil {
			f := fault.Of(o.Err)
			one.Hash, one.Fault, one.Text = "", f.Key, c.T.Say(f.Key, f.Args...)
		}
		out.Items = append(out.Items, one)
	}
	return c.Reply(0, out)
}

func (s *Service) refuseAPI(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[RefuseIn](c)
	if err != nil {
		return err
	}
	if _, err := s.Dossiers.DossierIn(c.Std(), s.DB.Read(), c.Who, dossier.Sign, key); err != nil {
		return err
	}
	proof, err := s.People.Reprove(c.Std(), c.Who, in.Password)
	if err != nil {
		return err
	}
	g, err := s.Refuse(c.Std(), c.Who, proof, Ask{key, seen(in.Version)}, in.Reason)
	if err != nil {
		return err
	}
	return c.Reply(0, OutcomeOut{ID: key, Hash: g.Hash})
}

func (s *Service) searchAPI(c *httpx.Ctx) error {
	found, err := s.Search(c.Std(), c.Who, Filter{Text: c.Query("q"), Day: c.Query("day"), Kind: Kind(c.Query("kind")), Practice: c.Query("practice") == "1"}, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	out := httpx.List[EntryOut]{Next: found.Next, Items: []EntryOut{}}
	for _, e := range found.Items {
		out.Items = append(out.Items, entryOut(e.Entry, e.Voided, e.Ended))
	}
	return c.Reply(0, out)
}

func (s *Service) entryAPI(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := s.Entry(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	out := EntryFullOut{EntryOut: entryOut(v.Entry, v.Stand.Void != nil, v.Stand.Annulled()), Subject: v.Subject, Says: v.Stand.Answers, Proved: v.Proved, Facts: []FactOut{}}
	for _, f := range v.Stand.Facts {
		out.Facts = append(out.Facts, factOut(f))
	}
	return c.Reply(0, out)
}

func factOut(f Fact) FactOut {
	return FactOut{f.ID, string(f.Kind), f.DecisionNo, f.DecisionDay, f.Changes}
}

func (s *Service) factAPI(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[FactIn](c)
	if err != nil {
		return err
	}
	if _, err := s.entryIn(c.Std(), s.DB.Read(), c.Who, dossier.Register, key); err != nil {
		return err
	}
	proof, err := s.People.Reprove(c.Std(), c.Who, in.Password)
	if err != nil {
		return err
	}
	f, err := s.Decide(c.Std(), c.Who, proof, key, FactForm{Kind: FactKind(in.Kind), DecisionNo: in.DecisionNo, DecisionDay: in.DecisionDay, Changes: in.Changes, Reason: in.Reason})
	if err != nil {
		return err
	}
	return c.Created("/api/v1/registers/entries/"+string(key), f.Seq, factOut(f))
}

func (s *Service) lockAPI(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[LockIn](c)
	if err != nil {
		return err
	}
	if err := c.Who.NeedAt(dossier.Sign, in.Unit); err != nil {
		return err
	}
	proof, err := s.People.Reprove(c.Std(), c.Who, in.Password)
	if err != nil {
		return err
	}
	all, err := s.LockYear(c.Std(), c.Who, proof, in.Unit, in.Year)
	if err != nil {
		return err
	}
	var out httpx.List[LockOut]
	for _, l := range all {
		out.Items = append(out.Items, LockOut{string(l.Kind), l.Year, l.Last, l.Entries, l.Voided, l.Digest, l.At})
	}
	return c.Reply(0, out)
}

// seen is the version that a caller saw; who says none saw no version, and is refused like
// somebody with an old one.
func seen(version int64) int64 {
	if version == 0 {
		return -1
	}
	return version
}
