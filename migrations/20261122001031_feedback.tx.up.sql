CREATE TABLE dossier_feedback (
  id TEXT PRIMARY KEY,
  dossier TEXT NOT NULL UNIQUE REFERENCES dossier (id),
  unit TEXT NOT NULL,
  procedure TEXT NOT NULL,
  attitude {{.int}} NOT NULL,
  said TEXT NOT NULL,
  said_at {{.time}} NOT NULL,
  reply TEXT NOT NULL,
  account TEXT NOT NULL,
  replied_at {{.time}},
  ver {{.int}} NOT NULL
);
--bun:split
CREATE INDEX dossier_feedback_unit ON dossier_feedback (unit, id);
--bun:split
CREATE INDEX dossier_feedback_open ON dossier_feedback (unit, id) WHERE replied_at IS NULL;
