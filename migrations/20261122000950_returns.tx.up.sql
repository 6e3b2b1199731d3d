CREATE TABLE return_plan (
  code TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  title_en TEXT NOT NULL,
  programme TEXT NOT NULL,
  opens_day {{.int}} NOT NULL,
  commune_days {{.int}} NOT NULL,
  district_days {{.int}} NOT NULL,
  department_days {{.int}} NOT NULL,
  bodies TEXT NOT NULL,
  live BOOLEAN NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE return_form (
  id TEXT PRIMARY KEY,
  plan TEXT NOT NULL REFERENCES return_plan (code),
  level TEXT NOT NULL,
  edition {{.int}} NOT NULL,
  body TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  UNIQUE (plan, level, edition)
);
--bun:split
CREATE TABLE return_round (
  id TEXT PRIMARY KEY,
  plan TEXT NOT NULL REFERENCES return_plan (code),
  month TEXT NOT NULL,
  opened_at {{.time}} NOT NULL,
  opened_by TEXT NOT NULL,
  UNIQUE (plan, month)
);
--bun:split
CREATE TABLE return_sheet (
  id TEXT PRIMARY KEY,
  round TEXT NOT NULL REFERENCES return_round (id),
  form TEXT NOT NULL REFERENCES return_form (id),
  level TEXT NOT NULL,
  unit TEXT NOT NULL,
  district TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  answers TEXT NOT NULL,
  known TEXT NOT NULL,
  filled {{.int}} NOT NULL,
  asked {{.int}} NOT NULL,
  edition {{.int}} NOT NULL,
  clock TEXT NOT NULL,
  due_at {{.time}},
  first_at {{.time}},
  on_time BOOLEAN NOT NULL,
  handed_by TEXT NOT NULL,
  handed_name TEXT NOT NULL,
  checked_at {{.time}},
  checked_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  changed_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (round, level, unit, body)
);
--bun:split
CREATE INDEX return_sheet_round ON return_sheet (round, district, level, unit, id);
--bun:split
CREATE INDEX return_sheet_unit ON return_sheet (unit, id);
--bun:split
CREATE INDEX return_sheet_clock ON return_sheet (clock);
--bun:split
CREATE INDEX return_sheet_open ON return_sheet (due_at, id) WHERE state IN ('blank', 'draft', 'sent_back', 'correcting');
--bun:split
CREATE INDEX return_sheet_checks ON return_sheet (level, unit, round) WHERE state = 'handed_in';
--bun:split
CREATE TABLE return_edition (
  sheet TEXT NOT NULL REFERENCES return_sheet (id),
  edition {{.int}} NOT NULL,
  answers TEXT NOT NULL,
  known TEXT NOT NULL,
  hash TEXT NOT NULL,
  reason TEXT NOT NULL,
  at {{.time}} NOT NULL,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  PRIMARY KEY (sheet, edition)
);
--bun:split
CREATE TABLE rollout_note (
  id TEXT PRIMARY KEY,
  subject TEXT NOT NULL,
  at {{.time}} NOT NULL,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  line TEXT NOT NULL,
  said TEXT NOT NULL
);
--bun:split
CREATE INDEX rollout_note_subject ON rollout_note (subject, id);
