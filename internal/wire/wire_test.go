package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
)

var update = flag.Bool("update", false, "write the golden files anew")

// at is the moment of the known answer: 25/2/2021 15:02:10 UTC.
var at = time.Unix(1614265330, 0)

// The scheme's published example: its secret, its message, its signature. A second secret
// was computed with another program (HMAC-SHA256 of Python's standard library).
const (
	knownSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	knownID     = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	knownBody   = `{"test": 2432232314}`
	knownAnswer = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	otherSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
	otherAnswer = "v1,78nXHjpFP0tVJQW5D0SBwmVyyW87BV/rL6MgfM/Bw44="
)

func secret(t *testing.T, s string) Secret {
	t.Helper()
	out, err := ReadSecret(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSignaturesAreThoseOfThePublishedScheme(t *testing.T) {
	a, b := secret(t, knownSecret), secret(t, otherSecret)
	for want, secrets := range map[string][]Secret{knownAnswer: {a}, otherAnswer: {b}, knownAnswer + " " + otherAnswer: {a, b}} {
		if got := Sign(knownID, at, []byte(knownBody), secrets...); got.Signature != want || got.Timestamp != "1614265330" || got.ID != knownID {
			t.Errorf("signed %+v, want %s", got, want)
		}
	}
}

func TestOnlyWhatWasSignedLatelyWithAKnownSecretIsBelieved(t *testing.T) {
	a, b := secret(t, knownSecret), secret(t, otherSecret)
	good := Signed{knownID, "1614265330", knownAnswer}
	both := Signed{knownID, "1614265330", "v1a,xxxx " + otherAnswer + " " + knownAnswer}
	for name, c := range map[string]struct {
		s       Signed
		now     time.Time
		body    string
		secrets []Secret
		want    error
	}{
		"as signed":               {good, at, knownBody, []Secret{a}, nil},
		"while secrets change":    {both, at, knownBody, []Secret{a}, nil},
		"by the secret before":    {good, at, knownBody, []Secret{b, a}, nil},
		"five minutes later":      {good, at.Add(5 * time.Minute), knownBody, []Secret{a}, nil},
		"a second more":           {good, at.Add(5*time.Minute + time.Second), knownBody, []Secret{a}, ErrStale},
		"five minutes ahead":      {good, at.Add(-5*time.Minute - time.Second), knownBody, []Secret{a}, ErrStale},
		"a moment out of the way": {Signed{knownID, "-9223372036854775808", knownAnswer}, at, knownBody, []Secret{a}, ErrStale},
		"another body":            {good, at, knownBody + " ", []Secret{a}, ErrSignature},
		"another secret":          {good, at, knownBody, []Secret{b}, ErrSignature},
		"no secret":               {good, at, knownBody, nil, ErrSignature},
		"an empty secret":         {Signed{knownID, "1614265330", Sign(knownID, at, []byte(knownBody), Secret{}).Signature}, at, knownBody, []Secret{{}}, ErrSignature},
		"another id":              {Signed{"msg_other", "1614265330", knownAnswer}, at, knownBody, []Secret{a}, ErrSignature},
		"an id with a dot":        {Signed{"msg.1", "1614265330", knownAnswer}, at, knownBody, []Secret{a}, ErrID},
		"no signature":            {Signed{knownID, "1614265330", ""}, at, knownBody, []Secret{a}, ErrUnsigned},
		"a moment in words":       {Signed{knownID, "today", knownAnswer}, at, knownBody, []Secret{a}, ErrUnsigned},
	} {
		if err := Verify(c.s, c.now, []byte(c.body), c.secrets...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestSecretsAreOfTheWrittenFormAndNeverShown(t *testing.T) {
	for _, bad := range []string{"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!", "whsec_" + strings.Repeat("AAAA", 22)} {
		if _, err := ReadSecret(bad); !errors.Is(err, ErrSecret) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	made, err := NewSecret()
	if err != nil {
		t.Fatal(err)
	}
	s := secret(t, made)
	if len(s) != 32 || strings.Contains(fmt.Sprintf("%v %s", s, s), made[6:]) {
		t.Errorf("a secret of %d bytes is shown as %v", len(s), s)
	}
}

func event(kind string, data any) Event {
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	return Event{ID: "01997a3e-0000-7000-8000-000000000001", Source: "https://lotrinh.hanoi.example/exchange", Type: kind, Subject: "001.05.56.H26-161110-0001",
		Time: time.Date(2016, 11, 10, 2, 30, 0, 0, time.UTC), Seq: 1, Key: Key("001.05.56.H26-161110-0001", "birth", "x", 1), Data: raw}
}

var birth = Fields{"so": "17", "quyenSo": "01-TP/HT-2016-KS", "ngayDangKy": "2016-11-10", "noiDangKy": "UBND xã Đặng Xá", "nksHoTen": "NGUYỄN THỊ HÒA AN",
	"nksGioiTinh": "Nữ", "nksNgaySinh": "2016-11-01", "meHoTen": "TRẦN THỊ MAI"}

// examples is what each office gets from us and sends us, a file for each in testdata/golden.
func examples() map[string]Event {
	const code, key = "001.05.56.H26-161110-0001", "001.05.56.H26-161110-0001:residence:vn.hanoi.lienthong.residence.requested.v1:1"
	one := func(leg string, f Fields, correction string) Case {
		return Case{Dossier: code, Leg: leg, Revision: 1, Unit: "00556", Fields: f, Correction: correction}
	}
	child := Fields{"nksHoTen": birth["nksHoTen"], "nksGioiTinh": "Nữ", "nksNgaySinh": "2016-11-01", "soDinhDanh": "001316000017"}
	residence, insurance := Fields{"hoChuHo": "NGUYỄN VĂN BÌNH"}, Fields{"bhytMaBenhVien": "01-001"}
	for k, v := range child {
		residence[k], insurance[k] = v, v
	}
	return map[string]Event{
		"ministry-birth-registered":     event(BirthRegistered, one("birth", birth, "")),
		"ministry-birth-corrected":      event(BirthCorrected, one("birth", birth, "Quyết định 12/QĐ-UBND")),
		"ministry-birth-annulled":       event(BirthAnnulled, one("birth", Fields{"so": "17", "quyenSo": birth["quyenSo"], "ngayDangKy": "2016-11-10", "noiDangKy": birth["noiDangKy"]}, "Quyết định 13/QĐ-UBND")),
		"ministry-death-registered":     event(DeathRegistered, one("death", Fields{"so": "3", "quyenSo": "01-TP/HT-2016-KT", "ngayDangKy": "2016-11-10", "noiDangKy": birth["noiDangKy"], "nktHoTen": "LÊ VĂN TƯ", "nktNgayChet": "2016-11-08"}, "")),
		"population-pid-requested":      event(PIDRequested, one("pid", birth, "")),
		"residence-requested":           event(ResidenceRequested, one("residence", residence, "")),
		"insurance-requested":           event(InsuranceRequested, one("insurance", insurance, "")),
		"insurance-completion-answered": event(CompletionAnswered, Answer{Dossier: code, Leg: "insurance", Revision: 1, Unit: "00556", CaseNo: "BHXH-7", Answer: "Đã bổ sung nơi khám chữa bệnh ban đầu."}),
		"portal-status-changed":         event(StatusChanged, Status{Dossier: code, Status: 4, ChangedAt: "2016-11-10T02:30:00Z", Unit: "00556", Procedure: "birth"}),
		"residence-case-received":       event(CaseReceived, Reply{Key: key, CaseNo: "CA-2016-000017"}),
		"insurance-case-completion":     event(CaseCompletion, Reply{Key: key, CaseNo: "BHXH-7", Wants: "Đề nghị bổ sung nơi khám chữa bệnh ban đầu."}),
		"residence-case-rejected":       event(CaseRejected, Reply{Key: key, CaseNo: "CA-2016-000017", Reason: "Chủ hộ không đồng ý."}),
		"insurance-case-done":           event(CaseDone, Reply{Key: key, CaseNo: "BHXH-7", ResultNo: "TE1010100000017", ResultOn: "2016-11-14", Fields: child}),
		"population-pid-issued":         event(PIDIssued, PID{Key: key, PID: "001316000017", IssuedOn: "2016-11-10"}),
		"portal-dossier-submitted":      event(SubmissionForwarded, Submission{Number: "DVCQG-000001", Procedure: "birth", Unit: "00556", Applicant: "Trần Thị Mai", Phone: "0912345678", Answers: birth}),
	}
}

func TestWhatEachOfficeGetsAndSendsIsAsAgreed(t *testing.T) {
	seen := map[string]bool{}
	for name, e := range examples() {
		if err := Check(e); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		raw, err := Write(e)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, raw, "", " "); err != nil {
			t.Fatal(err)
		}
		pretty.WriteByte('\n')
		file := filepath.Join("testdata", "golden", name+".json")
		if *update {
			if err := os.WriteFile(file, pretty.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(want, pretty.Bytes()) {
			t.Errorf("%s is not as its golden file: %v\n%s", name, err, pretty.String())
			continue
		}
		// The file is also read: what was agreed once must be understood for good.
		back, err := Read(want)
		if err != nil || Check(back) != nil || back.Type != e.Type || back.Seq != e.Seq || back.Key != e.Key || !back.Time.Equal(e.Time) {
			t.Errorf("%s reads back as %+v: %v", name, back, err)
		}
		seen[e.Type] = true
	}
	for _, kind := range Types() {
		if !seen[kind] {
			t.Errorf("%s has no golden file", kind)
		}
	}
}

func TestASchemaOnlyGrowsInsideItsMajor(t *testing.T) {
	if _, err := compiled(); err != nil {
		t.Fatal(err)
	}
	released, err := filepath.Glob("testdata/released/*.json")
	if err != nil || len(released) == 0 {
		t.Fatal("no released schemas", err)
	}
	for _, file := range released {
		was, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		kind := strings.TrimSuffix(filepath.Base(file), ".json")
		is, err := Schema(kind)
		if err != nil {
			t.Errorf("%s was released and is gone", kind)
			continue
		}
		for _, fault := range narrowed(t, was, is) {
			t.Errorf("%s: %s", kind, fault)
		}
	}
}

func TestANarrowedSchemaIsNoticed(t *testing.T) {
	was := `{"required":["a"],"properties":{"a":{"type":"string","maxLength":9},"b":{"type":"integer"}}}`
	for is, want := range map[string]int{
		was: 0,
		`{"required":["a"],"properties":{"a":{"type":"string","maxLength":9},"b":{"type":"integer"},"c":{"type":"string"}}}`: 0,
		`{"required":["a"],"properties":{"a":{"type":"string","maxLength":9}}}`:                                              1,
		`{"required":["a","b"],"properties":{"a":{"type":"string","maxLength":9},"b":{"type":"integer"}}}`:                   1,
		`{"required":[],"properties":{"a":{"type":"string","maxLength":9},"b":{"type":"integer"}}}`:                          1,
		`{"required":["a"],"properties":{"a":{"type":"string","maxLength":5},"b":{"type":"string"}}}`:                        2,
	} {
		if got := narrowed(t, []byte(was), []byte(is)); len(got) != want {
			t.Errorf("%s: %q", is, got)
		}
	}
}

// narrowed lists what the newer of two schemas takes away: a property that is gone or reads
// otherwise, something else that is needed.
func narrowed(t *testing.T, was, is []byte) []string {
	t.Helper()
	var a, b map[string]any
	if err := errors.Join(json.Unmarshal(was, &a), json.Unmarshal(is, &b)); err != nil {
		t.Fatal(err)
	}
	return shrunk("", a, b)
}

func shrunk(at string, a, b map[string]any) (out []string) {
	if !slices.Equal(texts(a["required"]), texts(b["required"])) {
		out = append(out, at+" needs other properties")
	}
	was, _ := a["properties"].(map[string]any)
	is, _ := b["properties"].(map[string]any)
	for name, one := range was {
		old := one.(map[string]any)
		now, there := is[name].(map[string]any)
		if !there {
			out = append(out, at+"/"+name+" is gone")
			continue
		}
		for _, word := range []string{"type", "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "enum"} {
			if fmt.Sprint(old[word]) != fmt.Sprint(now[word]) {
				out = append(out, at+"/"+name+" reads otherwise: "+word)
			}
		}
		out = append(out, shrunk(at+"/"+name, old, now)...)
	}
	return out
}

func texts(v any) (out []string) {
	list, _ := v.([]any)
	for _, one := range list {
		out = append(out, fmt.Sprint(one))
	}
	slices.Sort(out)
	return out
}

func TestContentsThatBreakTheirSchemaSayWhereAndNotWhat(t *testing.T) {
	bad := Fields{"nksHoTen": "BÍ MẬT"}
	err := Check(event(BirthRegistered, Case{Dossier: "x", Leg: "birth", Revision: 0, Unit: "00556", Fields: bad}))
	if !errors.Is(err, ErrSchema) || !strings.Contains(err.Error(), "/revision") || strings.Contains(err.Error(), "BÍ MẬT") {
		t.Error(err)
	}
	if err := Check(event("vn.hanoi.hotich.birth.registered.v2", struct{}{})); !errors.Is(err, ErrUnknownType) {
		t.Error(err)
	}
}

func TestTheSamePersonWrittenOtherwiseIsTheSame(t *testing.T) {
	for name, pair := range map[string][2]Fields{
		"composed or not":   {{"nksHoTen": norm.NFD.String("NGUYỄN THỊ HÒA")}, {"nksHoTen": "NGUYỄN THỊ HÒA"}},
		"tone of Hoà":       {{"nksHoTen": "Nguyễn Thị Hoà"}, {"nksHoTen": "NGUYỄN THỊ HÒA"}},
		"tone of Thuý":      {{"nksHoTen": "Thuý  Khoẻ"}, {"nksHoTen": " thúy khỏe"}},
		"date":              {{"nksNgaySinh": "1/11/2016"}, {"nksNgaySinh": "2016-11-01"}},
		"nothing is no key": {{"meHoTen": " ", "so": "1"}, {"so": "1"}},
		"tone on text":      {{"noiDangKy": "xã Hoà Bình"}, {"noiDangKy": "xã Hòa  Bình"}},
	} {
		if pair[0].Hash() != pair[1].Hash() || len(Compare(pair[0], pair[1])) != 0 {
			t.Errorf("%s: %v and %v differ: %v", name, pair[0].Normal(), pair[1].Normal(), Compare(pair[0], pair[1]))
		}
	}
	for name, pair := range map[string][2]Fields{
		"another name":    {{"nksHoTen": "Nguyễn Thị Hoa"}, {"nksHoTen": "Nguyễn Thị Hòa"}},
		"Quý is not Qúy":  {{"nksHoTen": "Quy"}, {"nksHoTen": "Quý"}},
		"Hoàn stays":      {{"nksHoTen": "Hoàn"}, {"nksHoTen": "Hòan Hoan"}},
		"one side only":   {{"soDinhDanh": "1"}, {}},
		"case of a place": {{"noiDangKy": "UBND xã"}, {"noiDangKy": "ubnd xã"}},
	} {
		if pair[0].Hash() == pair[1].Hash() || len(Compare(pair[0], pair[1])) == 0 {
			t.Errorf("%s: are taken for the same", name)
		}
	}
	if got := (Fields{"nksHoTen": "Quý Hoàn Thoại"}).Normal()["nksHoTen"]; got != "QUÝ HOÀN THOẠI" {
		t.Errorf("tones moved where they may not: %s", got)
	}
}

func TestWhatIsNoEnvelopeIsRefused(t *testing.T) {
	good, err := Write(event(StatusChanged, Status{}))
	if err != nil {
		t.Fatal(err)
	}
	for old, want := range map[[2]string]error{
		{`"specversion":"1.0"`, `"specversion":"0.3"`}:                               ErrVersion,
		{`"id":"0199`, `"id":"a.b`}:                                                  ErrID,
		{`"source":"https://lotrinh.hanoi.example/exchange"`, `"source":"exchange"`}: ErrSource,
		{`changed.v1"`, `changed"`}:                                                  ErrType,
		{`"dossierseq":1`, `"dossierseq":-1`}:                                        ErrSeq,
		{`"dossierseq":1`, `"dossierseq":1.5`}:                                       ErrSeq,
		{`"time":"2016-`, `"time":"yesterday`}:                                       ErrTime,
		{`"datacontenttype":"application/json"`, `"datacontenttype":"text/xml"`}:     ErrEncoding,
		{`"data":{`, `"data":[{`}:                                                    ErrSyntax,
		{`"subject":"001`, `"subject":"` + strings.Repeat("x", 400)}:                 ErrText,
	} {
		if _, err := Read(bytes.Replace(good, []byte(old[0]), []byte(old[1]), 1)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", old[1], err, want)
		}
	}
	if e, err := Read(bytes.Replace(good, []byte(`"dossierseq":1`), []byte(`"dossierseq":"7","traceparent":"x"`), 1)); err != nil || e.Seq != 7 {
		t.Errorf("an extension and a seq in text: %+v %v", e, err)
	}
	if _, err := Read(make([]byte, MostBytes+1)); !errors.Is(err, ErrTooLong) {
		t.Error(err)
	}
}

func TestKeysKeepOverAttemptsAndTellRevisions(t *testing.T) {
	k := Key("001.05.56.H26-161110-0001", "residence", ResidenceRequested, 3)
	thing, n := Thing(k)
	name, major := Major(ResidenceRequested)
	if n != 3 || thing+":3" != k || major != 1 || name != "vn.hanoi.lienthong.residence.requested" {
		t.Error(thing, n, name, major)
	}
}

func FuzzRead(f *testing.F) {
	for _, e := range examples() {
		raw, err := Write(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"specversion":"1.0","data":{}}`))
	f.Add([]byte("\xff{}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := Read(body)
		if err != nil {
			return
		}
		again, err := Write(e)
		if errors.Is(err, ErrTooLong) {
			return
		}
		if err != nil {
			t.Fatalf("read and cannot be written: %v", err)
		}
		back, err := Read(again)
		if err != nil || back.ID != e.ID || back.Source != e.Source || back.Seq != e.Seq || back.Subject != e.Subject || !back.Time.Equal(e.Time) {
			t.Fatalf("%+v came back as %+v: %v", e, back, err)
		}
		_ = Check(e)
	})
}
