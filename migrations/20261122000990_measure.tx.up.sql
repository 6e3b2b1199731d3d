CREATE TABLE metric_flow (
  metric TEXT NOT NULL,
  dim TEXT NOT NULL,
  unit TEXT NOT NULL,
  day TEXT NOT NULL,
  n {{.int}} NOT NULL,
  PRIMARY KEY (metric, dim, unit, day)
){{if .sqlite}} WITHOUT ROWID{{end}};
--bun:split
CREATE INDEX metric_flow_day ON metric_flow (metric, day);
--bun:split
CREATE TABLE metric_level (
  metric TEXT NOT NULL,
  unit TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT NOT NULL,
  n {{.int}} NOT NULL,
  PRIMARY KEY (metric, unit, since)
){{if .sqlite}} WITHOUT ROWID{{end}};
--bun:split
CREATE INDEX metric_level_until ON metric_level (metric, until);
--bun:split
CREATE TABLE metric_told (
  metric TEXT NOT NULL,
  day TEXT NOT NULL,
  at {{.time}} NOT NULL,
  PRIMARY KEY (metric, day)
);
--bun:split
CREATE TABLE metric_source (
  source TEXT PRIMARY KEY,
  upto TEXT NOT NULL,
  at {{.time}} NOT NULL,
  counts {{.int}} NOT NULL
);
