CREATE TABLE report_definition (
  key TEXT PRIMARY KEY,
  place {{.int}} NOT NULL,
  in_force TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE report_definition_version (
  id TEXT PRIMARY KEY,
  definition TEXT NOT NULL REFERENCES report_definition (key),
  no {{.int}} NOT NULL,
  state TEXT NOT NULL,
  shipped {{.int}} NOT NULL,
  body TEXT NOT NULL,
  hash TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  published_at {{.time}},
  published_name TEXT NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (definition, no)
);
--bun:split
CREATE UNIQUE INDEX report_definition_draft ON report_definition_version (definition) WHERE state = 'draft';
--bun:split
CREATE UNIQUE INDEX report_definition_shipped ON report_definition_version (definition, shipped) WHERE shipped > 0;
--bun:split
{{if .sqlite}}
CREATE TRIGGER report_definition_version_kept BEFORE DELETE ON report_definition_version WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, 'a published definition never changes'); END;
--bun:split
CREATE TRIGGER report_definition_version_fixed BEFORE UPDATE ON report_definition_version WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, 'a published definition never changes'); END;
{{else}}
CREATE FUNCTION report_definition_version_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'published' THEN
    RAISE EXCEPTION 'a published definition never changes';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;
--bun:split
CREATE TRIGGER report_definition_version_kept BEFORE DELETE OR UPDATE ON report_definition_version FOR EACH ROW EXECUTE FUNCTION report_definition_version_kept();
{{end}}
