CREATE TABLE asset_declaration (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  asset TEXT NOT NULL,
  made BOOLEAN NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  at {{.time}} NOT NULL,
  arrived_at {{.time}} NOT NULL,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL
);
--bun:split
CREATE INDEX asset_declaration_asset ON asset_declaration (asset, id);
