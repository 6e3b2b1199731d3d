-- Sets of changes of units: what is drafted, what it did to rows, and what a person has
-- to look at afterwards.
CREATE TABLE succession_set (
  id TEXT PRIMARY KEY,
  day TEXT NOT NULL,
  title TEXT NOT NULL,
  basis TEXT NOT NULL,
  draft {{.json}} NOT NULL,
  state TEXT NOT NULL,
  report {{.json}} NOT NULL,
  undo {{.json}} NOT NULL,
  reason TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  previewed_at {{.time}},
  decided_by TEXT NOT NULL,
  decided_name TEXT NOT NULL,
  decided_at {{.time}},
  force_at {{.time}},
  force_seq {{.int}} NOT NULL,
  reversed_name TEXT NOT NULL,
  reversed_at {{.time}},
  reverse_reason TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX succession_set_newest ON succession_set (day, id);
--bun:split
CREATE INDEX succession_set_waiting ON succession_set (day, id) WHERE state = 'waiting';
--bun:split
CREATE TABLE succession_heir (
  set_id TEXT NOT NULL REFERENCES succession_set (id),
  from_code TEXT NOT NULL,
  to_code TEXT NOT NULL,
  PRIMARY KEY (set_id, from_code)
);
--bun:split
CREATE TABLE succession_journal (
  set_id TEXT NOT NULL REFERENCES succession_set (id),
  tab TEXT NOT NULL,
  key TEXT NOT NULL,
  was TEXT NOT NULL,
  became TEXT NOT NULL,
  PRIMARY KEY (set_id, tab, key)
){{if .sqlite}} WITHOUT ROWID{{end}};
--bun:split
CREATE TABLE succession_review (
  id TEXT PRIMARY KEY,
  set_id TEXT NOT NULL REFERENCES succession_set (id),
  account TEXT NOT NULL,
  role TEXT NOT NULL,
  was TEXT NOT NULL,
  units TEXT NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_name TEXT NOT NULL,
  decided_at {{.time}}
);
--bun:split
CREATE INDEX succession_review_open ON succession_review (id) WHERE state = 'open';
--bun:split
CREATE INDEX succession_review_set ON succession_review (set_id, id);
