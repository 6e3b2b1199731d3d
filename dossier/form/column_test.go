package form

import (
	"maps"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
)

// told is a form whose fields have columns, one of which is asked only of girls.
var told = Form{Groups: []Group{{Key: "child", Fields: []Field{
	{Key: "child.name", Kind: Name, Column: "nksHoTen"},
	{Key: "child.sex", Kind: Choice, Column: "nksGioiTinh", Options: []Option{{Value: "male", Label: Words{VI: "Nam", EN: "Male"}}, {Value: "female", Label: Words{VI: "Nữ", EN: "Female"}}}},
	{Key: "child.born", Kind: Date, Column: "nksNgaySinh"},
	{Key: "child.note", Kind: Text, Column: "ghiChu", When: &Cond{Field: "child.sex", Op: Is, Value: "female"}},
	{Key: "mother.paper", Kind: Paper, Column: "meGiayTo"},
	{Key: "mother.home", Kind: Address, Column: "meNoiCuTru"},
	{Key: "mother.phone", Kind: Phone},
}}}, Derived: []Derived{{Key: "born_words", How: InWords, From: "child.born", Column: "nksNgaySinhBangChu"}}}

func TestOthersReadAnswersByTheirColumns(t *testing.T) {
	ctx := Context{Accepted: time.Date(2016, 11, 10, 8, 0, 0, 0, clock.City), Place: func(code, _ string) (string, bool) { return "xã Đặng Xá", code == "00556" }}
	a := Answers{"child.name": "Trần Gia Bảo", "child.sex": "male", "child.born": "2016-11-02", "child.note": "không hỏi", "mother.paper.kind": "cccd", "mother.paper.no": "001190001234",
		"mother.home.unit": "00556", "mother.home.line": "Thôn Đổng", "mother.phone": "0912345678"}
	got := Columns(told, a, ctx)
	want := map[string]string{"nksHoTen": "Trần Gia Bảo", "nksGioiTinh": "Nam", "nksNgaySinh": "2016-11-02", "nksNgaySinhBangChu": DateInWords("2016-11-02"),
		"meGiayTo": Show(told, "mother.paper", a, ctx).VI, "meGiayTo.no": "001190001234", "meNoiCuTru": "Thôn Đổng, xã Đặng Xá"}
	if !maps.Equal(got, want) {
		t.Errorf("they read %v, want %v", got, want)
	}
	back := FromColumns(told, map[string]string{"nksHoTen": " Trần Gia Bảo ", "nksGioiTinh": "nữ", "nksNgaySinh": "2/11/2016", "meGiayTo": "1", "meNoiCuTru": "Thôn Đổng", "khac": "x"})
	if want := (Answers{"child.name": "Trần Gia Bảo", "child.sex": "female", "child.born": "2016-11-02", "mother.paper.no": "1", "mother.home.line": "Thôn Đổng", "khac": "x"}); !maps.Equal(back, want) {
		t.Errorf("what they file is kept as %v, want %v", back, want)
	}
	var none *Cond
	if !none.Holds(told, a, ctx) || (&Cond{Field: "child.note", Op: Filled}).Holds(told, a, ctx) || !(&Cond{Field: "child.sex", Op: Is, Value: "male"}).Holds(told, a, ctx) {
		t.Error("conditions hold for what is asked")
	}
}
