CREATE TABLE inventory_counter (
  name TEXT PRIMARY KEY,
  last {{.int}} NOT NULL
);
--bun:split
CREATE TABLE asset (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  serial TEXT NOT NULL,
  place TEXT NOT NULL,
  state TEXT NOT NULL,
  fold TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  changed_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX asset_unit ON asset (unit, kind, code);
--bun:split
CREATE UNIQUE INDEX asset_serial ON asset (serial, kind) WHERE serial <> '';
--bun:split
CREATE TABLE asset_fact (
  id TEXT PRIMARY KEY,
  asset TEXT NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  source TEXT NOT NULL,
  observed_at {{.time}} NOT NULL,
  observer TEXT NOT NULL,
  observer_name TEXT NOT NULL,
  recorded_at {{.time}} NOT NULL,
  current BOOLEAN NOT NULL
);
--bun:split
CREATE INDEX asset_fact_current ON asset_fact (unit, asset, name) WHERE current;
--bun:split
CREATE INDEX asset_fact_history ON asset_fact (asset, name, observed_at);
--bun:split
CREATE TABLE requirement_profile (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL,
  revision {{.int}} NOT NULL,
  title_vi TEXT NOT NULL,
  title_en TEXT NOT NULL,
  phase TEXT NOT NULL,
  state TEXT NOT NULL,
  lines {{.json}} NOT NULL,
  made_at {{.time}} NOT NULL,
  published_at {{.time}},
  published_by TEXT NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (code, revision)
);
--bun:split
CREATE TABLE gap (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  what TEXT NOT NULL,
  asset TEXT NOT NULL,
  quantity {{.int}} NOT NULL,
  note TEXT NOT NULL,
  state TEXT NOT NULL,
  owner TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  clock TEXT NOT NULL,
  due_at {{.time}},
  open BOOLEAN NOT NULL,
  reported_by TEXT NOT NULL,
  reporter_name TEXT NOT NULL,
  reported_at {{.time}} NOT NULL,
  moved_at {{.time}} NOT NULL,
  answer TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX gap_unit ON gap (unit, id);
--bun:split
CREATE INDEX gap_open ON gap (unit, id) WHERE open;
--bun:split
CREATE INDEX gap_open_due ON gap (due_at, id) WHERE open;
--bun:split
CREATE INDEX gap_open_newest ON gap (id) WHERE open;
--bun:split
CREATE INDEX gap_state ON gap (state, id);
--bun:split
CREATE INDEX gap_owner ON gap (owner, id) WHERE open;
--bun:split
CREATE INDEX gap_clock ON gap (clock);
--bun:split
CREATE TABLE unit_readiness (
  unit TEXT PRIMARY KEY,
  verdict TEXT NOT NULL,
  reasons {{.json}} NOT NULL,
  profiles TEXT NOT NULL,
  assets {{.int}} NOT NULL,
  gaps {{.int}} NOT NULL,
  computed_at {{.time}} NOT NULL,
  since {{.time}} NOT NULL,
  stale_at {{.time}}
);
--bun:split
CREATE INDEX unit_readiness_stale ON unit_readiness (stale_at) WHERE stale_at IS NOT NULL;
--bun:split
CREATE TABLE inventory_note (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  subject TEXT NOT NULL,
  at {{.time}} NOT NULL,
  who TEXT NOT NULL,
  line {{.json}} NOT NULL,
  said TEXT NOT NULL
);
--bun:split
CREATE INDEX inventory_note_unit ON inventory_note (unit, id);
--bun:split
CREATE INDEX inventory_note_subject ON inventory_note (subject, id);
