package app

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/org"
	"lotrinh/internal/site/account"
)

// demoPassword opens every account of the demo, which listens on this machine only.
const demoPassword = "lotrinh-2016"

// demoPerson is an invented person who holds one role.
type demoPerson struct {
	login, name string
	role        access.Role
	unit        string // where the person works and what the role reaches; empty: the city
}

// The demo's district is Gia Lâm, its commune Đặng Xá.
const (
	demoDistrict = "018"
	demoCommune  = "00556"
)

var demoPersons = []demoPerson{
	{"planner", "Trần Quốc Hưng", org.Planner, ""},
	{"coordinator", "Nguyễn Thị Lan", org.DistrictCoordinator, demoDistrict},
	{"officer", "Phạm Thu Hà", org.OneStopOfficer, demoCommune},
	{"agent", "Lê Minh Tuấn", org.SupportAgent, ""},
	{"lead", "Vũ Hoàng Anh", org.SupportLead, ""},
	{"leadership", "Đỗ Văn Thành", org.Leadership, ""},
	{"inspector", "Bùi Đức Mạnh", org.Inspector, ""},
	{"focal", "Hoàng Thị Mai", org.FocalPoint, ""},
	{"registrar", "Đặng Văn Sơn", org.CivilStatusOfficer, demoCommune},
	{"labour", "Ngô Thị Hạnh", org.LabourOfficer, demoCommune},
	{"signer", "Dương Văn Bình", org.SigningLeader, demoCommune},
	{"trainer", "Lý Thanh Tâm", org.Trainer, ""},
	{"auditor", "Cao Xuân Trường", org.Auditor, ""},
	{"admin", "Phan Gia Bảo", org.Administrator, ""},
}

// demoPeople makes the accounts of the demo, one for each role, when they are not
// there yet.
func (h *House) demoPeople(ctx context.Context) error {
	hash, err := org.HashPassword(demoPassword)
	if err != nil {
		return err
	}
	for _, d := range demoPersons {
		if _, err := h.People.Key(ctx, d.login); err == nil {
			continue
		} else if !fault.Is(err, fault.Missing) {
			return err
		}
		_, err := h.People.Create(ctx, h.actor("demo"), org.NewAccount{
			Login: d.login, Hash: hash,
			Profile: org.Profile{Name: d.name, Email: d.login + "@lotrinh.example", Unit: d.unit},
			Posts:   []org.Post{{Role: d.role, Unit: d.unit, From: "2016-01-01"}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// demoLogins are the accounts that the sign-in page of a demo offers.
func (h *House) demoLogins() []account.Demo {
	if !h.Config.Demo {
		return nil
	}
	var list []account.Demo
	for _, d := range demoPersons {
		list = append(list, account.Demo{Login: d.login, Name: d.name, Role: string(d.role), Password: demoPassword})
	}
	return list
}
