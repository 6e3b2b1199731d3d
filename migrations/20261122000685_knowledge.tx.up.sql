CREATE TABLE kb_article (
  seq {{.serial}},
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  lead TEXT NOT NULL,
  body TEXT NOT NULL,
  service TEXT NOT NULL,
  audience TEXT NOT NULL,
  state TEXT NOT NULL,
  owner TEXT NOT NULL,
  review_on TEXT NOT NULL,
  helped {{.int}} NOT NULL,
  failed {{.int}} NOT NULL,
  answered {{.int}} NOT NULL,
  used {{.int}} NOT NULL,
  edition {{.int}} NOT NULL,
  made_at {{.time}} NOT NULL,
  changed_at {{.time}} NOT NULL,
  changed_by TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX kb_article_state ON kb_article (state, seq);
--bun:split
CREATE INDEX kb_article_review ON kb_article (review_on) WHERE state = 'published';
--bun:split
CREATE INDEX kb_article_owner ON kb_article (owner, review_on);
--bun:split
CREATE TABLE kb_edition (
  article TEXT NOT NULL REFERENCES kb_article (id),
  no {{.int}} NOT NULL,
  at {{.time}} NOT NULL,
  author TEXT NOT NULL,
  note TEXT NOT NULL,
  title TEXT NOT NULL,
  lead TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (article, no)
);
--bun:split
CREATE TABLE kb_feedback (
  id TEXT PRIMARY KEY,
  article TEXT NOT NULL REFERENCES kb_article (id),
  voter TEXT NOT NULL,
  unit TEXT NOT NULL,
  at {{.time}} NOT NULL,
  helped BOOLEAN NOT NULL,
  instead BOOLEAN NOT NULL,
  words TEXT NOT NULL
);
--bun:split
CREATE UNIQUE INDEX kb_feedback_voter ON kb_feedback (article, voter);
--bun:split
CREATE INDEX kb_feedback_article ON kb_feedback (article, id);
