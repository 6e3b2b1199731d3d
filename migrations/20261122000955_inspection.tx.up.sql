CREATE TABLE inspection_round (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  programme TEXT NOT NULL,
  title TEXT NOT NULL,
  checklist TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE inspection_member (
  round TEXT NOT NULL REFERENCES inspection_round (id),
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  lead BOOLEAN NOT NULL,
  PRIMARY KEY (round, account)
);
--bun:split
CREATE INDEX inspection_member_account ON inspection_member (account, round);
--bun:split
CREATE TABLE inspection_visit (
  id TEXT PRIMARY KEY,
  round TEXT NOT NULL REFERENCES inspection_round (id),
  unit TEXT NOT NULL,
  day TEXT NOT NULL,
  position {{.int}} NOT NULL,
  state TEXT NOT NULL,
  record TEXT NOT NULL,
  answers TEXT NOT NULL,
  notes TEXT NOT NULL,
  seen {{.int}} NOT NULL,
  remark TEXT NOT NULL,
  saw_at {{.time}},
  arrived_at {{.time}},
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  signer TEXT NOT NULL,
  signer_post TEXT NOT NULL,
  signed_at {{.time}},
  hash TEXT NOT NULL,
  reason TEXT NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (round, unit)
);
--bun:split
CREATE INDEX inspection_visit_day ON inspection_visit (round, day, position);
--bun:split
CREATE INDEX inspection_visit_unit ON inspection_visit (unit, id);
--bun:split
CREATE INDEX inspection_visit_planned ON inspection_visit (round, day) WHERE state = 'planned';
--bun:split
CREATE TABLE inspection_finding (
  id TEXT PRIMARY KEY,
  visit TEXT NOT NULL REFERENCES inspection_visit (id),
  unit TEXT NOT NULL,
  item TEXT NOT NULL,
  criterion TEXT NOT NULL,
  title TEXT NOT NULL,
  note TEXT NOT NULL,
  state TEXT NOT NULL,
  owner TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  result TEXT NOT NULL,
  clock TEXT NOT NULL,
  due_at {{.time}},
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX inspection_finding_visit ON inspection_finding (visit, id);
--bun:split
CREATE INDEX inspection_finding_open ON inspection_finding (due_at, id) WHERE state <> 'closed';
--bun:split
CREATE INDEX inspection_finding_clock ON inspection_finding (clock);
