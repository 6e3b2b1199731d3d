CREATE TABLE search_doc (
  id {{.serial}},
  area TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  part TEXT NOT NULL,
  unit TEXT NOT NULL,
  owner TEXT NOT NULL,
  title TEXT NOT NULL,
  lead TEXT NOT NULL,
  updated {{.time}} NOT NULL,
  scope TEXT NOT NULL,
  marked TEXT NOT NULL,
  head TEXT NOT NULL,
  body TEXT NOT NULL{{if not .sqlite}},
  words TSVECTOR GENERATED ALWAYS AS (
    setweight(to_tsvector('simple'::regconfig, scope), 'D') || setweight(to_tsvector('simple'::regconfig, marked), 'A') ||
    setweight(to_tsvector('simple'::regconfig, head), 'B') || setweight(to_tsvector('simple'::regconfig, body), 'C')) STORED{{end}}
);
--bun:split
CREATE INDEX search_doc_subject ON search_doc (kind, subject, part);
--bun:split
{{if .sqlite}}
CREATE VIRTUAL TABLE search_words USING fts5 (scope, marked, head, body, content='', contentless_delete=1, detail=column, prefix='1 2 3', tokenize='unicode61 remove_diacritics 0');
--bun:split
CREATE TRIGGER search_doc_added AFTER INSERT ON search_doc BEGIN
  INSERT INTO search_words (rowid, scope, marked, head, body) VALUES (new.id, new.scope, new.marked, new.head, new.body);
END;
--bun:split
CREATE TRIGGER search_doc_gone AFTER DELETE ON search_doc BEGIN
  DELETE FROM search_words WHERE rowid = old.id;
END;
{{else}}
CREATE INDEX search_doc_words ON search_doc USING GIN (words) WITH (fastupdate = on);
{{end}}
--bun:split
CREATE TABLE figure (
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  dim TEXT NOT NULL,
  day TEXT NOT NULL,
  value {{.int}} NOT NULL,
  PRIMARY KEY (name, unit, dim, day)
);
--bun:split
CREATE INDEX figure_dim ON figure (name, dim, unit);
--bun:split
CREATE TABLE notice (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  address TEXT NOT NULL,
  lang TEXT NOT NULL,
  template TEXT NOT NULL,
  args {{.json}} NOT NULL,
  link TEXT NOT NULL,
  dedupe TEXT NOT NULL UNIQUE,
  critical BOOLEAN NOT NULL,
  private BOOLEAN NOT NULL,
  at {{.time}} NOT NULL,
  seen_at {{.time}},
  state TEXT NOT NULL,
  attempts {{.int}} NOT NULL,
  next_at {{.time}} NOT NULL,
  sent_at {{.time}},
  message_id TEXT NOT NULL,
  problem TEXT NOT NULL
);
--bun:split
CREATE INDEX notice_due ON notice (next_at, id) WHERE state IN ('waiting', 'sending');
--bun:split
CREATE INDEX notice_state ON notice (state, id);
--bun:split
CREATE INDEX notice_account ON notice (account, id);
--bun:split
CREATE INDEX notice_unseen ON notice (account) WHERE seen_at IS NULL;
--bun:split
CREATE TABLE notice_choice (
  account TEXT PRIMARY KEY,
  mail BOOLEAN NOT NULL,
  any_hour BOOLEAN NOT NULL
);
