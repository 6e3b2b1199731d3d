CREATE TABLE report_file (
  run TEXT NOT NULL REFERENCES report_run (id),
  edition {{.int}} NOT NULL,
  name TEXT NOT NULL,
  issue {{.int}} NOT NULL,
  form TEXT NOT NULL,
  position {{.int}} NOT NULL,
  caption TEXT NOT NULL,
  file TEXT NOT NULL,
  hash TEXT NOT NULL,
  size {{.int}} NOT NULL,
  made_at {{.time}} NOT NULL,
  PRIMARY KEY (run, edition, name)
);
--bun:split
INSERT INTO report_file (run, edition, name, issue, form, position, caption, file, hash, size, made_at)
SELECT sn.run, sn.edition, fi.name, 0, 'pdf', 1, '', sn.pdf_file, sn.pdf_hash, sn.pdf_size, sn.read_at FROM report_snapshot sn JOIN file fi ON fi.id = sn.pdf_file;
--bun:split
INSERT INTO report_file (run, edition, name, issue, form, position, caption, file, hash, size, made_at)
SELECT sn.run, sn.edition, fi.name, 0, 'xlsx', 3, '', sn.xlsx_file, sn.xlsx_hash, sn.xlsx_size, sn.read_at FROM report_snapshot sn JOIN file fi ON fi.id = sn.xlsx_file;
--bun:split
CREATE TABLE report_issue (
  run TEXT NOT NULL REFERENCES report_run (id),
  issue {{.int}} NOT NULL,
  edition {{.int}} NOT NULL,
  cut TEXT NOT NULL,
  year {{.int}} NOT NULL,
  number {{.int}} NOT NULL,
  symbol TEXT NOT NULL,
  signed_on TEXT NOT NULL,
  capacity TEXT NOT NULL,
  signer TEXT NOT NULL,
  reason TEXT NOT NULL,
  at {{.time}} NOT NULL,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  PRIMARY KEY (run, issue),
  UNIQUE (cut, symbol, year, number, issue)
);
--bun:split
{{if .sqlite}}
CREATE TRIGGER report_file_kept BEFORE DELETE ON report_file BEGIN SELECT RAISE(ABORT, 'a file of a report never changes'); END;
--bun:split
CREATE TRIGGER report_file_fixed BEFORE UPDATE ON report_file BEGIN SELECT RAISE(ABORT, 'a file of a report never changes'); END;
--bun:split
CREATE TRIGGER report_issue_kept BEFORE DELETE ON report_issue BEGIN SELECT RAISE(ABORT, 'an issue of a report never changes'); END;
--bun:split
CREATE TRIGGER report_issue_fixed BEFORE UPDATE ON report_issue BEGIN SELECT RAISE(ABORT, 'an issue of a report never changes'); END;
{{else}}
CREATE FUNCTION report_file_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a file or an issue of a report never changes';
END $$;
--bun:split
CREATE TRIGGER report_file_kept BEFORE DELETE OR UPDATE ON report_file FOR EACH ROW EXECUTE FUNCTION report_file_kept();
--bun:split
CREATE TRIGGER report_issue_kept BEFORE DELETE OR UPDATE ON report_issue FOR EACH ROW EXECUTE FUNCTION report_file_kept();
{{end}}
