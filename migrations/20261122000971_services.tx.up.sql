ALTER TABLE rollout_programme ADD COLUMN kind TEXT NOT NULL DEFAULT 'units';
--bun:split
ALTER TABLE rollout_programme ADD COLUMN rewritten {{.int}} NOT NULL DEFAULT 0;
--bun:split
CREATE TABLE service_item (
  id TEXT PRIMARY KEY,
  programme TEXT NOT NULL REFERENCES rollout_programme (id),
  key TEXT NOT NULL,
  level TEXT NOT NULL,
  lead TEXT NOT NULL,
  lead_name TEXT NOT NULL,
  ordinal {{.int}} NOT NULL,
  name TEXT NOT NULL,
  wave {{.int}} NOT NULL,
  step TEXT NOT NULL,
  since {{.time}},
  carried TEXT NOT NULL,
  version {{.int}} NOT NULL DEFAULT 1,
  UNIQUE (programme, key)
);
--bun:split
CREATE INDEX service_item_level ON service_item (level, ordinal);
--bun:split
CREATE INDEX service_item_lead ON service_item (lead, ordinal);
--bun:split
CREATE TABLE service_step (
  seq {{.serial}},
  id TEXT NOT NULL UNIQUE,
  item TEXT NOT NULL REFERENCES service_item (id),
  unit TEXT NOT NULL,
  from_step TEXT NOT NULL,
  to_step TEXT NOT NULL,
  at {{.time}} NOT NULL,
  actor TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  note TEXT NOT NULL,
  latest BOOLEAN NOT NULL
);
--bun:split
CREATE UNIQUE INDEX service_step_latest ON service_step (unit, item) WHERE latest;
--bun:split
CREATE INDEX service_step_item ON service_step (item, unit, seq);
--bun:split
CREATE INDEX service_step_at ON service_step (at);
--bun:split
CREATE TABLE service_focal (
  id TEXT PRIMARY KEY,
  lead TEXT NOT NULL,
  account TEXT NOT NULL,
  account_name TEXT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  version {{.int}} NOT NULL DEFAULT 1,
  UNIQUE (lead, account, from_day)
);
--bun:split
CREATE INDEX service_focal_account ON service_focal (account);
--bun:split
CREATE TABLE service_coverage (
  seq {{.serial}},
  id TEXT NOT NULL UNIQUE,
  item TEXT NOT NULL REFERENCES service_item (id),
  done {{.int}} NOT NULL,
  total {{.int}} NOT NULL,
  as_of TEXT NOT NULL,
  source TEXT NOT NULL,
  places {{.json}} NOT NULL,
  recorded_at {{.time}} NOT NULL,
  actor TEXT NOT NULL,
  actor_name TEXT NOT NULL
);
--bun:split
CREATE UNIQUE INDEX service_coverage_item ON service_coverage (item, as_of, seq);
--bun:split
CREATE TABLE service_target (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  measure TEXT NOT NULL,
  stages {{.json}} NOT NULL,
  from_day TEXT NOT NULL,
  due_day TEXT NOT NULL,
  created_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL DEFAULT 1,
  UNIQUE (title)
);
--bun:split
CREATE TABLE service_quota (
  target TEXT NOT NULL REFERENCES service_target (id),
  unit TEXT NOT NULL,
  as_of TEXT NOT NULL,
  total {{.int}} NOT NULL,
  actor TEXT NOT NULL,
  recorded_at {{.time}} NOT NULL,
  PRIMARY KEY (target, unit, as_of)
);
--bun:split
CREATE TABLE service_count (
  seq {{.serial}},
  id TEXT NOT NULL UNIQUE,
  target TEXT NOT NULL REFERENCES service_target (id),
  unit TEXT NOT NULL,
  as_of TEXT NOT NULL,
  done {{.json}} NOT NULL,
  note TEXT NOT NULL,
  recorded_at {{.time}} NOT NULL,
  actor TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  latest BOOLEAN NOT NULL
);
--bun:split
CREATE UNIQUE INDEX service_count_latest ON service_count (target, unit) WHERE latest;
--bun:split
CREATE INDEX service_count_unit ON service_count (target, unit, seq);
