ALTER TABLE supply_line ADD COLUMN trimmed {{.int}} NOT NULL DEFAULT 0;
