CREATE TABLE commune_duty (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  calendar TEXT NOT NULL,
  note TEXT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX commune_duty_unit ON commune_duty (unit, kind, from_day, id);
