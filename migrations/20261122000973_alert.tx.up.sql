CREATE TABLE alert_rule (
  id TEXT PRIMARY KEY,
  shipped TEXT NOT NULL,
  name TEXT NOT NULL,
  metric TEXT NOT NULL,
  reach TEXT NOT NULL,
  units TEXT NOT NULL,
  span TEXT NOT NULL,
  days {{.int}} NOT NULL,
  below BOOLEAN NOT NULL,
  past BOOLEAN NOT NULL,
  threshold {{.int}} NOT NULL,
  clear {{.int}} NOT NULL,
  hold {{.int}} NOT NULL,
  min_of {{.int}} NOT NULL,
  severity TEXT NOT NULL,
  roles TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  checked_at {{.time}} NOT NULL,
  changed_at {{.time}} NOT NULL,
  changed_name TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX alert_rule_shipped ON alert_rule (shipped) WHERE shipped <> '';
--bun:split
CREATE TABLE alert_watch (
  rule TEXT NOT NULL REFERENCES alert_rule (id),
  unit TEXT NOT NULL,
  hits {{.int}} NOT NULL,
  quiet_until {{.time}},
  PRIMARY KEY (rule, unit)
);
--bun:split
CREATE TABLE alert_episode (
  id TEXT PRIMARY KEY,
  rule TEXT NOT NULL REFERENCES alert_rule (id),
  rule_name TEXT NOT NULL,
  metric TEXT NOT NULL,
  past BOOLEAN NOT NULL,
  threshold {{.int}} NOT NULL,
  severity TEXT NOT NULL,
  unit TEXT NOT NULL,
  opened_at {{.time}} NOT NULL,
  value {{.int}} NOT NULL,
  peak {{.int}} NOT NULL,
  closed_at {{.time}},
  closed_value {{.int}} NOT NULL,
  told {{.int}} NOT NULL,
  acked_at {{.time}},
  acked_name TEXT NOT NULL,
  ack_note TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX alert_episode_open ON alert_episode (rule, unit) WHERE closed_at IS NULL;
--bun:split
CREATE INDEX alert_episode_unit ON alert_episode (unit, id);
