CREATE TABLE report_code (
  prefix TEXT PRIMARY KEY,
  last {{.int}} NOT NULL
);
--bun:split
CREATE TABLE directive (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  doc_no TEXT NOT NULL,
  doc_day TEXT NOT NULL,
  concluded_by TEXT NOT NULL,
  body TEXT NOT NULL,
  source TEXT NOT NULL,
  source_run TEXT NOT NULL,
  source_title TEXT NOT NULL,
  source_day TEXT NOT NULL,
  unit TEXT NOT NULL,
  post TEXT NOT NULL,
  owner TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  due_day TEXT NOT NULL,
  due_days {{.int}} NOT NULL,
  first_due_at {{.time}},
  due_at {{.time}},
  clock TEXT NOT NULL,
  state TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  reported_at {{.time}},
  closed_at {{.time}},
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX directive_unit ON directive (unit, id);
--bun:split
CREATE INDEX directive_open ON directive (due_at, id) WHERE closed_at IS NULL;
--bun:split
CREATE INDEX directive_owner ON directive (owner, due_at) WHERE closed_at IS NULL;
--bun:split
CREATE INDEX directive_closed ON directive (closed_at, id);
--bun:split
CREATE INDEX directive_run ON directive (source_run) WHERE source_run <> '';
--bun:split
CREATE INDEX directive_clock ON directive (clock);
--bun:split
CREATE TABLE directive_step (
  id TEXT PRIMARY KEY,
  directive TEXT NOT NULL REFERENCES directive (id),
  at {{.time}} NOT NULL,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  act TEXT NOT NULL,
  state TEXT NOT NULL,
  due_at {{.time}},
  said TEXT NOT NULL
);
--bun:split
CREATE INDEX directive_step_of ON directive_step (directive, id);
