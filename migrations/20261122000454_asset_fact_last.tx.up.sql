CREATE INDEX asset_fact_last ON asset_fact (asset, source, confirmed_at) WHERE current;
--bun:split
DROP INDEX asset_tally;
--bun:split
CREATE INDEX asset_tally ON asset (kind, state, unit, warranty_until, id);
