package exchange

import (
	"encoding/json"
	"strings"

	"lotrinh/dossier/exchange/wire"
)

// column names the ministry's column of a field of our forms.
var column = map[string]string{
	"child.name": "nksHoTen", "child.sex": "nksGioiTinh", "child.born": "nksNgaySinh", "child.birthplace": "nksNoiSinh", "child.hometown": "nksQueQuan",
	"child.ethnicity": "nksDanToc", "child.nation": "nksQuocTich", "case.kind": "nksLoaiKhaiSinh", "proof.no": "gcsSo",
	"mother.name": "meHoTen", "mother.born": "meNgaySinh", "mother.ethnicity": "meDanToc", "mother.nation": "meQuocTich", "mother.home": "meNoiCuTru", "mother.pid": "meSoGiayTo",
	"father.name": "chaHoTen", "father.born": "chaNgaySinh", "father.ethnicity": "chaDanToc", "father.nation": "chaQuocTich", "father.home": "chaNoiCuTru", "father.pid": "chaSoGiayTo",
	"household.head": "hoChuHo", "household.relation": "hoQuanHe", "household.code": "hoSoHoKhau", "household.home": "hoDiaChi", "household.head_pid": "hoSoGiayTo",
	"insure.hospital": "bhytMaBenhVien", "insure.home": "bhytDiaChi", "requester.name": "bhytNguoiNhan",
	"deceased.name": "nktHoTen", "deceased.sex": "nktGioiTinh", "deceased.born": "nktNgaySinh", "deceased.pid": "soDinhDanh",
	"death.day": "nktNgayChet", "death.hour": "nktGioPhutChet", "death.place": "nktNoiChet", "death.cause": "nktNguyenNhanChet",
}

// columns reads the answers of a form by the names of the ministry's columns. Answers that
// are no text, and fields that no office knows, are left aside.
func columns(answers json.RawMessage) wire.Fields {
	var all map[string]any
	if err := json.Unmarshal(answers, &all); err != nil {
		return wire.Fields{}
	}
	out := wire.Fields{}
	for name, v := range all {
		text, ok := v.(string)
		if !ok || text == "" {
			continue
		}
		if to, ok := column[name]; ok {
			name = to
		} else if strings.Contains(name, ".") {
			continue
		}
		out[name] = text
	}
	return out
}
