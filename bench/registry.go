package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"lotrinh/app"
	"lotrinh/dossier"
	figure "lotrinh/dossier/tally"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/migrations"
)

// The size of the registers after two years.
const (
	registryDossiers = 1_000_000 // unless -dossiers says otherwise
	registryOfficers = 500
	registryFresh    = 6_000 // filed, not yet accepted
	registryOpen     = 8_000 // in work
	registryBatch    = 2_000
)

// registryMark begins the key of every dossier that was made up here; how many there are is how far a part has come.
const registryMark = "city:"

// shares are what families ask for, of a hundred.
var shares = []struct {
	procedure string
	share     int
}{{"birth", 38}, {"death", 12}, {"marital_status", 25}, {"marriage", 10}, {"copy", 15}}

var (
	familyNames = []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"}
	middleNames = []string{"Văn", "Thị", "Gia", "Minh", "Ngọc", "Hữu", "Đức", "Thanh", "Bảo", "Quỳnh", "Khánh", "Anh", "Tuấn", "Hà"}
	givenNames  = []string{"An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Hải", "Hạnh", "Hoa", "Hùng", "Khoa", "Lan", "Linh", "Long", "Mai", "Minh", "Nam", "Ngân",
		"Nhi", "Phong", "Phúc", "Quân", "Sơn", "Tâm", "Thảo", "Trang", "Trung", "Tú", "Uyên", "Vy"}
)

// registry is what made-up dossiers refer to.
type registry struct {
	random     *rand.Rand
	communes   []string
	versions   map[string]ident.ID
	from, till time.Time
	count      int
}

// registered puts the dossiers of the whole city into the run's data folder: from the cache, or by making them once. What was
// made of them when a run was interrupted is kept, and the next run goes on from there.
func (b *bench) registered(ctx context.Context) error {
	kept := filepath.Join(b.cache, fmt.Sprintf("dossiers-%d.db", b.dossiers))
	if _, err := os.Stat(kept); err == nil {
		return copyFile(kept, b.file())
	}
	if err := os.MkdirAll(b.cache, 0o750); err != nil {
		return err
	}
	part, from := kept+".part", time.Now()
	if _, err := os.Stat(part); err != nil {
		if err := copyFile(b.file(), part); err != nil {
			return err
		}
	}
	if err := register(ctx, part, b.dossiers); err != nil {
		return err
	}
	if err := os.Rename(part, kept); err != nil {
		return err
	}
	if err := copyFile(kept, b.file()); err != nil {
		return err
	}
	if err := b.inside(ctx, prove); err != nil {
		return err
	}
	fmt.Printf("the registers were made in %s\n", time.Since(from).Round(time.Second))
	return copyFile(b.file(), kept)
}

// prove counts the maintained figures of the made-up dossiers.
func prove(h *app.House) error {
	return h.DB.InTx(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		for name, count := range figure.Figures() {
			if _, err := figures.Rebuild(ctx, tx, name, count); err != nil {
				return err
			}
		}
		_, err := tx.NewRaw("ANALYZE").Exec(ctx)
		return err
	})
}

// register makes in a store of the demo what the registers still lack, one batch a transaction.
func register(ctx context.Context, file string, count int) (err error) {
	d, err := openStore(ctx, file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if _, err := d.Migrate(ctx, migrations.Files); err != nil {
		return err
	}
	r, done, err := newRegistry(ctx, d, count)
	if err != nil {
		return err
	}
	for from := time.Now(); done < count; done += registryBatch {
		r.random = rand.New(rand.NewPCG(198, uint64(done)))
		if err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return r.batch(ctx, tx, done) }); err != nil {
			return err
		}
		if time.Since(from) > 30*time.Second {
			from = time.Now()
			fmt.Printf("%d of %d dossiers\n", done+registryBatch, count)
		}
	}
	return nil
}

func newRegistry(ctx context.Context, d *db.DB, count int) (*registry, int, error) {
	r := &registry{count: count, till: time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC), versions: map[string]ident.ID{}}
	r.from = r.till.AddDate(-2, 0, 0)
	err := d.Read().NewRaw("SELECT code FROM unit_version WHERE level = 'commune' AND valid_from <= '2016-11-10' AND "+
		"(valid_until = '' OR valid_until > '2016-11-10') ORDER BY code").Scan(ctx, &r.communes)
	if err != nil {
		return nil, 0, err
	}
	for _, s := range shares {
		var id []ident.ID
		err := d.Read().NewRaw("SELECT id FROM procedure_version WHERE procedure = ? AND state = 'published' AND effective_from <= '2016-11-10' ORDER BY effective_from DESC LIMIT 1", s.procedure).Scan(ctx, &id)
		if err != nil || len(id) == 0 {
			return nil, 0, fmt.Errorf("no version of %s: %w", s.procedure, err)
		}
		r.versions[s.procedure] = id[0]
	}
	var done int
	if err := d.Read().NewRaw("SELECT count(*) FROM dossier WHERE submission LIKE ?", registryMark+"%").Scan(ctx, &done); err != nil {
		return nil, 0, err
	}
	if done == 0 {
		err = d.InTx(ctx, r.officers)
	}
	return r, done, err
}

// officers are those at the counters and those who examine, in turn; they never sign in by password.
func (r *registry) officers(ctx context.Context, tx *db.Tx) error {
	var all []org.Account
	var posts []org.Post
	for i := range registryOfficers {
		login := fmt.Sprintf("mc%05d", i)
		unit := r.communes[i/2*len(r.communes)/(registryOfficers/2)]
		a := org.Account{ID: ident.New(r.from), Login: login, LoginKey: login, Name: r.name(), Unit: unit, Lang: "vi",
			State: org.Active, PasswordAt: r.from, CreatedAt: r.from, Version: 1}
		a.Fold = fold.Key(a.Name)
		p := org.Post{ID: ident.New(r.from), Account: a.ID, Unit: unit, From: "2014-01-01", GrantedAt: r.from, Role: org.OneStopOfficer}
		if i%2 == 1 {
			p.Role = org.CivilStatusOfficer
		}
		all, posts = append(all, a), append(posts, p)
	}
	if _, err := tx.NewInsert().Model(&all).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewInsert().Model(&posts).Exec(ctx)
	return err
}

func (r *registry) name() string {
	pick := func(all []string) string {
		if r.random == nil {
			return all[0]
		}
		return all[r.random.IntN(len(all))]
	}
	return pick(familyNames) + " " + pick(middleNames) + " " + pick(givenNames)
}

func (r *registry) batch(ctx context.Context, tx *db.Tx, done int) error {
	rows := make([]dossier.Dossier, 0, registryBatch)
	type answers struct {
		Dossier   ident.ID
		Answers   string
		ChangedAt time.Time
		Ver       int64
	}
	said := make([]answers, 0, registryBatch)
	for n := done; n < done+registryBatch && n < r.count; n++ {
		d, mother := r.dossier(n)
		raw, err := json.Marshal(map[string]string{"child.name": d.Subject, "child.born": d.Born, "mother.name": mother, "mother.born": "1988", "mother.home": "Đặng Xá, Gia Lâm, Hà Nội",
			"father.name": r.name(), "father.born": "1985", "requester.name": d.Applicant, "requester.relation": "mother", "child.birthplace": "Bệnh viện đa khoa huyện Gia Lâm", "child.ethnicity": "Kinh", "child.nation": "Việt Nam"})
		if err != nil {
			return err
		}
		rows, said = append(rows, d), append(said, answers{d.ID, string(raw), d.ChangedAt, 1})
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(&said).ModelTableExpr("dossier_answers").Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewRaw(historySQL, rows[0].ID, rows[len(rows)-1].ID).Exec(ctx)
	return err
}

// historySQL writes the steps of a stretch of dossiers, as many as each says that it has. The data is made in a file, so it
// speaks SQLite.
const historySQL = `INSERT INTO dossier_step (id, dossier, seq, at, recorded_at, act, was, status, stage, waiting, actor, actor_name, said, data)
SELECT substr(d.id, 1, 32) || printf('%04x', k.column1), d.id, k.column1, CASE WHEN k.column1 = 1 THEN d.submitted_at WHEN k.column1 < 7 THEN coalesce(d.accepted_at, d.submitted_at) ELSE coalesce(d.finished_at, d.accepted_at, d.submitted_at) END,
  d.submitted_at, k.column2, k.column3, k.column4, k.column5, '', 'system:bench', 'Cán bộ một cửa', '', 'null'
FROM dossier d JOIN (VALUES (1, 'submit', 0, 1, 'receive'), (2, 'accept', 1, 2, 'receive'), (3, 'hand_over', 2, 4, 'examine'), (4, 'hand_over', 4, 4, 'register'),
  (5, 'register', 4, 4, 'sign'), (6, 'sign', 4, 4, 'return'), (7, 'finish', 4, 9, 'return'), (8, 'return', 9, 10, 'return')) k ON k.column1 <= d.steps
WHERE d.id BETWEEN ? AND ? AND d.submission LIKE 'city:%'`

// dossier is one made-up dossier: the last ones are fresh, those before them in work, all others returned.
func (r *registry) dossier(n int) (d dossier.Dossier, mother string) {
	at := r.from.Add(r.till.Sub(r.from) / time.Duration(r.count) * time.Duration(n))
	id := string(ident.New(at))
	procedure := shares[0].procedure
	for i, pick := 0, r.random.IntN(100); i < len(shares); i++ {
		if pick -= shares[i].share; pick < 0 {
			procedure = shares[i].procedure
			break
		}
	}
	d = dossier.Dossier{ID: ident.ID(id[:24] + fmt.Sprintf("%08x0000", n)), Track: fmt.Sprintf("C%09d", n), Submission: registryMark + fmt.Sprint(n),
		Procedure: procedure, Version: r.versions[procedure], Unit: r.communes[r.random.IntN(len(r.communes))], Channel: dossier.Online, Stage: "return",
		Status: dossier.Returned, Subject: r.name(), Born: at.AddDate(0, 0, -r.random.IntN(60)).Format(time.DateOnly), Applicant: r.name(), Phone: fmt.Sprintf("09%08d", r.random.IntN(100_000_000)),
		SubmittedAt: at, AcceptedAt: at.Add(time.Hour), DueAt: at.Add(9 * time.Hour), FinishedAt: at.Add(6 * time.Hour), ReturnedAt: at.Add(7 * time.Hour),
		ChangedAt: at.Add(7 * time.Hour), Steps: 8, Ver: 8}
	d.SubjectFold, d.FirstDueAt = fold.Key(d.Subject), d.DueAt
	d.Code = fmt.Sprintf("C%02d.%d.%d-%s-%04d", 10+n%90, n/10_000%10_000, n%10_000, at.Format("060102"), n%10_000)
	d.ProofNo = fmt.Sprintf("GCS-%07d", n)
	mother = r.name()
	switch left := r.count - n; {
	case left <= registryFresh:
		d.Status, d.Stage, d.Open, d.Code, d.Steps, d.Ver = dossier.Submitted, "receive", true, "", 1, 1
		d.AcceptedAt, d.DueAt, d.FirstDueAt, d.FinishedAt, d.ReturnedAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}, time.Time{}
	case left <= registryFresh+registryOpen:
		d.Status, d.Stage, d.Open, d.Steps, d.Ver = dossier.InWork, "examine", true, 3, 3
		d.DueAt = r.till.Add(time.Duration(r.random.IntN(10*24)-2*24) * time.Hour)
		d.FirstDueAt, d.FinishedAt, d.ReturnedAt = d.DueAt, time.Time{}, time.Time{}
	}
	return d, mother
}
