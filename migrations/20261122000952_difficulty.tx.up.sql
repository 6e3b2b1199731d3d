CREATE TABLE rollout_code (
  prefix TEXT PRIMARY KEY,
  last {{.int}} NOT NULL
);
--bun:split
CREATE TABLE difficulty (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  unit TEXT NOT NULL,
  source TEXT NOT NULL,
  title TEXT NOT NULL,
  cause TEXT NOT NULL,
  proposal TEXT NOT NULL,
  state TEXT NOT NULL,
  raised_by TEXT NOT NULL,
  raised_name TEXT NOT NULL,
  raised_at {{.time}} NOT NULL,
  answer TEXT NOT NULL,
  answered_name TEXT NOT NULL,
  answered_at {{.time}},
  owner TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  result TEXT NOT NULL,
  clock TEXT NOT NULL,
  due_at {{.time}},
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX difficulty_unit ON difficulty (unit, id);
--bun:split
CREATE INDEX difficulty_open ON difficulty (due_at, id) WHERE state <> 'closed';
--bun:split
CREATE INDEX difficulty_owner ON difficulty (owner, due_at) WHERE state = 'in_hand';
--bun:split
CREATE INDEX difficulty_clock ON difficulty (clock);
--bun:split
CREATE TABLE difficulty_link (
  difficulty TEXT NOT NULL REFERENCES difficulty (id),
  href TEXT NOT NULL,
  label TEXT NOT NULL,
  linked_at {{.time}} NOT NULL,
  by_name TEXT NOT NULL,
  PRIMARY KEY (difficulty, href)
);
