CREATE TABLE report_outlet (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  definition TEXT NOT NULL,
  cut TEXT NOT NULL,
  folder TEXT NOT NULL,
  pattern TEXT NOT NULL,
  forms TEXT NOT NULL,
  address TEXT NOT NULL,
  secret TEXT NOT NULL,
  secret_before TEXT NOT NULL,
  before_until {{.time}},
  enabled BOOLEAN NOT NULL,
  version {{.int}} NOT NULL,
  made_at {{.time}} NOT NULL,
  made_by TEXT NOT NULL,
  UNIQUE (kind, name)
);
--bun:split
CREATE TABLE report_attempt (
  id TEXT PRIMARY KEY,
  outlet TEXT NOT NULL REFERENCES report_outlet (id),
  delivery TEXT NOT NULL,
  at {{.time}} NOT NULL,
  good BOOLEAN NOT NULL,
  status {{.int}} NOT NULL,
  took_ms {{.int}} NOT NULL,
  problem TEXT NOT NULL,
  answer TEXT NOT NULL
);
--bun:split
CREATE INDEX report_attempt_outlet ON report_attempt (outlet, id);
--bun:split
CREATE INDEX report_attempt_at ON report_attempt (at, id);
