CREATE TABLE practice_run (
  dossier TEXT PRIMARY KEY REFERENCES dossier (id),
  account TEXT NOT NULL,
  unit TEXT NOT NULL,
  procedure TEXT NOT NULL,
  at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX practice_run_account ON practice_run (account, dossier);
--bun:split
CREATE TABLE practice_pass (
  account TEXT NOT NULL,
  procedure TEXT NOT NULL,
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  dossier TEXT NOT NULL REFERENCES dossier (id),
  at {{.time}} NOT NULL,
  PRIMARY KEY (account, procedure)
);
--bun:split
CREATE INDEX practice_pass_unit ON practice_pass (unit, at);
