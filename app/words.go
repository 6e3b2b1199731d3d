package app

import (
	"embed"
	"io/fs"
	"slices"
	"sync"

	"lotrinh/dossier/slip"
	"lotrinh/helpdesk"
	"lotrinh/helpdesk/duty"
	"lotrinh/helpdesk/hotline"
	"lotrinh/helpdesk/incident"
	"lotrinh/helpdesk/knowledge"
	"lotrinh/helpdesk/loop"
	"lotrinh/helpdesk/mail"
	"lotrinh/helpdesk/oversight"
	"lotrinh/helpdesk/portal"
	"lotrinh/helpdesk/promise"
	"lotrinh/helpdesk/survey"
	"lotrinh/helpdesk/tier"
	"lotrinh/internal/kit"
	"lotrinh/internal/kit/cronspec"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/otp"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/kit/worktime/duecmd"
	"lotrinh/internal/org"
	"lotrinh/internal/org/succession"
	"lotrinh/internal/site"
	"lotrinh/internal/site/account"
	"lotrinh/internal/site/admin"
	"lotrinh/internal/site/imports"
	"lotrinh/internal/site/jobs"
	"lotrinh/internal/site/notices"
	"lotrinh/inventory"
	"lotrinh/inventory/device"
	"lotrinh/inventory/identity"
	"lotrinh/inventory/intake"
	lines "lotrinh/inventory/line"
	"lotrinh/inventory/profile"
	"lotrinh/inventory/supply"
	"lotrinh/inventory/suppose"
	"lotrinh/reports"
	"lotrinh/reports/render"
	"lotrinh/rollout"
	"lotrinh/rollout/services"
	"lotrinh/rollout/training"
)

//go:embed locale
var locale embed.FS

// catalogs are every package that says something.
var catalogs = []fs.FS{
	locale, site.Locale, account.Locale, admin.Locale, notices.Locale, imports.Locale, jobs.Locale, org.Locale, succession.Locale,
	slip.Locale,
	rollout.Locale, services.Locale, training.Locale, inventory.Locale, supply.Locale, lines.Locale, helpdesk.Locale, survey.Locale, mail.Locale, hotline.Locale, tier.Locale, loop.Locale, promise.Locale, knowledge.Locale, reports.Locale, render.Locale,
	profile.Locale,
	duty.Locale, oversight.Locale, portal.Locale,
	incident.Locale,
	identity.Locale, intake.Locale, device.Locale, suppose.Locale,
	kit.Locale, calstore.Locale, cronspec.Locale, deadline.Locale, duecmd.Locale, files.Locale, importer.Locale, job.Locale,
	notify.Locale, otp.Locale, plot.Locale, worktime.Locale,
}

// Words loads every sentence once.
var Words = sync.OnceValues(func() (*i18n.Catalog, error) {
	return i18n.Load(slices.Concat(catalogs, fieldWords, dossierWords, bookWords)...)
})
