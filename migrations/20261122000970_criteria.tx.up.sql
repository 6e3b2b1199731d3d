ALTER TABLE rollout_criterion ADD COLUMN since {{.time}} NOT NULL DEFAULT '2000-01-01 00:00:00+00:00';
--bun:split
ALTER TABLE rollout_criterion ADD COLUMN reason TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE rollout_criterion ADD COLUMN actor_name TEXT NOT NULL DEFAULT '';
--bun:split
CREATE TABLE rollout_criterion_past (
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
  since {{.time}} NOT NULL,
  ended_at {{.time}} NOT NULL,
  act TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  actor_name TEXT NOT NULL
);
--bun:split
CREATE INDEX rollout_criterion_past_programme ON rollout_criterion_past (programme, ended_at);
--bun:split
ALTER TABLE rollout_evidence ADD COLUMN link TEXT NOT NULL DEFAULT '';
