CREATE TABLE work_calendar (
  name TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  zone TEXT NOT NULL,
  week {{.json}} NOT NULL,
  holidays BOOLEAN NOT NULL,
  changed_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE work_year (
  year {{.int}} PRIMARY KEY,
  status TEXT NOT NULL,
  days {{.json}} NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE deadline (
  id TEXT PRIMARY KEY,
  area TEXT NOT NULL,
  subject TEXT NOT NULL,
  purpose TEXT NOT NULL,
  unit TEXT NOT NULL,
  calendar TEXT NOT NULL,
  started_at {{.time}} NOT NULL,
  budget {{.int}} NOT NULL,
  budget_kind TEXT NOT NULL,
  due_at {{.time}},
  missing_year {{.int}} NOT NULL,
  expected_year {{.int}} NOT NULL,
  state TEXT NOT NULL,
  paused_at {{.time}},
  stopped_at {{.time}},
  pauses {{.json}} NOT NULL,
  steps {{.json}} NOT NULL,
  next_step_at {{.time}},
  version {{.int}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX deadline_open ON deadline (area, subject, purpose) WHERE state IN ('running', 'paused');
--bun:split
CREATE INDEX deadline_subject ON deadline (subject, area);
--bun:split
CREATE INDEX deadline_next_step ON deadline (next_step_at, id) WHERE next_step_at IS NOT NULL;
--bun:split
CREATE INDEX deadline_calendar ON deadline (calendar, id) WHERE state IN ('running', 'paused');
