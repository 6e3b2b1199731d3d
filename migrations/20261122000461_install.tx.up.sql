CREATE TABLE install_software (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  phase TEXT NOT NULL,
  pattern TEXT NOT NULL,
  min_version TEXT NOT NULL,
  reach TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX install_software_name ON install_software (name, phase);
--bun:split
CREATE TABLE install (
  id TEXT PRIMARY KEY,
  software TEXT NOT NULL REFERENCES install_software (id),
  asset TEXT NOT NULL,
  state TEXT NOT NULL,
  planned_at {{.time}} NOT NULL,
  planned_by TEXT NOT NULL,
  planner_name TEXT NOT NULL,
  installed_at {{.time}},
  installer_name TEXT NOT NULL,
  installed_source TEXT NOT NULL,
  program_version TEXT NOT NULL,
  tried_at {{.time}},
  tester_name TEXT NOT NULL,
  tried_source TEXT NOT NULL,
  tried_ms {{.int}} NOT NULL,
  why TEXT NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (software, asset)
);
--bun:split
CREATE INDEX install_asset ON install (asset);
--bun:split
CREATE INDEX install_state ON install (software, state, id);
--bun:split
CREATE TABLE install_event (
  id TEXT PRIMARY KEY,
  install TEXT NOT NULL REFERENCES install (id),
  kind TEXT NOT NULL,
  ok BOOLEAN NOT NULL,
  why TEXT NOT NULL,
  program_version TEXT NOT NULL,
  how TEXT NOT NULL,
  source TEXT NOT NULL,
  ms {{.int}} NOT NULL,
  at {{.time}} NOT NULL,
  arrived_at {{.time}} NOT NULL,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL
);
--bun:split
CREATE INDEX install_event_install ON install_event (install, at, id);
