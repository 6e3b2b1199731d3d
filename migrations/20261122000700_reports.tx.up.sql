CREATE TABLE report_schedule (
  id TEXT PRIMARY KEY,
  definition TEXT NOT NULL,
  programme TEXT NOT NULL,
  cut TEXT NOT NULL,
  spec TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  next_run {{.time}} NOT NULL,
  catch_up {{.int}} NOT NULL,
  made_at {{.time}} NOT NULL,
  changed_at {{.time}} NOT NULL,
  changed_by TEXT NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (definition, programme, cut)
);
--bun:split
CREATE INDEX report_schedule_due ON report_schedule (next_run) WHERE enabled;
--bun:split
CREATE TABLE report_run (
  id TEXT PRIMARY KEY,
  definition TEXT NOT NULL,
  programme TEXT NOT NULL,
  cut TEXT NOT NULL,
  period TEXT NOT NULL,
  period_from {{.time}} NOT NULL,
  period_until {{.time}} NOT NULL,
  kind TEXT NOT NULL,
  schedule TEXT NOT NULL,
  nominal_at {{.time}} NOT NULL,
  made_at {{.time}} NOT NULL,
  state TEXT NOT NULL,
  attempts {{.int}} NOT NULL,
  lease TEXT NOT NULL,
  lease_until {{.time}} NOT NULL,
  heartbeat {{.time}} NOT NULL,
  finished_at {{.time}},
  problem {{.json}} NOT NULL,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (definition, programme, cut, period)
);
--bun:split
CREATE INDEX report_run_open ON report_run (state, id) WHERE state IN ('queued', 'rendering');
--bun:split
CREATE INDEX report_run_cut ON report_run (cut, id);
--bun:split
CREATE TABLE report_snapshot (
  id TEXT PRIMARY KEY,
  run TEXT NOT NULL REFERENCES report_run (id),
  edition {{.int}} NOT NULL,
  read_at {{.time}} NOT NULL,
  hash TEXT NOT NULL,
  body TEXT NOT NULL,
  pdf_file TEXT NOT NULL,
  pdf_hash TEXT NOT NULL,
  pdf_size {{.int}} NOT NULL,
  xlsx_file TEXT NOT NULL,
  xlsx_hash TEXT NOT NULL,
  xlsx_size {{.int}} NOT NULL,
  UNIQUE (run, edition)
);
--bun:split
{{if .sqlite}}
CREATE TRIGGER report_snapshot_kept BEFORE DELETE ON report_snapshot BEGIN SELECT RAISE(ABORT, 'a snapshot never changes'); END;
--bun:split
CREATE TRIGGER report_snapshot_fixed BEFORE UPDATE ON report_snapshot BEGIN SELECT RAISE(ABORT, 'a snapshot never changes'); END;
{{else}}
CREATE FUNCTION report_snapshot_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a snapshot never changes';
END $$;
--bun:split
CREATE TRIGGER report_snapshot_kept BEFORE DELETE ON report_snapshot FOR EACH ROW EXECUTE FUNCTION report_snapshot_kept();
--bun:split
CREATE TRIGGER report_snapshot_fixed BEFORE UPDATE ON report_snapshot FOR EACH ROW EXECUTE FUNCTION report_snapshot_kept();
{{end}}
