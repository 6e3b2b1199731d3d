ALTER TABLE report_schedule ADD COLUMN next_nominal {{.time}};
--bun:split
UPDATE report_schedule SET next_nominal = next_run;
--bun:split
ALTER TABLE report_schedule ADD COLUMN zone TEXT NOT NULL DEFAULT 'Asia/Ho_Chi_Minh';
--bun:split
ALTER TABLE report_schedule ADD COLUMN shift TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE report_schedule ADD COLUMN skip_holidays BOOLEAN NOT NULL DEFAULT FALSE;
--bun:split
ALTER TABLE report_run ADD COLUMN period_kind TEXT NOT NULL DEFAULT 'week';
--bun:split
ALTER TABLE report_run ADD COLUMN editions {{.int}} NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE report_run ADD COLUMN settled TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE report_run ADD COLUMN reason TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE report_run ADD COLUMN asked_by TEXT NOT NULL DEFAULT '';
--bun:split
UPDATE report_run SET editions = (SELECT count(*) FROM report_snapshot WHERE report_snapshot.run = report_run.id);
--bun:split
UPDATE report_run SET state = 'rendered' WHERE state = 'done';
--bun:split
CREATE TABLE report_run_step (
  id TEXT PRIMARY KEY,
  run TEXT NOT NULL REFERENCES report_run (id),
  state TEXT NOT NULL,
  at {{.time}} NOT NULL,
  edition {{.int}} NOT NULL,
  attempt {{.int}} NOT NULL,
  by_name TEXT NOT NULL,
  note {{.json}} NOT NULL
);
--bun:split
CREATE INDEX report_run_step_run ON report_run_step (run, id);
--bun:split
ALTER TABLE report_snapshot ADD COLUMN replaces TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE report_snapshot ADD COLUMN reason TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE report_snapshot ADD COLUMN by_name TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE report_snapshot ADD COLUMN changes {{.json}} NOT NULL DEFAULT '[]';
--bun:split
CREATE TABLE report_calendar (
  from_day TEXT PRIMARY KEY,
  opens_on {{.int}} NOT NULL,
  basis TEXT NOT NULL,
  basis_en TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  made_by TEXT NOT NULL
);
