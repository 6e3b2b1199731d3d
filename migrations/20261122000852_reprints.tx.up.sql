-- How often a slip was printed again.
ALTER TABLE dossier_slip ADD COLUMN copies {{.int}} NOT NULL DEFAULT 0;
