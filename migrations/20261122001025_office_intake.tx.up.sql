CREATE TABLE office_intake (
  id TEXT PRIMARY KEY,
  procedure TEXT NOT NULL,
  version TEXT NOT NULL,
  unit TEXT NOT NULL,
  officer TEXT NOT NULL,
  practice BOOLEAN NOT NULL,
  filled_by TEXT NOT NULL,
  helper TEXT NOT NULL,
  answers {{.json}} NOT NULL,
  papers {{.json}} NOT NULL,
  at {{.time}} NOT NULL,
  changed_at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX office_intake_mine ON office_intake (officer, changed_at, id);
--bun:split
CREATE INDEX office_intake_old ON office_intake (changed_at, id);
