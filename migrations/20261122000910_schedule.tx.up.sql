CREATE TABLE plan_draft (
  id TEXT PRIMARY KEY,
  programme TEXT NOT NULL,
  phase {{.int}} NOT NULL,
  from_on TEXT NOT NULL,
  result {{.json}} NOT NULL,
  computed_at {{.time}},
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (programme, phase)
);
--bun:split
CREATE TABLE plan_resource (
  id TEXT PRIMARY KEY,
  draft TEXT NOT NULL REFERENCES plan_draft (id),
  ordinal {{.int}} NOT NULL,
  key TEXT NOT NULL,
  capacity {{.int}} NOT NULL,
  days {{.json}} NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (draft, ordinal)
);
--bun:split
CREATE TABLE plan_task (
  id TEXT PRIMARY KEY,
  draft TEXT NOT NULL REFERENCES plan_draft (id),
  ordinal {{.int}} NOT NULL,
  kind TEXT NOT NULL,
  step TEXT NOT NULL,
  number {{.int}} NOT NULL,
  title TEXT NOT NULL,
  unit TEXT NOT NULL,
  owner TEXT NOT NULL,
  duration {{.int}} NOT NULL,
  links {{.json}} NOT NULL,
  needs {{.json}} NOT NULL,
  release_on TEXT NOT NULL,
  due_on TEXT NOT NULL,
  promised_on TEXT NOT NULL,
  done_on TEXT NOT NULL,
  note TEXT NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (draft, ordinal)
);
--bun:split
CREATE INDEX plan_task_unit ON plan_task (unit, id);
--bun:split
CREATE TABLE plan_variant (
  id TEXT PRIMARY KEY,
  draft TEXT NOT NULL REFERENCES plan_draft (id),
  name TEXT NOT NULL,
  changes {{.json}} NOT NULL,
  result {{.json}} NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX plan_variant_draft ON plan_variant (draft, id);
--bun:split
CREATE TABLE plan_baseline (
  id TEXT PRIMARY KEY,
  draft TEXT NOT NULL REFERENCES plan_draft (id),
  name TEXT NOT NULL,
  content TEXT NOT NULL,
  hash TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX plan_baseline_draft ON plan_baseline (draft, id);
--bun:split
CREATE TABLE plan_slip (
  id TEXT PRIMARY KEY,
  draft TEXT NOT NULL REFERENCES plan_draft (id),
  task TEXT NOT NULL REFERENCES plan_task (id),
  unit TEXT NOT NULL,
  days {{.int}} NOT NULL,
  reason TEXT NOT NULL,
  comment TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX plan_slip_draft ON plan_slip (draft, id);
--bun:split
CREATE INDEX plan_slip_task ON plan_slip (task, id);
--bun:split
{{if .sqlite}}
CREATE TRIGGER plan_baseline_kept BEFORE DELETE ON plan_baseline BEGIN SELECT RAISE(ABORT, 'a baseline never changes'); END;
--bun:split
CREATE TRIGGER plan_baseline_fixed BEFORE UPDATE ON plan_baseline BEGIN SELECT RAISE(ABORT, 'a baseline never changes'); END;
{{else}}
CREATE FUNCTION plan_baseline_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a baseline never changes';
END $$;
--bun:split
CREATE TRIGGER plan_baseline_kept BEFORE DELETE ON plan_baseline FOR EACH ROW EXECUTE FUNCTION plan_baseline_kept();
--bun:split
CREATE TRIGGER plan_baseline_fixed BEFORE UPDATE ON plan_baseline FOR EACH ROW EXECUTE FUNCTION plan_baseline_kept();
{{end}}
