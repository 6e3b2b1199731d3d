CREATE TABLE report_recipient (
  id TEXT PRIMARY KEY,
  schedule TEXT NOT NULL REFERENCES report_schedule (id),
  kind TEXT NOT NULL,
  role TEXT NOT NULL,
  unit TEXT NOT NULL,
  account TEXT NOT NULL,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  made_by TEXT NOT NULL,
  UNIQUE (schedule, kind, role, unit, account, address)
);
--bun:split
CREATE TABLE report_subscription (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  definition TEXT NOT NULL,
  cut TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  UNIQUE (account, definition, cut)
);
--bun:split
CREATE INDEX report_subscription_what ON report_subscription (definition, cut);
--bun:split
CREATE TABLE report_domain (
  domain TEXT PRIMARY KEY,
  made_at {{.time}} NOT NULL,
  made_by TEXT NOT NULL
);
--bun:split
CREATE TABLE report_delivery (
  id TEXT PRIMARY KEY,
  run TEXT NOT NULL REFERENCES report_run (id),
  edition {{.int}} NOT NULL,
  definition TEXT NOT NULL,
  cut TEXT NOT NULL,
  period_from {{.time}} NOT NULL,
  period_until {{.time}} NOT NULL,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  account TEXT NOT NULL,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  why TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts {{.int}} NOT NULL,
  next_at {{.time}} NOT NULL,
  lease TEXT NOT NULL,
  answer TEXT NOT NULL,
  problem TEXT NOT NULL,
  message_id TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  tried_at {{.time}},
  sent_at {{.time}},
  read_at {{.time}},
  UNIQUE (run, edition, channel, recipient)
);
--bun:split
CREATE INDEX report_delivery_due ON report_delivery (channel, next_at, id) WHERE state IN ('waiting', 'sending');
--bun:split
CREATE INDEX report_delivery_message ON report_delivery (message_id) WHERE channel = 'mail';
--bun:split
CREATE INDEX report_delivery_inbox ON report_delivery (account, id) WHERE channel = 'inbox';
--bun:split
CREATE INDEX report_delivery_unread ON report_delivery (account, id) WHERE channel = 'inbox' AND read_at IS NULL;
