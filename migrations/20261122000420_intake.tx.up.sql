CREATE TABLE agent_key (
  id TEXT PRIMARY KEY,
  login TEXT NOT NULL,
  unit TEXT NOT NULL,
  note TEXT NOT NULL,
  secret TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  revoked_at {{.time}},
  used_at {{.time}}
);
--bun:split
CREATE UNIQUE INDEX agent_key_login ON agent_key (login);
--bun:split
CREATE UNIQUE INDEX agent_key_secret ON agent_key (secret);
--bun:split
CREATE INDEX agent_key_unit ON agent_key (unit, id);
--bun:split
CREATE TABLE agent_sender (
  id TEXT PRIMARY KEY,
  scope TEXT NOT NULL,
  device TEXT NOT NULL,
  unit TEXT NOT NULL,
  tag TEXT NOT NULL,
  agent TEXT NOT NULL,
  remote TEXT NOT NULL,
  tls TEXT NOT NULL,
  file BOOLEAN NOT NULL,
  asset TEXT NOT NULL,
  doubt BOOLEAN NOT NULL,
  message TEXT NOT NULL,
  first_at {{.time}} NOT NULL,
  seen_at {{.time}} NOT NULL,
  good_at {{.time}},
  bad_at {{.time}},
  bad {{.json}} NOT NULL,
  quiet TEXT NOT NULL,
  aside_at {{.time}}
);
--bun:split
CREATE UNIQUE INDEX agent_sender_device ON agent_sender (scope, device);
--bun:split
CREATE INDEX agent_sender_order ON agent_sender (device, id);
--bun:split
CREATE INDEX agent_sender_unit ON agent_sender (unit, device, id);
--bun:split
CREATE INDEX agent_sender_remote ON agent_sender (scope, remote, seen_at);
--bun:split
CREATE INDEX agent_sender_asset ON agent_sender (asset) WHERE asset <> '';
--bun:split
CREATE INDEX agent_sender_good ON agent_sender (good_at, id) WHERE aside_at IS NULL AND quiet = '';
--bun:split
CREATE TABLE agent_message (
  id TEXT PRIMARY KEY,
  sender TEXT NOT NULL,
  agent_key TEXT NOT NULL,
  scope TEXT NOT NULL,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  format TEXT NOT NULL,
  hash TEXT NOT NULL,
  wire {{.int}} NOT NULL,
  size {{.int}} NOT NULL,
  at {{.time}} NOT NULL,
  month TEXT NOT NULL,
  result TEXT NOT NULL,
  problem {{.json}} NOT NULL,
  repairs TEXT NOT NULL,
  remote TEXT NOT NULL,
  who TEXT NOT NULL,
  file TEXT NOT NULL,
  asset TEXT NOT NULL,
  sections {{.json}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX agent_message_once ON agent_message (scope, hash) WHERE result = 'kept';
--bun:split
CREATE INDEX agent_message_sender ON agent_message (sender, id);
--bun:split
CREATE INDEX agent_message_month ON agent_message (sender, month, id);
--bun:split
CREATE INDEX agent_message_at ON agent_message (result, at);
--bun:split
CREATE TABLE agent_section (
  id {{.serial}},
  hash TEXT NOT NULL,
  name TEXT NOT NULL,
  body {{.blob}} NOT NULL,
  size {{.int}} NOT NULL,
  at {{.time}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX agent_section_hash ON agent_section (hash);
--bun:split
CREATE TABLE agent_refusal (
  agent_key TEXT NOT NULL,
  remote TEXT NOT NULL,
  reason TEXT NOT NULL,
  unit TEXT NOT NULL,
  times {{.int}} NOT NULL,
  first_at {{.time}} NOT NULL,
  last_at {{.time}} NOT NULL,
  PRIMARY KEY (agent_key, remote, reason)
);
--bun:split
CREATE INDEX agent_refusal_last ON agent_refusal (last_at);
