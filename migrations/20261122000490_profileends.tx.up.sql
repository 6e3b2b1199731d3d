-- A published version of a requirement profile may be asked for no more from a day on.
ALTER TABLE requirement_profile ADD COLUMN ends_at {{.time}};
--bun:split
ALTER TABLE requirement_profile ADD COLUMN ended_by TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE requirement_profile ADD COLUMN ended_said TEXT NOT NULL DEFAULT '';
