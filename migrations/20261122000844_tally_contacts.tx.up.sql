ALTER TABLE tally_rating ADD COLUMN contacts {{.int}} NOT NULL DEFAULT -1;
