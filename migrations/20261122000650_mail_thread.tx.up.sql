ALTER TABLE notice ADD COLUMN thread {{.json}} NOT NULL DEFAULT '{}';
