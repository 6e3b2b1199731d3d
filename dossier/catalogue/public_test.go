package catalogue

import (
	"bytes"
	"testing"

	"lotrinh/dossier/form"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/paper"
	"lotrinh/internal/kit/testkit"
)

func TestPlainWordsFindTheirProcedure(t *testing.T) {
	s, at := house(t, testkit.SQLite(t))
	all, err := s.Offers(t.Context(), at.Now())
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{
		"giấy khai sinh cho con": "birth", "giay khai sinh cho con": "birth", "làm giấy khai sinh": "birth", "đẻ con": "birth", "xác nhận độc thân": "marital_status", "XAC NHAN DOC THAN": "marital_status",
		"đăng ký kết hôn": "marriage", "cưới": "marriage", "báo tử": "death", "nhập hộ khẩu cho con": "birth_link3", "thẻ bảo hiểm y tế cho con": "birth_link3", "công chứng": "attest_copy",
		"sao giấy khai sinh": "copy", "mất giấy khai sinh": "birth_again", "sửa giấy khai sinh": "change", "giám hộ": "guardianship", "nhận con": "recognition", "1.004873": "marital_status", "birth": "birth",
	} {
		found := Find(all, typed)
		if len(found) == 0 || found[0].Key != want {
			got := ""
			if len(found) > 0 {
				got = found[0].Key
			}
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
	for _, typed := range []string{"sổ đỏ nhà đất xyz", "zzz"} {
		if found := Find(all, typed); len(found) != 0 {
			t.Errorf("%q finds %s", typed, found[0].Key)
		}
	}
	if got := Find(all, "  "); len(got) != len(all) {
		t.Errorf("nothing asked finds %d of %d", len(got), len(all))
	}
}

func TestAPosterIsOneSheet(t *testing.T) {
	s, at := house(t, testkit.SQLite(t))
	all, err := s.Offers(t.Context(), at.Now())
	if err != nil {
		t.Fatal(err)
	}
	say := words(t).In(i18n.VI)
	for _, o := range all {
		if o.Key != "birth_link3" && o.Key != "attest_copy" && o.Key != "marital_status" {
			continue
		}
		f, err := form.Read(o.Form)
		if err != nil {
			t.Fatal(err)
		}
		for name, size := range map[string]paper.Form{"A4": a4, "A3": a3} {
			raw, err := s.Poster(say, o, f, []string{"xã Đặng Xá, huyện Gia Lâm", "Liên hệ bộ phận một cửa, điện thoại 024 3827 1234. Giờ làm việc: Giờ hành chính."}, size)
			if err != nil || !bytes.HasPrefix(raw, []byte("%PDF")) || !bytes.Contains(raw, []byte("/Count 1\n")) {
				t.Errorf("%s on %s: %d bytes, %v", o.Key, name, len(raw), err)
			}
		}
	}
}

func TestWhatDiffersBetweenVersionsIsNamed(t *testing.T) {
	all, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	say := words(t).In(i18n.VI)
	var first, second *Built
	for i := range all {
		if all[i].Procedure == "copy" && all[i].From == "2016-01-01" {
			first, second = &all[i], &all[i+1]
		}
	}
	if rows := differences(say, first.Definition, first.Definition); len(rows) != 0 {
		t.Errorf("a version differs from itself: %+v", rows)
	}
	found := false
	for _, row := range differences(say, first.Definition, second.Definition) {
		found = found || len(row.before) == 1 && row.before[0] == "3000" && row.after[0] == "8000"
	}
	if !found {
		t.Errorf("the fee is not named: %+v", differences(say, first.Definition, second.Definition))
	}
}
