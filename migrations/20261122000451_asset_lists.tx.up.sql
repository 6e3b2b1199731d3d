ALTER TABLE asset ADD COLUMN tag TEXT NOT NULL DEFAULT '';
--bun:split
CREATE INDEX asset_tag ON asset (unit, tag) WHERE tag <> '';
--bun:split
CREATE INDEX asset_tally ON asset (kind, state, unit, warranty_until);
--bun:split
CREATE INDEX asset_warranty ON asset (warranty_until, code) WHERE warranty_until <> '';
--bun:split
CREATE INDEX asset_name ON asset (name, code);
--bun:split
CREATE INDEX asset_bought ON asset (bought_on, code);
--bun:split
CREATE INDEX asset_changed ON asset (changed_at, code);
--bun:split
CREATE TABLE asset_view (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  shared BOOLEAN NOT NULL,
  owner TEXT NOT NULL,
  query {{.json}} NOT NULL,
  changed_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX asset_view_owner ON asset_view (owner);
--bun:split
CREATE INDEX asset_view_shared ON asset_view (name) WHERE shared;
