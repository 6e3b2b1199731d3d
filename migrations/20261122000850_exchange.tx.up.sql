CREATE TABLE exchange_partner (
  code TEXT PRIMARY KEY,
  mode TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  source TEXT NOT NULL,
  secret TEXT NOT NULL,
  secret_before TEXT NOT NULL,
  pull BOOLEAN NOT NULL,
  place TEXT NOT NULL,
  received_minutes {{.int}} NOT NULL,
  result_minutes {{.int}} NOT NULL,
  failures {{.int}} NOT NULL,
  open_until {{.time}},
  answered_at {{.time}},
  problem TEXT NOT NULL,
  ver {{.int}} NOT NULL
);
--bun:split
CREATE TABLE exchange_message (
  id TEXT PRIMARY KEY,
  partner TEXT NOT NULL,
  dossier TEXT NOT NULL,
  ref TEXT NOT NULL,
  unit TEXT NOT NULL,
  leg TEXT NOT NULL,
  seq {{.int}} NOT NULL,
  type TEXT NOT NULL,
  idemkey TEXT NOT NULL,
  thing TEXT NOT NULL,
  revision {{.int}} NOT NULL,
  data {{.json}} NOT NULL,
  hash TEXT NOT NULL,
  compared BOOLEAN NOT NULL,
  state TEXT NOT NULL,
  doubt BOOLEAN NOT NULL,
  at {{.time}} NOT NULL,
  next_at {{.time}} NOT NULL,
  attempts {{.int}} NOT NULL,
  problem TEXT NOT NULL,
  sent_at {{.time}},
  expects {{.int}} NOT NULL,
  expect_by {{.time}},
  alarmed BOOLEAN NOT NULL,
  received_at {{.time}},
  case_no TEXT NOT NULL,
  result TEXT NOT NULL,
  result_at {{.time}},
  result_no TEXT NOT NULL,
  replies {{.int}} NOT NULL,
  batch TEXT NOT NULL,
  UNIQUE (partner, idemkey),
  UNIQUE (partner, dossier, seq)
);
--bun:split
CREATE INDEX exchange_message_due ON exchange_message (partner, next_at, id) WHERE state IN ('waiting', 'sending');
--bun:split
CREATE INDEX exchange_message_blocks ON exchange_message (partner, dossier, seq) WHERE state IN ('waiting', 'sending', 'dead');
--bun:split
CREATE INDEX exchange_message_state ON exchange_message (state, id);
--bun:split
CREATE INDEX exchange_message_partner ON exchange_message (partner, id);
--bun:split
CREATE INDEX exchange_message_thing ON exchange_message (partner, thing, revision) WHERE compared;
--bun:split
CREATE INDEX exchange_message_ref ON exchange_message (ref, id);
--bun:split
CREATE INDEX exchange_message_expect ON exchange_message (expect_by) WHERE expect_by IS NOT NULL AND NOT alarmed;
--bun:split
CREATE TABLE exchange_inbox (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  message TEXT NOT NULL,
  hash TEXT NOT NULL,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,
  ref TEXT NOT NULL,
  seq {{.int}} NOT NULL,
  body {{.json}} NOT NULL,
  state TEXT NOT NULL,
  problem TEXT NOT NULL,
  at {{.time}} NOT NULL,
  done_at {{.time}},
  UNIQUE (source, message)
);
--bun:split
CREATE INDEX exchange_inbox_parked ON exchange_inbox (source, subject, seq) WHERE state = 'parked';
--bun:split
CREATE INDEX exchange_inbox_state ON exchange_inbox (state, id);
--bun:split
CREATE INDEX exchange_inbox_ref ON exchange_inbox (ref, id);
--bun:split
CREATE TABLE exchange_turn (source TEXT NOT NULL, subject TEXT NOT NULL, last {{.int}} NOT NULL, PRIMARY KEY (source, subject));
--bun:split
CREATE TABLE exchange_cursor (partner TEXT PRIMARY KEY, after TEXT NOT NULL);
--bun:split
CREATE TABLE exchange_incident (
  id TEXT PRIMARY KEY,
  partner TEXT NOT NULL,
  kind TEXT NOT NULL,
  message TEXT NOT NULL,
  note TEXT NOT NULL,
  at {{.time}} NOT NULL,
  closed_at {{.time}},
  closed_by TEXT NOT NULL,
  reason TEXT NOT NULL
);
--bun:split
CREATE INDEX exchange_incident_open ON exchange_incident (id) WHERE closed_at IS NULL;
--bun:split
CREATE TABLE exchange_replay (
  id TEXT PRIMARY KEY,
  partner TEXT NOT NULL,
  reason TEXT NOT NULL,
  up_to TEXT NOT NULL,
  n {{.int}} NOT NULL,
  asked_by TEXT NOT NULL,
  asked_name TEXT NOT NULL,
  asked_at {{.time}} NOT NULL,
  done_by TEXT NOT NULL,
  done_at {{.time}}
);
--bun:split
CREATE UNIQUE INDEX exchange_replay_open ON exchange_replay (partner) WHERE done_at IS NULL;
--bun:split
CREATE TABLE exchange_run (
  id TEXT PRIMARY KEY,
  partner TEXT NOT NULL,
  day TEXT NOT NULL,
  state TEXT NOT NULL,
  after TEXT NOT NULL,
  matched {{.int}} NOT NULL,
  only_ours {{.int}} NOT NULL,
  only_theirs {{.int}} NOT NULL,
  differ {{.int}} NOT NULL,
  at {{.time}} NOT NULL,
  done_at {{.time}},
  UNIQUE (partner, day)
);
--bun:split
CREATE TABLE exchange_difference (
  id TEXT PRIMARY KEY,
  partner TEXT NOT NULL,
  thing TEXT NOT NULL,
  ref TEXT NOT NULL,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  fields {{.json}} NOT NULL,
  first_at {{.time}} NOT NULL,
  last_at {{.time}} NOT NULL,
  state TEXT NOT NULL,
  decision TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at {{.time}},
  reason TEXT NOT NULL,
  ver {{.int}} NOT NULL,
  UNIQUE (partner, thing)
);
--bun:split
CREATE INDEX exchange_difference_state ON exchange_difference (state, partner, first_at, id);
