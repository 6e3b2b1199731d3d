CREATE TABLE desk_report (
  id TEXT PRIMARY KEY,
  at {{.time}} NOT NULL,
  origin TEXT NOT NULL,
  typed TEXT NOT NULL,
  unit TEXT NOT NULL,
  matter TEXT NOT NULL,
  body TEXT NOT NULL,
  number TEXT NOT NULL,
  code TEXT NOT NULL,
  verified_at {{.time}},
  ticket TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX desk_report_origin ON desk_report (origin, at);
--bun:split
CREATE INDEX desk_report_ticket ON desk_report (ticket) WHERE ticket <> '';
--bun:split
CREATE INDEX desk_report_number ON desk_report (number, at) WHERE ticket <> '';
--bun:split
CREATE INDEX desk_report_unsent ON desk_report (at) WHERE ticket = '';
--bun:split
CREATE TABLE desk_try (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL,
  at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX desk_try_key ON desk_try (key, at);
--bun:split
CREATE INDEX desk_try_at ON desk_try (at);
