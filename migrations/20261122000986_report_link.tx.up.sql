CREATE TABLE report_link (
  id TEXT PRIMARY KEY,
  run TEXT NOT NULL REFERENCES report_run (id),
  edition {{.int}} NOT NULL,
  cut TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  until {{.time}} NOT NULL,
  revoked_at {{.time}},
  opened {{.int}} NOT NULL,
  opened_at {{.time}},
  hour_from {{.time}} NOT NULL,
  hour_opened {{.int}} NOT NULL
);
--bun:split
CREATE INDEX report_link_run ON report_link (run, id);
