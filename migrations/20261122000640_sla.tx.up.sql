CREATE TABLE sla_rule (
  key TEXT PRIMARY KEY,
  position {{.int}} NOT NULL,
  version {{.int}} NOT NULL,
  name TEXT NOT NULL,
  off BOOLEAN NOT NULL,
  terms {{.json}} NOT NULL,
  changed_at {{.time}} NOT NULL,
  changed_by TEXT NOT NULL
);
--bun:split
CREATE TABLE sla_rule_version (
  key TEXT NOT NULL REFERENCES sla_rule (key),
  version {{.int}} NOT NULL,
  name TEXT NOT NULL,
  terms {{.json}} NOT NULL,
  at {{.time}} NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (key, version)
);
--bun:split
CREATE TABLE desk_alarm (
  id TEXT PRIMARY KEY,
  ticket TEXT NOT NULL,
  clock TEXT NOT NULL,
  purpose TEXT NOT NULL,
  step TEXT NOT NULL,
  due {{.time}} NOT NULL,
  critical BOOLEAN NOT NULL
);
--bun:split
CREATE INDEX desk_alarm_critical ON desk_alarm (id) WHERE critical;
--bun:split
CREATE INDEX ticket_unfinished ON ticket (seq) WHERE phase <> 'done';
--bun:split
CREATE INDEX job_run_kind ON job_run (kind, id);
