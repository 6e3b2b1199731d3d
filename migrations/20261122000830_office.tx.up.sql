CREATE TABLE dossier_task (
  dossier TEXT PRIMARY KEY REFERENCES dossier (id),
  unit TEXT NOT NULL,
  practice BOOLEAN NOT NULL,
  desk TEXT NOT NULL,
  rank_at {{.time}} NOT NULL,
  due_at {{.time}},
  handler TEXT NOT NULL,
  procedure TEXT NOT NULL,
  since {{.time}} NOT NULL,
  step TEXT NOT NULL,
  next_at {{.time}}
);
--bun:split
CREATE INDEX dossier_task_desk ON dossier_task (unit, practice, desk, rank_at, dossier);
--bun:split
CREATE INDEX dossier_task_unit ON dossier_task (unit, practice, rank_at, dossier);
--bun:split
CREATE INDEX dossier_task_late ON dossier_task (unit, practice, due_at, dossier) WHERE due_at IS NOT NULL;
--bun:split
CREATE INDEX dossier_task_next ON dossier_task (next_at, dossier) WHERE next_at IS NOT NULL;
--bun:split
CREATE INDEX dossier_over ON dossier (unit, practice, id) WHERE NOT open;
--bun:split
CREATE INDEX dossier_name ON dossier (unit, practice, subject_fold, id);
--bun:split
CREATE TABLE dossier_slip (
  id TEXT PRIMARY KEY,
  dossier TEXT NOT NULL,
  unit TEXT NOT NULL,
  practice BOOLEAN NOT NULL,
  form {{.int}} NOT NULL,
  year {{.int}} NOT NULL,
  number {{.int}} NOT NULL,
  made_at {{.time}} NOT NULL,
  made_by TEXT NOT NULL,
  content TEXT NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (unit, practice, form, year, number)
);
--bun:split
CREATE INDEX dossier_slip_of ON dossier_slip (dossier, made_at, id);
--bun:split
CREATE TABLE dossier_paper_number (
  unit TEXT NOT NULL,
  practice BOOLEAN NOT NULL,
  form {{.int}} NOT NULL,
  year {{.int}} NOT NULL,
  last {{.int}} NOT NULL,
  PRIMARY KEY (unit, practice, form, year)
);
--bun:split
CREATE TABLE dossier_book (
  unit TEXT NOT NULL,
  practice BOOLEAN NOT NULL,
  year {{.int}} NOT NULL,
  number {{.int}} NOT NULL,
  dossier TEXT NOT NULL UNIQUE REFERENCES dossier (id),
  PRIMARY KEY (unit, practice, year, number)
);
--bun:split
CREATE TABLE dossier_finding (
  dossier TEXT NOT NULL REFERENCES dossier (id),
  item TEXT NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_by_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  PRIMARY KEY (dossier, item)
);
--bun:split
CREATE TABLE dossier_twin (
  dossier TEXT NOT NULL REFERENCES dossier (id),
  other TEXT NOT NULL REFERENCES dossier (id),
  reason TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_by_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  PRIMARY KEY (dossier, other)
);
--bun:split
CREATE TABLE dossier_letter (
  id TEXT PRIMARY KEY,
  dossier TEXT NOT NULL REFERENCES dossier (id),
  addressee TEXT NOT NULL,
  about TEXT NOT NULL,
  sent_at {{.time}} NOT NULL,
  sent_by TEXT NOT NULL,
  replied_at {{.time}},
  outcome TEXT NOT NULL,
  reply TEXT NOT NULL
);
--bun:split
CREATE INDEX dossier_letter_of ON dossier_letter (dossier, sent_at, id);
--bun:split
CREATE UNIQUE INDEX dossier_letter_open ON dossier_letter (dossier, addressee) WHERE replied_at IS NULL;
