CREATE TABLE filing_draft (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  procedure TEXT NOT NULL,
  version TEXT NOT NULL,
  unit TEXT NOT NULL,
  channel TEXT NOT NULL,
  practice BOOLEAN NOT NULL,
  helper TEXT NOT NULL,
  helper_name TEXT NOT NULL,
  origin TEXT NOT NULL,
  answers {{.json}} NOT NULL,
  stamps {{.json}} NOT NULL,
  stamp {{.int}} NOT NULL,
  number TEXT NOT NULL,
  code TEXT NOT NULL,
  verified_at {{.time}},
  dossier TEXT NOT NULL,
  track TEXT NOT NULL,
  sent_at {{.time}},
  at {{.time}} NOT NULL,
  changed_at {{.time}} NOT NULL,
  ver {{.int}} NOT NULL
);
--bun:split
CREATE INDEX filing_draft_origin ON filing_draft (origin, at);
--bun:split
CREATE INDEX filing_draft_old ON filing_draft (changed_at);
--bun:split
CREATE UNIQUE INDEX filing_draft_supplement ON filing_draft (dossier) WHERE kind = 'supplement';
--bun:split
CREATE TABLE filing_document (
  file TEXT PRIMARY KEY,
  draft TEXT NOT NULL REFERENCES filing_draft (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  source TEXT NOT NULL,
  hash TEXT NOT NULL,
  thumb TEXT NOT NULL,
  name TEXT NOT NULL,
  size {{.int}} NOT NULL,
  type TEXT NOT NULL,
  at {{.time}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX filing_document_once ON filing_document (draft, key, hash);
--bun:split
CREATE TABLE filing_pass (
  id TEXT PRIMARY KEY,
  dossier TEXT NOT NULL,
  number TEXT NOT NULL,
  code TEXT NOT NULL,
  verified_at {{.time}},
  at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX filing_pass_old ON filing_pass (at);
--bun:split
CREATE TABLE filing_try (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL,
  at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX filing_try_key ON filing_try (key, at);
--bun:split
CREATE INDEX filing_try_at ON filing_try (at);
--bun:split
CREATE TABLE filing_consent (
  dossier TEXT PRIMARY KEY,
  until_at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX filing_consent_until ON filing_consent (until_at);
--bun:split
CREATE TABLE filing_rating (
  dossier TEXT PRIMARY KEY,
  attitude {{.int}} NOT NULL,
  contacts {{.int}},
  openness {{.int}},
  comment TEXT NOT NULL,
  at {{.time}} NOT NULL,
  ver {{.int}} NOT NULL
);
