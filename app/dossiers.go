package app

import (
	"context"
	"io/fs"

	"lotrinh/dossier"
	"lotrinh/dossier/catalogue"
	"lotrinh/dossier/exchange"
	"lotrinh/dossier/fields"
	"lotrinh/dossier/filing"
	"lotrinh/dossier/form"
	"lotrinh/dossier/office"
	"lotrinh/dossier/procedure"
	"lotrinh/dossier/register"
	"lotrinh/dossier/tally"
	"lotrinh/dossier/term"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/partners"
)

// agencyRoot is the city's root in the codes of offices (QCVN 102:2016/BTTTT).
const agencyRoot = "H26"

// dossierWords are what the dossier service and its rooms say.
var dossierWords = []fs.FS{
	dossier.Locale, procedure.Locale, term.Locale, form.Locale,
	fields.Locale, catalogue.Locale, register.Locale, tally.Locale,
	filing.Locale, office.Locale,
	exchange.Locale, partners.Locale,
}

// dossiers is the dossier service and the rooms around it. Each room stands on the service;
// they meet only here.
type dossiers struct {
	*dossier.Service
	Catalogue *catalogue.Service
	Filing    *filing.Service
	Registers *register.Service
	Exchange  *exchange.Service
	Tally     *tally.Service
	Office    *office.Service
}

// openDossiers builds the dossier service, then its rooms. The key signs the addresses of
// citizens' drafts.
func (h *House) openDossiers(key signed.Key) *dossiers {
	d := &dossiers{Service: dossier.New(dossier.Deps{DB: h.DB, Business: h.Business, Units: h.Units, Files: h.Files, Calendars: h.Calendars,
		Calendar: calstore.Office, Words: h.Words, Jobs: h.Jobs, Root: agencyRoot})}
	d.Catalogue = catalogue.New(catalogue.Deps{DB: h.DB, Business: h.Business, Units: h.Units, Dossiers: d.Service, BaseURL: h.Config.BaseURL,
		Filing: func(procedure string) string { return "/nop-ho-so/" + procedure },
		Contact: func(ctx context.Context, unit string) (string, error) {
			_, said, err := h.contact(ctx, unit)
			return said, err
		}})
	h.openFiling(d, key)
	h.openBooks(d)
	d.Office = h.openOffice(d)
	h.openExchange(d) // last: it moves dossiers on, when every other room has taken part
	return d
}

// handlers are what the dossier service and its rooms learn from events.
func (d *dossiers) handlers() []outbox.Handler {
	return append(d.Exchange.Handlers(), outbox.Handler{Name: "tally.rated", Topic: filing.Rated{}.Topic(), Do: d.rated})
}

// dossierRoutes declares the routes of the rooms, and last the page of one dossier.
func (a *App) dossierRoutes(r *httpx.Router) {
	a.Dossiers.Catalogue.Routes(r, a.Site)
	a.Dossiers.Filing.Routes(r, a.Site)
	a.bookRoutes(r)
	a.exchangeRoutes(r)
	a.Dossiers.Office.Routes(r, a.Site)
	a.Dossiers.Routes(r, a.Site)
}
