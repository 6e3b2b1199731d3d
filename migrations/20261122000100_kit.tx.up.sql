CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
--bun:split
CREATE TABLE outbox_event (
  seq {{.serial}},
  id TEXT NOT NULL UNIQUE,
  topic TEXT NOT NULL,
  subject TEXT NOT NULL,
  at {{.time}} NOT NULL,
  body {{.json}} NOT NULL,
  fanned BOOLEAN NOT NULL DEFAULT FALSE
);
--bun:split
CREATE INDEX outbox_event_waiting ON outbox_event (seq) WHERE NOT fanned;
--bun:split
CREATE TABLE outbox_delivery (
  handler TEXT NOT NULL,
  seq {{.int}} NOT NULL REFERENCES outbox_event (seq) ON DELETE CASCADE,
  state TEXT NOT NULL,
  attempts {{.int}} NOT NULL DEFAULT 0,
  next_at {{.time}} NOT NULL,
  problem TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (handler, seq)
);
--bun:split
CREATE INDEX outbox_delivery_waiting ON outbox_delivery (next_at, seq) WHERE state = 'waiting';
--bun:split
CREATE TABLE inbox (
  source TEXT NOT NULL,
  message TEXT NOT NULL,
  at {{.time}} NOT NULL,
  PRIMARY KEY (source, message)
);
--bun:split
CREATE TABLE trail_seal (
  id {{.serial}},
  at {{.time}} NOT NULL,
  entries {{.int}} NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
);
--bun:split
CREATE TABLE trail_entry (
  seq {{.serial}},
  at {{.time}} NOT NULL,
  actor TEXT NOT NULL,
  via TEXT NOT NULL,
  act TEXT NOT NULL,
  target TEXT NOT NULL,
  unit TEXT NOT NULL,
  changes {{.json}} NOT NULL,
  personal_hash TEXT NOT NULL,
  personal_salt TEXT NOT NULL,
  personal {{.json}} NOT NULL,
  seal {{.int}} REFERENCES trail_seal (id)
);
--bun:split
CREATE INDEX trail_entry_target ON trail_entry (target, seq);
--bun:split
CREATE INDEX trail_entry_actor ON trail_entry (actor, seq);
--bun:split
CREATE INDEX trail_entry_unsealed ON trail_entry (seq) WHERE seal IS NULL;
--bun:split
{{if .sqlite}}
CREATE TRIGGER trail_entry_kept BEFORE DELETE ON trail_entry BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END;
--bun:split
CREATE TRIGGER trail_entry_fixed BEFORE UPDATE OF seq, at, actor, via, act, target, unit, changes, personal_hash ON trail_entry
BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END;
{{else}}
CREATE FUNCTION trail_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the trail is append-only';
END $$;
--bun:split
CREATE TRIGGER trail_entry_kept BEFORE DELETE ON trail_entry FOR EACH ROW EXECUTE FUNCTION trail_kept();
--bun:split
CREATE TRIGGER trail_entry_fixed BEFORE UPDATE OF seq, at, actor, via, act, target, unit, changes, personal_hash ON trail_entry
FOR EACH ROW EXECUTE FUNCTION trail_kept();
{{end}}
--bun:split
CREATE TABLE idempotency (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  request TEXT NOT NULL,
  status {{.int}} NOT NULL,
  body TEXT NOT NULL,
  location TEXT NOT NULL,
  at {{.time}} NOT NULL,
  PRIMARY KEY (account, key)
);
