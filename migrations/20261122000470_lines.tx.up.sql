CREATE TABLE line_provider (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  contact TEXT NOT NULL,
  phone TEXT NOT NULL,
  mail TEXT NOT NULL,
  portal TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE wan_line (
  asset TEXT PRIMARY KEY REFERENCES asset (id) ON DELETE CASCADE,
  provider TEXT NOT NULL,
  circuit TEXT NOT NULL,
  target TEXT NOT NULL,
  target_by TEXT NOT NULL,
  next_probe {{.time}},
  fails {{.int}} NOT NULL,
  failing_since {{.time}},
  probed_at {{.time}},
  answered BOOLEAN NOT NULL,
  rtt DOUBLE PRECISION,
  health TEXT NOT NULL,
  since {{.time}} NOT NULL,
  down_now BOOLEAN NOT NULL,
  told_at {{.time}},
  dirty_from TEXT NOT NULL,
  figured_at {{.time}},
  facts_at {{.time}},
  said TEXT NOT NULL,
  p95 DOUBLE PRECISION,
  loss DOUBLE PRECISION,
  down DOUBLE PRECISION,
  up DOUBLE PRECISION,
  availability DOUBLE PRECISION,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX wan_line_due ON wan_line (next_probe) WHERE next_probe IS NOT NULL;
--bun:split
CREATE INDEX wan_line_dirty ON wan_line (asset) WHERE dirty_from <> '';
--bun:split
CREATE INDEX wan_line_figured ON wan_line (figured_at) WHERE figured_at IS NOT NULL;
--bun:split
CREATE INDEX wan_line_untold ON wan_line (asset) WHERE down_now AND told_at IS NULL;
--bun:split
CREATE INDEX wan_line_over ON wan_line (asset) WHERE told_at IS NOT NULL AND NOT down_now;
--bun:split
CREATE INDEX wan_line_health ON wan_line (health, asset);
--bun:split
CREATE INDEX asset_wan_line ON asset (id) WHERE kind = 'line';
--bun:split
CREATE TABLE line_hour (
  asset TEXT NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
  hour {{.time}} NOT NULL,
  samples TEXT NOT NULL,
  PRIMARY KEY (asset, hour)
);
--bun:split
CREATE INDEX line_hour_old ON line_hour (hour);
--bun:split
CREATE TABLE line_day (
  asset TEXT NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
  source TEXT NOT NULL,
  day TEXT NOT NULL,
  seen {{.int}} NOT NULL,
  runs {{.int}} NOT NULL,
  sent {{.int}} NOT NULL,
  lost {{.int}} NOT NULL,
  rtts {{.json}} NOT NULL,
  downs {{.json}} NOT NULL,
  ups {{.json}} NOT NULL,
  p50 DOUBLE PRECISION,
  p95 DOUBLE PRECISION,
  down DOUBLE PRECISION,
  up DOUBLE PRECISION,
  PRIMARY KEY (asset, day, source)
);
--bun:split
CREATE INDEX line_day_day ON line_day (day);
--bun:split
CREATE TABLE line_run (
  id TEXT PRIMARY KEY,
  asset TEXT NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
  at {{.time}} NOT NULL,
  via TEXT NOT NULL,
  agent TEXT NOT NULL,
  by_id TEXT NOT NULL,
  by_name TEXT NOT NULL,
  budget {{.int}} NOT NULL,
  until {{.time}} NOT NULL,
  done BOOLEAN NOT NULL,
  sent {{.int}} NOT NULL,
  lost {{.int}} NOT NULL,
  down DOUBLE PRECISION,
  up DOUBLE PRECISION,
  samples {{.json}} NOT NULL
);
--bun:split
CREATE INDEX line_run_asset ON line_run (asset, at);
--bun:split
CREATE INDEX line_run_by ON line_run (by_id, at);
--bun:split
CREATE INDEX line_run_old ON line_run (at);
--bun:split
CREATE TABLE line_outage (
  id TEXT PRIMARY KEY,
  asset TEXT NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
  source TEXT NOT NULL,
  from_at {{.time}} NOT NULL,
  until_at {{.time}},
  reference TEXT NOT NULL,
  note TEXT NOT NULL,
  by_id TEXT NOT NULL,
  by_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX line_outage_asset ON line_outage (asset, from_at);
--bun:split
CREATE UNIQUE INDEX line_outage_open ON line_outage (asset, source) WHERE until_at IS NULL;
