CREATE TABLE procedure_version (
  id TEXT PRIMARY KEY,
  procedure TEXT NOT NULL,
  effective_from TEXT NOT NULL,
  state TEXT NOT NULL,
  definition {{.json}} NOT NULL,
  hash TEXT NOT NULL,
  note TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  ver {{.int}} NOT NULL
);
--bun:split
CREATE INDEX procedure_version_in_force ON procedure_version (procedure, effective_from);
--bun:split
CREATE UNIQUE INDEX procedure_version_one ON procedure_version (procedure, effective_from) WHERE state = 'published';
--bun:split
CREATE TABLE agency_code (
  unit TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE
);
--bun:split
CREATE TABLE dossier_number (
  agency TEXT NOT NULL,
  day TEXT NOT NULL,
  last {{.int}} NOT NULL,
  PRIMARY KEY (agency, day)
);
--bun:split
CREATE TABLE dossier (
  id TEXT PRIMARY KEY,
  track TEXT NOT NULL UNIQUE,
  submission TEXT NOT NULL UNIQUE,
  code TEXT NOT NULL,
  procedure TEXT NOT NULL,
  version TEXT NOT NULL REFERENCES procedure_version (id),
  unit TEXT NOT NULL,
  channel TEXT NOT NULL,
  status {{.int}} NOT NULL CHECK (status BETWEEN 1 AND 10),
  stage TEXT NOT NULL,
  waiting TEXT NOT NULL,
  practice BOOLEAN NOT NULL,
  open BOOLEAN NOT NULL,
  subject TEXT NOT NULL,
  subject_fold TEXT NOT NULL,
  born TEXT NOT NULL,
  subject_pid TEXT NOT NULL,
  mother_pid TEXT NOT NULL,
  proof_no TEXT NOT NULL,
  applicant TEXT NOT NULL,
  phone TEXT NOT NULL,
  handler TEXT NOT NULL,
  handler_name TEXT NOT NULL,
  submitted_at {{.time}} NOT NULL,
  accepted_at {{.time}},
  due_at {{.time}},
  first_due_at {{.time}},
  finished_at {{.time}},
  returned_at {{.time}},
  changed_at {{.time}} NOT NULL,
  steps {{.int}} NOT NULL,
  ver {{.int}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX dossier_code ON dossier (code) WHERE code <> '';
--bun:split
CREATE INDEX dossier_open_due ON dossier (unit, practice, due_at, id) WHERE open;
--bun:split
CREATE INDEX dossier_open_stage ON dossier (unit, practice, stage, due_at, id) WHERE open;
--bun:split
CREATE INDEX dossier_handler ON dossier (handler, due_at, id) WHERE open AND handler <> '';
--bun:split
CREATE INDEX dossier_unit ON dossier (unit, practice, id);
--bun:split
CREATE INDEX dossier_due ON dossier (due_at, id) WHERE open;
--bun:split
CREATE INDEX dossier_born ON dossier (born, subject_fold) WHERE born <> '';
--bun:split
CREATE INDEX dossier_mother ON dossier (mother_pid, born) WHERE mother_pid <> '';
--bun:split
CREATE INDEX dossier_subject_pid ON dossier (subject_pid) WHERE subject_pid <> '';
--bun:split
CREATE INDEX dossier_proof ON dossier (proof_no) WHERE proof_no <> '';
--bun:split
CREATE INDEX dossier_phone ON dossier (phone, id) WHERE phone <> '';
--bun:split
CREATE TABLE dossier_answers (
  dossier TEXT PRIMARY KEY REFERENCES dossier (id),
  answers {{.json}} NOT NULL,
  changed_at {{.time}} NOT NULL,
  ver {{.int}} NOT NULL
);
--bun:split
CREATE TABLE dossier_document (
  id TEXT PRIMARY KEY,
  dossier TEXT NOT NULL REFERENCES dossier (id),
  key TEXT NOT NULL,
  shown BOOLEAN NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  UNIQUE (dossier, key)
);
--bun:split
CREATE TABLE dossier_step (
  id TEXT PRIMARY KEY,
  dossier TEXT NOT NULL REFERENCES dossier (id),
  seq {{.int}} NOT NULL,
  at {{.time}} NOT NULL,
  recorded_at {{.time}} NOT NULL,
  act TEXT NOT NULL,
  was {{.int}} NOT NULL,
  status {{.int}} NOT NULL,
  stage TEXT NOT NULL,
  waiting TEXT NOT NULL,
  actor TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  said TEXT NOT NULL,
  data {{.json}} NOT NULL,
  UNIQUE (dossier, seq)
);
--bun:split
CREATE UNIQUE INDEX dossier_step_once ON dossier_step (dossier, act) WHERE act IN ('submit', 'accept', 'ask_supplement', 'reappoint', 'sign', 'finish', 'return');
--bun:split
CREATE TABLE dossier_leg (
  id TEXT PRIMARY KEY,
  dossier TEXT NOT NULL REFERENCES dossier (id),
  kind TEXT NOT NULL,
  partner TEXT NOT NULL,
  state TEXT NOT NULL,
  open BOOLEAN NOT NULL,
  due_at {{.time}},
  case_no TEXT NOT NULL,
  result_no TEXT NOT NULL,
  result_at {{.time}},
  reason TEXT NOT NULL,
  changed_at {{.time}} NOT NULL,
  ver {{.int}} NOT NULL,
  UNIQUE (dossier, kind)
);
--bun:split
CREATE INDEX dossier_leg_open ON dossier_leg (partner, due_at, id) WHERE open;
--bun:split
{{if .sqlite}}
CREATE TRIGGER dossier_step_kept BEFORE DELETE ON dossier_step BEGIN SELECT RAISE(ABORT, 'the history of a dossier never changes'); END;
--bun:split
CREATE TRIGGER dossier_step_fixed BEFORE UPDATE ON dossier_step BEGIN SELECT RAISE(ABORT, 'the history of a dossier never changes'); END;
{{else}}
CREATE FUNCTION dossier_step_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the history of a dossier never changes';
END $$;
--bun:split
CREATE TRIGGER dossier_step_kept BEFORE DELETE ON dossier_step FOR EACH ROW EXECUTE FUNCTION dossier_step_kept();
--bun:split
CREATE TRIGGER dossier_step_fixed BEFORE UPDATE ON dossier_step FOR EACH ROW EXECUTE FUNCTION dossier_step_kept();
{{end}}
