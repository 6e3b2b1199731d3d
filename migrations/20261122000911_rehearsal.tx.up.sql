CREATE TABLE plan_rehearsal (
  id TEXT PRIMARY KEY,
  programme TEXT NOT NULL,
  title TEXT NOT NULL,
  unit TEXT NOT NULL,
  held_on TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  snapshot TEXT NOT NULL,
  hash TEXT NOT NULL,
  decided_name TEXT NOT NULL,
  decided_at {{.time}},
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX plan_rehearsal_day ON plan_rehearsal (held_on, id);
--bun:split
CREATE TABLE plan_run_step (
  id TEXT PRIMARY KEY,
  rehearsal TEXT NOT NULL REFERENCES plan_rehearsal (id),
  ordinal {{.int}} NOT NULL,
  step TEXT NOT NULL,
  title TEXT NOT NULL,
  owner TEXT NOT NULL,
  minutes {{.int}} NOT NULL,
  back BOOLEAN NOT NULL,
  started_at {{.time}},
  ended_at {{.time}},
  note TEXT NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (rehearsal, ordinal)
);
