DROP INDEX asset_view_shared;
--bun:split
CREATE INDEX asset_view_shared ON asset_view (shared, name);
