-- What the board needs stands in the answer itself: the line that decides first, how
-- many decide, how many lines are excused; and each line of each profile by itself.
ALTER TABLE unit_readiness ADD COLUMN lines {{.json}} NOT NULL DEFAULT '[]';
--bun:split
ALTER TABLE unit_readiness ADD COLUMN top {{.json}} NOT NULL DEFAULT '{}';
--bun:split
ALTER TABLE unit_readiness ADD COLUMN deciding {{.int}} NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE unit_readiness ADD COLUMN waived {{.int}} NOT NULL DEFAULT 0;
--bun:split
-- Every answer is judged anew by the engine that knows lines.
UPDATE unit_readiness SET stale_at = computed_at;
--bun:split
ALTER TABLE requirement_profile ADD COLUMN said TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE requirement_profile ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
--bun:split
CREATE TABLE requirement_waiver (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  profile TEXT NOT NULL,
  line TEXT NOT NULL,
  reason TEXT NOT NULL,
  from_at {{.time}} NOT NULL,
  until_at {{.time}} NOT NULL,
  signer TEXT NOT NULL,
  signer_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  ended_at {{.time}},
  ended_by TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX requirement_waiver_unit ON requirement_waiver (unit, until_at);
--bun:split
CREATE TABLE site_fact (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  source TEXT NOT NULL,
  observed_at {{.time}} NOT NULL,
  observer TEXT NOT NULL,
  observer_name TEXT NOT NULL,
  recorded_at {{.time}} NOT NULL,
  said TEXT NOT NULL,
  current BOOLEAN NOT NULL
);
--bun:split
CREATE INDEX site_fact_current ON site_fact (unit, name) WHERE current;
--bun:split
CREATE INDEX site_fact_unit ON site_fact (unit, id);
--bun:split
CREATE TABLE readiness_day (
  unit TEXT NOT NULL,
  day TEXT NOT NULL,
  met {{.int}} NOT NULL,
  waived {{.int}} NOT NULL,
  unknown {{.int}} NOT NULL,
  unmet {{.int}} NOT NULL,
  assets {{.int}} NOT NULL,
  gaps {{.int}} NOT NULL,
  taken_at {{.time}} NOT NULL,
  PRIMARY KEY (unit, day)
);
