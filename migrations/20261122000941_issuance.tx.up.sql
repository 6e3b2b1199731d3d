CREATE TABLE issue_request (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  post TEXT NOT NULL,
  name TEXT NOT NULL,
  name_fold TEXT NOT NULL,
  born TEXT NOT NULL,
  code TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  state TEXT NOT NULL,
  account TEXT NOT NULL,
  login TEXT NOT NULL,
  apart BOOLEAN NOT NULL,
  reason TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at {{.time}} NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at {{.time}},
  batch TEXT NOT NULL,
  channel TEXT NOT NULL,
  issued_at {{.time}},
  handed_at {{.time}},
  until_at {{.time}},
  reminded {{.int}} NOT NULL,
  active_at {{.time}},
  ended_on TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX issue_request_who ON issue_request (unit, post, name_fold, born) WHERE state <> 'ended';
--bun:split
CREATE INDEX issue_request_unit ON issue_request (unit, name_fold, id);
--bun:split
CREATE INDEX issue_request_state ON issue_request (state, unit, name_fold, id);
--bun:split
CREATE INDEX issue_request_account ON issue_request (account) WHERE account <> '';
--bun:split
CREATE INDEX issue_request_name ON issue_request (name_fold) WHERE state <> 'ended';
--bun:split
CREATE INDEX issue_request_code ON issue_request (code) WHERE code <> '' AND state <> 'ended';
--bun:split
CREATE INDEX issue_request_phone ON issue_request (phone) WHERE phone <> '' AND state <> 'ended';
--bun:split
CREATE INDEX issue_request_batch ON issue_request (batch, unit, name_fold, id) WHERE batch <> '';
--bun:split
CREATE INDEX issue_request_due ON issue_request (until_at, id) WHERE state = 'issued';
--bun:split
CREATE TABLE issue_batch (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  channel TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  job TEXT NOT NULL,
  issued {{.int}} NOT NULL,
  skipped {{.int}} NOT NULL,
  done_at {{.time}}
);
--bun:split
CREATE TABLE access_review (
  id TEXT PRIMARY KEY,
  quarter TEXT NOT NULL,
  unit TEXT NOT NULL,
  opened_at {{.time}} NOT NULL,
  due_at {{.time}} NOT NULL,
  total {{.int}} NOT NULL,
  left_open {{.int}} NOT NULL,
  revoked {{.int}} NOT NULL,
  signed_by TEXT NOT NULL,
  signed_name TEXT NOT NULL,
  signed_how TEXT NOT NULL,
  signed_at {{.time}},
  reminded BOOLEAN NOT NULL,
  version {{.int}} NOT NULL,
  UNIQUE (quarter, unit)
);
--bun:split
CREATE INDEX access_review_open ON access_review (due_at, id) WHERE signed_at IS NULL;
--bun:split
CREATE TABLE access_review_line (
  review TEXT NOT NULL REFERENCES access_review (id),
  account TEXT NOT NULL,
  unit TEXT NOT NULL,
  posts TEXT NOT NULL,
  decision TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at {{.time}},
  PRIMARY KEY (review, account)
);
