CREATE TABLE desk_mailbox (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  address TEXT NOT NULL UNIQUE,
  aliases TEXT NOT NULL,
  host TEXT NOT NULL,
  port {{.int}} NOT NULL,
  security TEXT NOT NULL,
  login TEXT NOT NULL,
  folder TEXT NOT NULL,
  done_folder TEXT NOT NULL,
  unit TEXT NOT NULL,
  service TEXT NOT NULL,
  strangers TEXT NOT NULL,
  closed TEXT NOT NULL,
  trusted BOOLEAN NOT NULL,
  plus BOOLEAN NOT NULL,
  active BOOLEAN NOT NULL,
  version {{.int}} NOT NULL,
  uid_validity {{.int}} NOT NULL,
  last_uid {{.int}} NOT NULL,
  fetched_at {{.time}},
  problem TEXT NOT NULL,
  problem_at {{.time}}
);
--bun:split
CREATE TABLE desk_letter (
  id TEXT PRIMARY KEY,
  mailbox TEXT NOT NULL REFERENCES desk_mailbox (id),
  uid_validity {{.int}} NOT NULL,
  uid {{.int}} NOT NULL,
  message_id TEXT NOT NULL,
  at {{.time}} NOT NULL,
  sent_at {{.time}},
  from_mail TEXT NOT NULL,
  from_name TEXT NOT NULL,
  as_mail TEXT NOT NULL,
  subject TEXT NOT NULL,
  size {{.int}} NOT NULL,
  decision TEXT NOT NULL,
  why {{.json}} NOT NULL,
  ticket TEXT NOT NULL,
  message TEXT NOT NULL,
  contact TEXT NOT NULL,
  acknowledged BOOLEAN NOT NULL,
  reopened BOOLEAN NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at {{.time}},
  UNIQUE (mailbox, uid_validity, uid)
);
--bun:split
CREATE UNIQUE INDEX desk_letter_once ON desk_letter (mailbox, message_id) WHERE decision <> 'duplicate';
--bun:split
CREATE INDEX desk_letter_message_id ON desk_letter (message_id);
--bun:split
CREATE INDEX desk_letter_ticket ON desk_letter (ticket, id) WHERE ticket <> '';
--bun:split
CREATE INDEX desk_letter_message ON desk_letter (message) WHERE message <> '';
--bun:split
CREATE INDEX desk_letter_from ON desk_letter (from_mail, at);
--bun:split
CREATE INDEX desk_letter_decision ON desk_letter (decision, id);
--bun:split
CREATE INDEX desk_letter_held ON desk_letter (id) WHERE state = 'held';
--bun:split
CREATE TABLE desk_broken_mail (
  address TEXT PRIMARY KEY,
  at {{.time}} NOT NULL,
  letter TEXT NOT NULL
);
