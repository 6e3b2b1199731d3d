ALTER TABLE import_run ADD COLUMN asked {{.json}} NOT NULL DEFAULT '{}';
--bun:split
ALTER TABLE import_run ADD COLUMN marks {{.json}} NOT NULL DEFAULT '{}';
--bun:split
ALTER TABLE import_row ADD COLUMN more {{.json}} NOT NULL DEFAULT '{}';
--bun:split
ALTER TABLE import_row ADD COLUMN mark TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE import_row ADD COLUMN choice TEXT NOT NULL DEFAULT '';
