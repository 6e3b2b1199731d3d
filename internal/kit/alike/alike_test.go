package alike

import (
	"testing"
)

func TestReportsOfTheSameTroubleAreNear(t *testing.T) {
	incident := Of("Phần mềm đăng ký hộ tịch từ chối đăng nhập", "Phần mềm của Bộ báo lỗi 503 khi đăng nhập")
	for _, same := range []string{
		"Không đăng nhập được phần mềm hộ tịch",
		"khong dang nhap duoc phan mem ho tich tu sang nay",
		"Đăng nhập hộ tịch báo lỗi 503",
		"PHẦN MỀM HỘ TỊCH KHÔNG VÀO ĐƯỢC, TỪ CHỐI ĐĂNG NHẬP",
	} {
		if s := Of(same).Score(incident); s < Near {
			t.Errorf("%q scores %.2f", same, s)
		}
	}
	for _, other := range []string{
		"Máy quét kẹt giấy", "Xin cấp chữ ký số cho lãnh đạo phường", "Mạng chập chờn từ sáng", "Máy in mờ", "", "không được", "Phần mềm",
	} {
		if s := Of(other).Score(incident); s >= Near {
			t.Errorf("%q scores %.2f", other, s)
		}
	}
}

func TestGroupsPutTheSameTroubleTogether(t *testing.T) {
	var all []Text
	for _, s := range []string{"Máy quét kẹt giấy", "Không đăng nhập được phần mềm hộ tịch", "Đăng nhập phần mềm hộ tịch bị lỗi", "Mạng chập chờn", "", "phan mem ho tich khong cho dang nhap"} {
		all = append(all, Of(s))
	}
	got := Groups(all)
	if len(got) != 1 || len(got[0]) != 3 || got[0][0] != 1 || got[0][1] != 2 || got[0][2] != 5 {
		t.Errorf("groups %v", got)
	}
}

func FuzzScore(f *testing.F) {
	f.Add("Không đăng nhập được", "đăng nhập lỗi")
	f.Add("", "a")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := Of(a), Of(b)
		s := x.Score(y)
		if s != y.Score(x) || s < 0 || s > 1 {
			t.Errorf("%q and %q: %v and %v", a, b, s, y.Score(x))
		}
		if self := x.Score(x); x.weight >= fewest && self < 0.99 {
			t.Errorf("%q is only %v like itself", a, self)
		}
	})
}

func BenchmarkScore(b *testing.B) {
	x, y := Of("Phần mềm đăng ký hộ tịch từ chối đăng nhập từ 8 giờ"), Of("Không đăng nhập được phần mềm hộ tịch")
	for b.Loop() {
		x.Score(y)
	}
}
