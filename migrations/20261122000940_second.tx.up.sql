ALTER TABLE account ADD COLUMN second TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE account ADD COLUMN activated_at {{.time}};
--bun:split
ALTER TABLE account ADD COLUMN password_until {{.time}};
--bun:split
CREATE TABLE account_second (
  account TEXT PRIMARY KEY REFERENCES account (id),
  secret TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  confirmed_at {{.time}},
  used_step {{.int}} NOT NULL
);
--bun:split
CREATE TABLE account_recovery (
  account TEXT NOT NULL REFERENCES account (id),
  code TEXT NOT NULL,
  used_at {{.time}},
  PRIMARY KEY (account, code)
);
--bun:split
CREATE TABLE sign_in_step (
  token TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id),
  how TEXT NOT NULL,
  expires_at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX sign_in_step_expires ON sign_in_step (expires_at);
