CREATE TABLE one_time_code (
  id TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  number TEXT NOT NULL,
  address TEXT NOT NULL,
  hash TEXT NOT NULL,
  tries {{.int}} NOT NULL,
  at {{.time}} NOT NULL,
  until_at {{.time}} NOT NULL,
  used_at {{.time}}
);
--bun:split
CREATE INDEX one_time_code_number ON one_time_code (number, at);
--bun:split
CREATE INDEX one_time_code_address ON one_time_code (address, at);
--bun:split
CREATE INDEX one_time_code_at ON one_time_code (at);
--bun:split
ALTER TABLE notice ADD COLUMN channel TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE notice ADD COLUMN digest TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE notice ADD COLUMN unit TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE notice ADD COLUMN token TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE notice ADD COLUMN parts {{.int}} NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE notice ADD COLUMN cost {{.int}} NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE notice ADD COLUMN handed_at {{.time}};
--bun:split
DROP INDEX notice_due;
--bun:split
CREATE INDEX notice_due ON notice (channel, next_at, id) WHERE state IN ('waiting', 'sending');
--bun:split
CREATE INDEX notice_handed ON notice (handed_at) WHERE state = 'accepted';
--bun:split
CREATE INDEX notice_token ON notice (token) WHERE token <> '';
--bun:split
CREATE TABLE notice_wish (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (account, kind)
);
--bun:split
CREATE TABLE sms_budget (
  unit TEXT PRIMARY KEY,
  monthly {{.int}} NOT NULL,
  price {{.int}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE sms_in (
  id TEXT PRIMARY KEY,
  at {{.time}} NOT NULL,
  number TEXT NOT NULL,
  short TEXT NOT NULL,
  body TEXT NOT NULL,
  outcome TEXT NOT NULL,
  about TEXT NOT NULL
);
