CREATE TABLE calendar_key (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  made_at {{.time}} NOT NULL,
  read_at {{.time}},
  read_hour TEXT NOT NULL,
  reads {{.int}} NOT NULL,
  revoked_at {{.time}}
);
--bun:split
CREATE INDEX calendar_key_account ON calendar_key (account) WHERE revoked_at IS NULL;
