CREATE TABLE office_case (
  n {{.serial}},
  office TEXT NOT NULL,
  idemkey TEXT NOT NULL,
  thing TEXT NOT NULL,
  revision {{.int}} NOT NULL,
  dossier TEXT NOT NULL,
  leg TEXT NOT NULL,
  unit TEXT NOT NULL,
  type TEXT NOT NULL,
  state TEXT NOT NULL,
  case_no TEXT NOT NULL,
  result_no TEXT NOT NULL,
  said TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  fields TEXT NOT NULL,
  at {{.time}} NOT NULL,
  UNIQUE (office, idemkey)
);
--bun:split
CREATE INDEX office_case_of ON office_case (office, dossier, leg);
--bun:split
CREATE TABLE office_effect (n {{.serial}}, office TEXT NOT NULL, thing TEXT NOT NULL, revision {{.int}} NOT NULL, what TEXT NOT NULL, at {{.time}} NOT NULL);
--bun:split
CREATE INDEX office_effect_thing ON office_effect (office, thing);
--bun:split
CREATE TABLE office_got (n {{.serial}}, office TEXT NOT NULL, id TEXT NOT NULL, idemkey TEXT NOT NULL, type TEXT NOT NULL, verdict TEXT NOT NULL, body TEXT NOT NULL, at {{.time}} NOT NULL);
--bun:split
CREATE INDEX office_got_office ON office_got (office, n);
--bun:split
CREATE TABLE office_reply (
  n {{.serial}},
  id TEXT NOT NULL,
  office TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  due_at {{.time}} NOT NULL,
  attempts {{.int}} NOT NULL,
  state TEXT NOT NULL,
  answer TEXT NOT NULL
);
--bun:split
CREATE INDEX office_reply_due ON office_reply (state, due_at);
--bun:split
CREATE INDEX office_reply_office ON office_reply (office, n);
--bun:split
CREATE TABLE office_turn (office TEXT NOT NULL, subject TEXT NOT NULL, seq {{.int}} NOT NULL, PRIMARY KEY (office, subject));
--bun:split
CREATE TABLE office_mood (
  office TEXT PRIMARY KEY,
  down_until {{.time}},
  slow_ms {{.int}} NOT NULL,
  drop_before {{.int}} NOT NULL,
  drop_after {{.int}} NOT NULL,
  busy {{.int}} NOT NULL,
  late_s {{.int}} NOT NULL,
  twice BOOLEAN NOT NULL,
  reorder BOOLEAN NOT NULL,
  other_body BOOLEAN NOT NULL,
  newer BOOLEAN NOT NULL,
  asks BOOLEAN NOT NULL,
  by_hand BOOLEAN NOT NULL
);
--bun:split
CREATE TABLE text_message (n {{.serial}}, number TEXT NOT NULL, body TEXT NOT NULL, at {{.time}} NOT NULL);
--bun:split
CREATE INDEX text_message_number ON text_message (number, n);
