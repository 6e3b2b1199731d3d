CREATE TABLE procedure_seed (
  procedure TEXT NOT NULL,
  effective_from TEXT NOT NULL,
  seeded_at {{.time}} NOT NULL,
  PRIMARY KEY (procedure, effective_from)
);
--bun:split
CREATE INDEX procedure_version_drafts ON procedure_version (procedure, state);
