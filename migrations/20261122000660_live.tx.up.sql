CREATE TABLE live_event (
  seq {{.serial}},
  at {{.time}} NOT NULL,
  room TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL
);
--bun:split
CREATE INDEX live_event_at ON live_event (at);
