CREATE TABLE tally_rules (
  id TEXT PRIMARY KEY,
  from_day TEXT NOT NULL UNIQUE,
  rules {{.json}} NOT NULL,
  basis TEXT NOT NULL,
  account TEXT NOT NULL,
  at {{.time}} NOT NULL
);
--bun:split
CREATE TABLE tally_declared (
  unit TEXT NOT NULL,
  year {{.int}} NOT NULL,
  authority {{.int}} NOT NULL,
  one_stop {{.int}} NOT NULL,
  feedback {{.int}} NOT NULL,
  answered {{.int}} NOT NULL,
  document TEXT NOT NULL,
  signed_on TEXT NOT NULL,
  note TEXT NOT NULL,
  account TEXT NOT NULL,
  at {{.time}} NOT NULL,
  ver {{.int}} NOT NULL,
  PRIMARY KEY (unit, year)
);
--bun:split
CREATE INDEX tally_declared_year ON tally_declared (year, unit);
--bun:split
ALTER TABLE filing_rating ADD COLUMN agencies {{.int}};
