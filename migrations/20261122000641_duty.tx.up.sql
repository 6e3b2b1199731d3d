CREATE TABLE duty_group (
  grp TEXT PRIMARY KEY,
  mode TEXT NOT NULL,
  last_given TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE duty_shift (
  id TEXT PRIMARY KEY,
  grp TEXT NOT NULL,
  account TEXT NOT NULL,
  weekday {{.int}} NOT NULL,
  from_minute {{.int}} NOT NULL,
  to_minute {{.int}} NOT NULL,
  UNIQUE (grp, account, weekday, from_minute)
);
--bun:split
CREATE TABLE duty_exception (
  id TEXT PRIMARY KEY,
  grp TEXT NOT NULL,
  account TEXT NOT NULL,
  day TEXT NOT NULL,
  works BOOLEAN NOT NULL,
  from_minute {{.int}} NOT NULL,
  to_minute {{.int}} NOT NULL,
  note TEXT NOT NULL,
  UNIQUE (day, grp, account)
);
--bun:split
CREATE TABLE duty_district (
  grp TEXT NOT NULL,
  district TEXT NOT NULL,
  account TEXT NOT NULL,
  PRIMARY KEY (grp, district)
);
--bun:split
CREATE TABLE duty_absence (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  stand_in TEXT NOT NULL,
  from_at {{.time}} NOT NULL,
  until_at {{.time}} NOT NULL,
  note TEXT NOT NULL,
  state TEXT NOT NULL,
  moved {{.int}} NOT NULL,
  made_by TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX duty_absence_until ON duty_absence (until_at, id) WHERE state IN ('planned', 'away');
