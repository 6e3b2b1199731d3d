CREATE TABLE device (
  id TEXT PRIMARY KEY,
  asset TEXT NOT NULL,
  unit TEXT NOT NULL,
  sender TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  agent TEXT NOT NULL,
  host TEXT NOT NULL,
  model TEXT NOT NULL,
  serial TEXT NOT NULL,
  tag TEXT NOT NULL,
  state TEXT NOT NULL,
  finding TEXT NOT NULL,
  reading {{.json}} NOT NULL,
  why {{.json}} NOT NULL,
  message TEXT NOT NULL,
  first_at {{.time}} NOT NULL,
  taken_at {{.time}} NOT NULL,
  last_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX device_unit ON device (unit, id);
--bun:split
CREATE INDEX device_asset ON device (asset, id) WHERE asset <> '';
--bun:split
CREATE INDEX device_agent ON device (agent_id, id) WHERE agent_id <> '';
--bun:split
CREATE INDEX device_open ON device (state, unit, id) WHERE state <> 'linked';
--bun:split
CREATE TABLE device_mark (
  device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  maker TEXT NOT NULL,
  PRIMARY KEY (device, kind, value)
);
--bun:split
CREATE INDEX device_mark_value ON device_mark (kind, value, device);
--bun:split
CREATE TABLE device_section (
  device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  entries {{.int}} NOT NULL,
  since {{.time}} NOT NULL,
  message TEXT NOT NULL,
  gone BOOLEAN NOT NULL,
  PRIMARY KEY (device, name)
);
--bun:split
CREATE TABLE device_change (
  id TEXT PRIMARY KEY,
  device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
  at {{.time}} NOT NULL,
  message TEXT NOT NULL,
  line {{.json}} NOT NULL
);
--bun:split
CREATE INDEX device_change_device ON device_change (device, id);
--bun:split
CREATE TABLE device_doubt (
  id TEXT PRIMARY KEY,
  device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  matches {{.json}} NOT NULL,
  state TEXT NOT NULL,
  asset TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  decided_by TEXT NOT NULL,
  decided_name TEXT NOT NULL,
  decided_at {{.time}},
  said TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX device_doubt_device ON device_doubt (device);
--bun:split
CREATE INDEX device_doubt_open ON device_doubt (unit, id) WHERE state = 'open';
--bun:split
CREATE INDEX device_doubt_state ON device_doubt (state, id);
--bun:split
CREATE TABLE device_elsewhere (
  id TEXT PRIMARY KEY,
  device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
  asset TEXT NOT NULL,
  unit TEXT NOT NULL,
  seen_unit TEXT NOT NULL,
  state TEXT NOT NULL,
  first_at {{.time}} NOT NULL,
  last_at {{.time}} NOT NULL,
  message TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_name TEXT NOT NULL,
  decided_at {{.time}},
  said TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX device_elsewhere_place ON device_elsewhere (asset, seen_unit);
--bun:split
CREATE INDEX device_elsewhere_unit ON device_elsewhere (unit, id) WHERE state = 'open';
--bun:split
CREATE INDEX device_elsewhere_seen ON device_elsewhere (seen_unit, id) WHERE state = 'open';
--bun:split
CREATE INDEX device_elsewhere_open ON device_elsewhere (id) WHERE state = 'open';
--bun:split
CREATE TABLE device_thing (
  device TEXT NOT NULL,
  thing TEXT NOT NULL,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  serial TEXT NOT NULL,
  asset TEXT NOT NULL,
  first_at {{.time}} NOT NULL,
  gone BOOLEAN NOT NULL,
  PRIMARY KEY (device, thing)
);
--bun:split
CREATE INDEX device_thing_asset ON device_thing (asset) WHERE asset <> '';
--bun:split
CREATE TABLE fact_difference (
  asset TEXT NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  declared TEXT NOT NULL,
  declared_at {{.time}} NOT NULL,
  declared_by TEXT NOT NULL,
  measured TEXT NOT NULL,
  measured_at {{.time}} NOT NULL,
  measured_by TEXT NOT NULL,
  ref TEXT NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_name TEXT NOT NULL,
  decided_at {{.time}},
  said TEXT NOT NULL,
  PRIMARY KEY (asset, name)
);
--bun:split
CREATE INDEX fact_difference_open ON fact_difference (unit, asset, name) WHERE state = 'open';
--bun:split
CREATE INDEX fact_difference_unit ON fact_difference (unit, asset, name);
