CREATE TABLE provisional_counter (
  unit TEXT NOT NULL,
  counter TEXT NOT NULL,
  last {{.int}} NOT NULL,
  PRIMARY KEY (unit, counter)
);
--bun:split
CREATE TABLE provisional_block (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  counter TEXT NOT NULL,
  from_no {{.int}} NOT NULL,
  until_no {{.int}} NOT NULL,
  account TEXT NOT NULL,
  at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX provisional_block_unit ON provisional_block (unit, id);
--bun:split
CREATE TABLE provisional_ticket (
  number TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  block TEXT NOT NULL REFERENCES provisional_block (id),
  unit TEXT NOT NULL,
  dossier TEXT NOT NULL UNIQUE REFERENCES dossier (id),
  code TEXT NOT NULL,
  written_at {{.time}} NOT NULL,
  taken_at {{.time}} NOT NULL,
  account TEXT NOT NULL
);
--bun:split
CREATE INDEX provisional_ticket_block ON provisional_ticket (block, number);
