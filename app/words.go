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
	"lotrinh/internal/site/changes"
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
	"lotrinh/reports/board"
	"lotrinh/reports/define"
	"lotrinh/reports/delivery"
	"lotrinh/reports/delta"
	"lotrinh/reports/gallery"
	"lotrinh/reports/measure"
	"lotrinh/reports/metric"
	"lotrinh/reports/period"
	"lotrinh/reports/render"
	"lotrinh/rollout"
	"lotrinh/rollout/outlook"
	"lotrinh/rollout/probe"
	"lotrinh/rollout/schedule"
	"lotrinh/rollout/services"
	"lotrinh/rollout/training"
)

//go:embed locale
var locale embed.FS

// catalogs are every package that says something.
var catalogs = []fs.FS{
	locale,
	account.Locale,
	admin.Locale,
	board.Locale,
	calstore.Locale,
	changes.Locale,
	cronspec.Locale,
	deadline.Locale,
	define.Locale,
	delivery.Locale,
	delta.Locale,
	device.Locale,
	duecmd.Locale,
	duty.Locale,
	files.Locale,
	gallery.Locale,
	helpdesk.Locale,
	hotline.Locale,
	identity.Locale,
	importer.Locale,
	imports.Locale,
	incident.Locale,
	intake.Locale,
	inventory.Locale,
	job.Locale,
	jobs.Locale,
	kit.Locale,
	knowledge.Locale,
	lines.Locale,
	loop.Locale,
	mail.Locale,
	measure.Locale,
	metric.Locale,
	notices.Locale,
	notify.Locale,
	org.Locale,
	otp.Locale,
	outlook.Locale,
	oversight.Locale,
	period.Locale,
	plot.Locale,
	portal.Locale,
	probe.Locale,
	profile.Locale,
	promise.Locale,
	render.Locale,
	reports.Locale,
	rollout.Locale,
	schedule.Locale,
	services.Locale,
	site.Locale,
	slip.Locale,
	succession.Locale,
	supply.Locale,
	suppose.Locale,
	survey.Locale,
	tier.Locale,
	training.Locale,
	worktime.Locale,
}

// Words loads every sentence once.
var Words = sync.OnceValues(func() (*i18n.Catalog, error) {
	return i18n.Load(slices.Concat(catalogs, fieldWords, dossierWords, bookWords, followWords, watchWords, accountWords)...)
})
