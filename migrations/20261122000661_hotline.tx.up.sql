CREATE TABLE hotline_pbx (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE,
  caller_id TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  revoked_at {{.time}},
  used_at {{.time}}
);
--bun:split
CREATE TABLE hotline_seat (
  account TEXT PRIMARY KEY,
  extension TEXT NOT NULL,
  queues TEXT NOT NULL
);
--bun:split
CREATE UNIQUE INDEX hotline_seat_extension ON hotline_seat (extension) WHERE extension <> '';
--bun:split
CREATE TABLE hotline_call (
  id TEXT PRIMARY KEY,
  pbx TEXT NOT NULL,
  call_id TEXT NOT NULL,
  direction TEXT NOT NULL,
  number TEXT NOT NULL,
  line TEXT NOT NULL,
  queue TEXT NOT NULL,
  names TEXT NOT NULL,
  state TEXT NOT NULL,
  cause TEXT NOT NULL,
  answering TEXT NOT NULL,
  agent TEXT NOT NULL,
  began_at {{.time}} NOT NULL,
  answered_at {{.time}},
  ended_at {{.time}},
  night BOOLEAN NOT NULL,
  unit TEXT NOT NULL,
  person TEXT NOT NULL,
  ticket TEXT NOT NULL,
  note TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX hotline_call_session ON hotline_call (pbx, call_id);
--bun:split
CREATE INDEX hotline_call_began ON hotline_call (began_at, id);
--bun:split
CREATE INDEX hotline_call_state ON hotline_call (state, began_at, id);
--bun:split
CREATE INDEX hotline_call_agent ON hotline_call (agent, began_at, id);
--bun:split
CREATE INDEX hotline_call_unit ON hotline_call (unit, began_at, id);
--bun:split
CREATE INDEX hotline_call_ticket ON hotline_call (ticket, began_at, id) WHERE ticket <> '';
--bun:split
CREATE INDEX hotline_call_number ON hotline_call (number, began_at, id) WHERE number <> '';
--bun:split
CREATE INDEX hotline_call_kept ON hotline_call (began_at) WHERE number <> '' OR names <> '' OR note <> '';
--bun:split
CREATE TABLE hotline_callback (
  id TEXT PRIMARY KEY,
  number TEXT NOT NULL,
  unit TEXT NOT NULL,
  person TEXT NOT NULL,
  night BOOLEAN NOT NULL,
  calls {{.int}} NOT NULL,
  first_at {{.time}} NOT NULL,
  last_at {{.time}} NOT NULL,
  clock TEXT NOT NULL,
  due_at {{.time}},
  sort_at {{.time}} NOT NULL,
  owner TEXT NOT NULL,
  state TEXT NOT NULL,
  how TEXT NOT NULL,
  done_at {{.time}},
  done_by TEXT NOT NULL,
  note TEXT NOT NULL,
  call TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX hotline_callback_number ON hotline_callback (number) WHERE state = 'open';
--bun:split
CREATE INDEX hotline_callback_state ON hotline_callback (state, sort_at, id);
--bun:split
CREATE TABLE hotline_block (
  number TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at {{.time}} NOT NULL
);
--bun:split
CREATE TABLE hotline_number (
  number TEXT NOT NULL,
  person TEXT NOT NULL,
  unit TEXT NOT NULL,
  source TEXT NOT NULL,
  ticket TEXT NOT NULL,
  at {{.time}} NOT NULL,
  PRIMARY KEY (number, person)
);
--bun:split
CREATE INDEX hotline_number_at ON hotline_number (at);
--bun:split
CREATE TABLE hotline_log (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  at {{.time}} NOT NULL,
  kept_by TEXT NOT NULL,
  caller TEXT NOT NULL,
  matter TEXT NOT NULL,
  outcome TEXT NOT NULL
);
--bun:split
CREATE INDEX hotline_log_unit ON hotline_log (unit, at, id);
--bun:split
CREATE INDEX hotline_log_at ON hotline_log (at, id);
