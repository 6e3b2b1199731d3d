CREATE TABLE unit_version (
  code TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_until TEXT NOT NULL,
  name TEXT NOT NULL,
  fold TEXT NOT NULL,
  kind TEXT NOT NULL,
  level TEXT NOT NULL,
  parent TEXT NOT NULL,
  PRIMARY KEY (code, valid_from)
);
--bun:split
CREATE TABLE unit_change (
  date TEXT NOT NULL,
  from_code TEXT NOT NULL,
  to_code TEXT NOT NULL,
  kind TEXT NOT NULL,
  share TEXT NOT NULL,
  main TEXT NOT NULL,
  basis TEXT NOT NULL,
  confidence TEXT NOT NULL,
  PRIMARY KEY (date, from_code, to_code)
);
--bun:split
CREATE TABLE account (
  id TEXT PRIMARY KEY,
  login TEXT NOT NULL,
  login_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  fold TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  unit TEXT NOT NULL,
  lang TEXT NOT NULL,
  state TEXT NOT NULL,
  password TEXT NOT NULL,
  password_at {{.time}} NOT NULL,
  must_change BOOLEAN NOT NULL,
  created_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX account_fold ON account (fold, id);
--bun:split
CREATE INDEX account_unit ON account (unit, fold, id);
--bun:split
CREATE INDEX account_email ON account (email) WHERE email <> '';
--bun:split
CREATE INDEX account_phone ON account (phone) WHERE phone <> '';
--bun:split
CREATE TABLE account_role (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id),
  role TEXT NOT NULL,
  unit TEXT NOT NULL,
  from_date TEXT NOT NULL,
  until_date TEXT NOT NULL,
  granted_at {{.time}} NOT NULL,
  granted_by TEXT NOT NULL
);
--bun:split
CREATE INDEX account_role_account ON account_role (account, id);
--bun:split
CREATE INDEX account_role_role ON account_role (role, unit, account);
--bun:split
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  token TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES account (id),
  created_at {{.time}} NOT NULL,
  seen_at {{.time}} NOT NULL,
  expires_at {{.time}} NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
);
--bun:split
CREATE INDEX session_account ON session (account, seen_at);
--bun:split
CREATE INDEX session_expires ON session (expires_at);
--bun:split
CREATE TABLE sign_in_throttle (
  key TEXT PRIMARY KEY,
  fails {{.int}} NOT NULL,
  last_at {{.time}} NOT NULL,
  until_at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX sign_in_throttle_last ON sign_in_throttle (last_at);
--bun:split
CREATE TABLE password_reset (
  token TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id),
  created_at {{.time}} NOT NULL,
  expires_at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX password_reset_account ON password_reset (account, created_at);
--bun:split
CREATE INDEX password_reset_expires ON password_reset (expires_at);
--bun:split
CREATE TABLE api_token (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id),
  name TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE,
  scope TEXT NOT NULL,
  created_at {{.time}} NOT NULL,
  expires_at {{.time}} NOT NULL,
  used_at {{.time}}
);
--bun:split
CREATE INDEX api_token_account ON api_token (account, id);
