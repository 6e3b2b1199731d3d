CREATE TABLE rollout_gate (
  key TEXT PRIMARY KEY,
  ordinal {{.int}} NOT NULL,
  means TEXT NOT NULL,
  address TEXT NOT NULL,
  every_minutes {{.int}} NOT NULL,
  stale_minutes {{.int}} NOT NULL,
  tolerate {{.int}} NOT NULL,
  seen TEXT NOT NULL,
  seen_at {{.time}},
  fails {{.int}} NOT NULL,
  problem TEXT NOT NULL,
  next_at {{.time}},
  declared TEXT NOT NULL,
  declared_reason TEXT NOT NULL,
  declared_by_name TEXT NOT NULL,
  declared_at {{.time}},
  declared_until {{.time}},
  told TEXT NOT NULL,
  told_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE rollout_gate_phase (
  gate TEXT NOT NULL REFERENCES rollout_gate (key),
  phase TEXT NOT NULL REFERENCES rollout_phase (id),
  PRIMARY KEY (gate, phase)
);
--bun:split
CREATE INDEX rollout_gate_phase_phase ON rollout_gate_phase (phase);
--bun:split
CREATE TABLE rollout_gate_event (
  id TEXT PRIMARY KEY,
  gate TEXT NOT NULL REFERENCES rollout_gate (key),
  at {{.time}} NOT NULL,
  verdict TEXT NOT NULL,
  reason {{.json}} NOT NULL,
  actor TEXT NOT NULL,
  actor_name TEXT NOT NULL
);
--bun:split
CREATE INDEX rollout_gate_event_gate ON rollout_gate_event (gate, id);
