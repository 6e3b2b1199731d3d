CREATE TABLE stocktake (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  place TEXT NOT NULL,
  place_fold TEXT NOT NULL,
  state TEXT NOT NULL,
  started_by TEXT NOT NULL,
  starter_name TEXT NOT NULL,
  started_at {{.time}} NOT NULL,
  ended_by TEXT NOT NULL,
  ender_name TEXT NOT NULL,
  ended_at {{.time}},
  said TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX stocktake_open ON stocktake (unit, place_fold) WHERE state = 'open';
--bun:split
CREATE INDEX stocktake_unit ON stocktake (unit, id);
--bun:split
CREATE TABLE stocktake_expected (
  stocktake TEXT NOT NULL REFERENCES stocktake (id),
  asset TEXT NOT NULL,
  code TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  serial TEXT NOT NULL,
  place TEXT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (stocktake, asset)
);
--bun:split
CREATE TABLE stocktake_scan (
  id TEXT PRIMARY KEY,
  stocktake TEXT NOT NULL REFERENCES stocktake (id),
  key TEXT NOT NULL,
  tag TEXT NOT NULL,
  asset TEXT NOT NULL,
  code TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  place TEXT NOT NULL,
  state TEXT NOT NULL,
  unit TEXT NOT NULL,
  how TEXT NOT NULL,
  source TEXT NOT NULL,
  at {{.time}} NOT NULL,
  arrived_at {{.time}} NOT NULL,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  UNIQUE (stocktake, key)
);
--bun:split
CREATE TABLE stocktake_proposal (
  id TEXT PRIMARY KEY,
  stocktake TEXT NOT NULL REFERENCES stocktake (id),
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  asset TEXT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  from_unit TEXT NOT NULL,
  to_unit TEXT NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decider_name TEXT NOT NULL,
  decided_at {{.time}},
  said TEXT NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (stocktake, asset)
);
--bun:split
CREATE INDEX stocktake_proposal_open ON stocktake_proposal (unit, id) WHERE state = 'open';
--bun:split
CREATE INDEX stocktake_proposal_from ON stocktake_proposal (from_unit, id) WHERE state = 'open';
