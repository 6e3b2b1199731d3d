package app

import (
	"slices"

	"lotrinh/app/views"
	"lotrinh/helpdesk"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/site"
)

// deskPlaces are the pages by which the help desk is run, one press behind the side
// bar. Each has a sentence: its label's key with ".about" behind "desk.".
var deskPlaces = []spot{
	{"duty.nav", "/desk/duty", perms{helpdesk.Work, helpdesk.Manage}},
	{"oversight.team.nav", "/desk/performance", perms{helpdesk.Read, helpdesk.Work}},
	{"survey.nav", "/desk/satisfaction", perms{helpdesk.Read}},
	{"tier.vendors", "/desk/vendors", perms{helpdesk.Work, helpdesk.Manage}},
	{"helpdesk.saved.title", "/desk/views", perms{helpdesk.Read, helpdesk.Work}},
	{"helpdesk.macro.title", "/desk/macros", perms{helpdesk.Work}},
	{"helpdesk.template.title", "/desk/templates", perms{helpdesk.Work}},
	{"promise.nav", "/desk/sla", perms{helpdesk.Manage}},
	{"helpdesk.services.title", "/desk/services", perms{helpdesk.Manage}},
	{"helpdesk.groups.title", "/desk/groups", perms{helpdesk.Manage}},
	{"loop.rules", "/desk/signals", perms{helpdesk.Manage}},
	{"hotline.pbx", "/desk/hotline/pbx", perms{helpdesk.Manage}},
	{"notices.sms", "/admin/sms", perms{notify.Manage}},
}

// deskPage lists the pages by which the reader may run the help desk.
func (a *App) deskPage(c *httpx.Ctx) error {
	v := views.DeskView{}
	for _, p := range deskPlaces {
		if slices.ContainsFunc(p.needs, c.Who.May) {
			v.Places = append(v.Places, views.DeskPlace{Title: c.T.Say(p.label), Text: c.T.Say("desk.about." + p.label), Href: p.href})
		}
	}
	switch {
	case !c.Who.SignedIn():
		return fault.New(fault.SignIn, "fault.sign_in")
	case len(v.Places) == 0:
		return fault.New(fault.Denied, "fault.denied")
	}
	return a.Site.Show(c, site.Page{Title: c.T.Say("desk.title"), At: "/desk"}, views.Desk(c.T, v))
}
