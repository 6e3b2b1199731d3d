CREATE TABLE rollout_forecast (
  id TEXT PRIMARY KEY,
  programme TEXT NOT NULL REFERENCES rollout_programme (id),
  phase {{.int}} NOT NULL,
  made_on TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  made_by_name TEXT NOT NULL,
  method TEXT NOT NULL,
  inputs_hash TEXT NOT NULL,
  inputs {{.json}} NOT NULL,
  total {{.int}} NOT NULL,
  done {{.int}} NOT NULL,
  blocked {{.int}} NOT NULL,
  why TEXT NOT NULL,
  p50_on TEXT NOT NULL,
  p85_on TEXT NOT NULL,
  p95_on TEXT NOT NULL,
  free_p85_on TEXT NOT NULL,
  cone {{.json}} NOT NULL,
  scored BOOLEAN NOT NULL,
  UNIQUE (programme, phase, made_on, inputs_hash)
);
--bun:split
CREATE INDEX rollout_forecast_latest ON rollout_forecast (programme, phase, id);
--bun:split
CREATE INDEX rollout_forecast_open ON rollout_forecast (id) WHERE NOT scored;
--bun:split
CREATE TABLE rollout_forecast_score (
  forecast TEXT NOT NULL REFERENCES rollout_forecast (id),
  programme TEXT NOT NULL,
  percent {{.int}} NOT NULL,
  kept BOOLEAN NOT NULL,
  known_on TEXT NOT NULL,
  PRIMARY KEY (forecast, percent)
);
--bun:split
CREATE INDEX rollout_forecast_score_kept ON rollout_forecast_score (programme, percent, kept);
--bun:split
CREATE TABLE rollout_outlook (
  programme TEXT PRIMARY KEY REFERENCES rollout_programme (id),
  auto BOOLEAN NOT NULL,
  surge REAL NOT NULL,
  days {{.int}} NOT NULL,
  false_share REAL NOT NULL,
  usual REAL NOT NULL,
  rise REAL NOT NULL,
  half REAL NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE rollout_ticket_day (
  unit TEXT NOT NULL,
  day TEXT NOT NULL,
  priority {{.int}} NOT NULL,
  n {{.int}} NOT NULL,
  PRIMARY KEY (day, unit, priority)
);
--bun:split
CREATE TABLE rollout_watch (
  programme TEXT NOT NULL REFERENCES rollout_programme (id),
  wave TEXT NOT NULL,
  phase {{.int}} NOT NULL,
  units {{.int}} NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  days {{.json}} NOT NULL,
  steps {{.json}} NOT NULL,
  learned {{.int}} NOT NULL,
  rates {{.json}} NOT NULL,
  rates_key TEXT NOT NULL,
  over_on TEXT NOT NULL,
  seen_at {{.time}} NOT NULL,
  PRIMARY KEY (programme, wave)
);
--bun:split
CREATE TABLE rollout_hold (
  id TEXT PRIMARY KEY,
  programme TEXT NOT NULL REFERENCES rollout_programme (id),
  phase TEXT NOT NULL REFERENCES rollout_phase (id),
  wave TEXT NOT NULL,
  state TEXT NOT NULL,
  auto BOOLEAN NOT NULL,
  figures {{.json}} NOT NULL,
  proposed_at {{.time}} NOT NULL,
  decided_by_name TEXT NOT NULL,
  decided_at {{.time}},
  reason TEXT NOT NULL,
  released_by_name TEXT NOT NULL,
  released_at {{.time}},
  release_reason TEXT NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (programme, wave)
);
--bun:split
CREATE INDEX rollout_hold_phase ON rollout_hold (phase, state);
