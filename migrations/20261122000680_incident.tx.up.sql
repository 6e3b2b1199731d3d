CREATE TABLE incident (
  seq {{.serial}},
  id TEXT NOT NULL UNIQUE,
  year {{.int}} NOT NULL,
  title TEXT NOT NULL,
  service TEXT NOT NULL,
  known TEXT NOT NULL,
  advice TEXT NOT NULL,
  everywhere BOOLEAN NOT NULL,
  big BOOLEAN NOT NULL,
  state TEXT NOT NULL,
  problem TEXT NOT NULL,
  answer TEXT NOT NULL,
  declared_at {{.time}} NOT NULL,
  declared_by TEXT NOT NULL,
  resolved_at {{.time}},
  closed_at {{.time}},
  note_happened TEXT NOT NULL,
  note_cause TEXT NOT NULL,
  note_change TEXT NOT NULL,
  note_at {{.time}},
  note_by TEXT NOT NULL,
  changed_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX incident_state ON incident (state, seq);
--bun:split
CREATE INDEX incident_resolved ON incident (resolved_at);
--bun:split
CREATE INDEX incident_problem ON incident (problem, seq) WHERE problem <> '';
--bun:split
CREATE TABLE incident_update (
  id TEXT PRIMARY KEY,
  incident TEXT NOT NULL REFERENCES incident (id),
  at {{.time}} NOT NULL,
  author TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  job TEXT NOT NULL
);
--bun:split
CREATE INDEX incident_update_incident ON incident_update (incident, id);
--bun:split
CREATE TABLE incident_told (
  upd TEXT NOT NULL REFERENCES incident_update (id),
  ticket TEXT NOT NULL,
  outcome TEXT NOT NULL,
  at {{.time}} NOT NULL,
  PRIMARY KEY (upd, ticket)
);
--bun:split
CREATE TABLE incident_unit (
  thing TEXT NOT NULL,
  unit TEXT NOT NULL,
  PRIMARY KEY (thing, unit)
);
--bun:split
CREATE TABLE maintenance (
  seq {{.serial}},
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  service TEXT NOT NULL,
  body TEXT NOT NULL,
  everywhere BOOLEAN NOT NULL,
  from_at {{.time}} NOT NULL,
  until_at {{.time}} NOT NULL,
  state TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  made_by TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX maintenance_until ON maintenance (state, until_at);
--bun:split
CREATE TABLE problem (
  seq {{.serial}},
  id TEXT NOT NULL UNIQUE,
  year {{.int}} NOT NULL,
  title TEXT NOT NULL,
  service TEXT NOT NULL,
  cause TEXT NOT NULL,
  workaround TEXT NOT NULL,
  state TEXT NOT NULL,
  owner TEXT NOT NULL,
  opened_at {{.time}} NOT NULL,
  fixed_at {{.time}},
  changed_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX problem_state ON problem (state, seq);
--bun:split
CREATE TABLE problem_ticket (
  problem TEXT NOT NULL REFERENCES problem (id),
  ticket TEXT NOT NULL,
  PRIMARY KEY (problem, ticket)
);
--bun:split
CREATE INDEX problem_ticket_ticket ON problem_ticket (ticket);
