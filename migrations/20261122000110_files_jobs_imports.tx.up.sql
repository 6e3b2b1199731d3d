CREATE TABLE file (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  thumb TEXT NOT NULL,
  name TEXT NOT NULL,
  size {{.int}} NOT NULL,
  type TEXT NOT NULL,
  area TEXT NOT NULL,
  subject TEXT NOT NULL,
  unit TEXT NOT NULL,
  by_account TEXT NOT NULL,
  at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX file_subject ON file (area, subject, id);
--bun:split
CREATE INDEX file_hash ON file (hash);
--bun:split
CREATE INDEX file_thumb ON file (thumb);
--bun:split
CREATE TABLE upload (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  size {{.int}} NOT NULL,
  hash TEXT NOT NULL,
  by_account TEXT NOT NULL,
  at {{.time}} NOT NULL,
  done BOOLEAN NOT NULL,
  blob_hash TEXT NOT NULL,
  blob_thumb TEXT NOT NULL,
  blob_size {{.int}} NOT NULL,
  blob_type TEXT NOT NULL
);
--bun:split
CREATE INDEX upload_account ON upload (by_account, hash);
--bun:split
CREATE INDEX upload_at ON upload (at);
--bun:split
CREATE TABLE upload_part (
  upload TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
  n {{.int}} NOT NULL,
  hash TEXT NOT NULL,
  size {{.int}} NOT NULL,
  PRIMARY KEY (upload, n)
);
--bun:split
CREATE INDEX upload_part_hash ON upload_part (hash);
--bun:split
CREATE TABLE job_run (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  owner TEXT NOT NULL,
  state TEXT NOT NULL,
  input {{.json}} NOT NULL,
  done {{.int}} NOT NULL,
  total {{.int}} NOT NULL,
  message {{.json}} NOT NULL,
  result {{.json}} NOT NULL,
  cancel BOOLEAN NOT NULL,
  attempts {{.int}} NOT NULL,
  lease TEXT NOT NULL,
  lease_until {{.time}},
  made {{.time}} NOT NULL,
  started {{.time}},
  heartbeat {{.time}},
  finished {{.time}}
);
--bun:split
CREATE INDEX job_run_owner ON job_run (owner, id);
--bun:split
CREATE INDEX job_run_open ON job_run (state, id) WHERE state IN ('queued', 'running');
--bun:split
CREATE TABLE import_run (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  at {{.time}} NOT NULL,
  settled {{.time}},
  total {{.int}} NOT NULL,
  created {{.int}} NOT NULL,
  updated {{.int}} NOT NULL,
  skipped {{.int}} NOT NULL,
  conflicts {{.int}} NOT NULL,
  bad {{.int}} NOT NULL,
  unread {{.json}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX import_run_owner ON import_run (owner, id);
--bun:split
CREATE TABLE import_row (
  run TEXT NOT NULL REFERENCES import_run (id) ON DELETE CASCADE,
  n {{.int}} NOT NULL,
  cells {{.json}} NOT NULL,
  action TEXT NOT NULL,
  problems {{.json}} NOT NULL,
  change {{.json}} NOT NULL,
  PRIMARY KEY (run, n)
);
