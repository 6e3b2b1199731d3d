CREATE TABLE rollout_programme (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  title_en TEXT NOT NULL,
  legal_basis TEXT NOT NULL,
  decided_on TEXT NOT NULL,
  plan_hash TEXT NOT NULL,
  revision {{.int}} NOT NULL DEFAULT 1,
  version {{.int}} NOT NULL DEFAULT 1
);
--bun:split
CREATE TABLE rollout_phase (
  id TEXT PRIMARY KEY,
  programme TEXT NOT NULL REFERENCES rollout_programme (id),
  ordinal {{.int}} NOT NULL,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  trial_on TEXT NOT NULL,
  official_on TEXT NOT NULL,
  live BOOLEAN NOT NULL,
  version {{.int}} NOT NULL DEFAULT 1,
  UNIQUE (programme, ordinal)
);
--bun:split
CREATE TABLE rollout_phase_unit (
  id TEXT PRIMARY KEY,
  programme TEXT NOT NULL REFERENCES rollout_programme (id),
  phase TEXT NOT NULL REFERENCES rollout_phase (id),
  unit TEXT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  UNIQUE (programme, unit, from_day)
);
--bun:split
CREATE TABLE rollout_progress (
  programme TEXT NOT NULL REFERENCES rollout_programme (id),
  unit TEXT NOT NULL,
  phase TEXT NOT NULL REFERENCES rollout_phase (id),
  stage TEXT NOT NULL,
  since {{.time}} NOT NULL,
  version {{.int}} NOT NULL DEFAULT 1,
  PRIMARY KEY (programme, unit)
);
--bun:split
CREATE TABLE rollout_move (
  id TEXT PRIMARY KEY,
  programme TEXT NOT NULL REFERENCES rollout_programme (id),
  actor TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  to_stage TEXT NOT NULL,
  reason TEXT NOT NULL,
  at {{.time}} NOT NULL,
  moved {{.int}} NOT NULL,
  refused {{.json}} NOT NULL,
  undoes TEXT NOT NULL
);
--bun:split
CREATE INDEX rollout_move_programme ON rollout_move (programme, id);
--bun:split
CREATE TABLE rollout_stage_change (
  seq {{.serial}},
  id TEXT NOT NULL UNIQUE,
  programme TEXT NOT NULL REFERENCES rollout_programme (id),
  unit TEXT NOT NULL,
  phase TEXT NOT NULL,
  from_stage TEXT NOT NULL,
  to_stage TEXT NOT NULL,
  at {{.time}} NOT NULL,
  actor TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  move TEXT NOT NULL,
  waived TEXT NOT NULL
);
--bun:split
CREATE INDEX rollout_stage_change_unit ON rollout_stage_change (programme, unit, seq);
--bun:split
CREATE INDEX rollout_stage_change_move ON rollout_stage_change (move);
--bun:split
CREATE TABLE rollout_milestone (
  id TEXT PRIMARY KEY,
  programme TEXT NOT NULL REFERENCES rollout_programme (id),
  phase TEXT NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  title_en TEXT NOT NULL,
  planned_on TEXT NOT NULL,
  actual_on TEXT NOT NULL,
  note TEXT NOT NULL,
  version {{.int}} NOT NULL DEFAULT 1,
  UNIQUE (programme, key)
);
--bun:split
CREATE TABLE rollout_criterion (
  id TEXT PRIMARY KEY,
  programme TEXT NOT NULL REFERENCES rollout_programme (id),
  phase TEXT NOT NULL REFERENCES rollout_phase (id),
  ordinal {{.int}} NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  title_en TEXT NOT NULL,
  source TEXT NOT NULL,
  evidence TEXT NOT NULL,
  must BOOLEAN NOT NULL,
  stage TEXT NOT NULL,
  ttl_days {{.int}} NOT NULL,
  version {{.int}} NOT NULL DEFAULT 1,
  UNIQUE (phase, key)
);
--bun:split
CREATE TABLE rollout_evidence (
  seq {{.serial}},
  id TEXT NOT NULL UNIQUE,
  programme TEXT NOT NULL REFERENCES rollout_programme (id),
  unit TEXT NOT NULL,
  criterion TEXT NOT NULL,
  kind TEXT NOT NULL,
  answer TEXT NOT NULL,
  source TEXT NOT NULL,
  note TEXT NOT NULL,
  reasons {{.json}} NOT NULL,
  observed_at {{.time}} NOT NULL,
  recorded_at {{.time}} NOT NULL,
  actor TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  latest BOOLEAN NOT NULL
);
--bun:split
CREATE UNIQUE INDEX rollout_evidence_latest ON rollout_evidence (programme, unit, criterion, kind) WHERE latest;
--bun:split
CREATE INDEX rollout_evidence_unit ON rollout_evidence (programme, unit, seq);
--bun:split
CREATE TABLE rollout_waiver (
  id TEXT PRIMARY KEY,
  programme TEXT NOT NULL REFERENCES rollout_programme (id),
  criterion TEXT NOT NULL,
  reason TEXT NOT NULL,
  step TEXT NOT NULL,
  signer TEXT NOT NULL,
  until_day TEXT NOT NULL,
  given_at {{.time}} NOT NULL,
  given_by TEXT NOT NULL,
  given_by_name TEXT NOT NULL,
  revoked_at {{.time}},
  revoked_by_name TEXT NOT NULL,
  revoke_reason TEXT NOT NULL,
  expiry_told BOOLEAN NOT NULL,
  version {{.int}} NOT NULL DEFAULT 1
);
--bun:split
CREATE INDEX rollout_waiver_programme ON rollout_waiver (programme, id);
--bun:split
CREATE INDEX rollout_waiver_untold ON rollout_waiver (until_day) WHERE NOT expiry_told;
--bun:split
CREATE TABLE rollout_waiver_unit (
  waiver TEXT NOT NULL REFERENCES rollout_waiver (id),
  unit TEXT NOT NULL,
  PRIMARY KEY (waiver, unit)
);
--bun:split
CREATE INDEX rollout_waiver_unit_unit ON rollout_waiver_unit (unit);
