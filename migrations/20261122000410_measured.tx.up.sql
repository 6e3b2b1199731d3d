ALTER TABLE asset ADD COLUMN custodian TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE asset ADD COLUMN supplier TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE asset ADD COLUMN contract TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE asset ADD COLUMN bought_on TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE asset ADD COLUMN warranty_until TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE asset ADD COLUMN note TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE asset_fact ADD COLUMN confirmed_at {{.time}};
--bun:split
UPDATE asset_fact SET confirmed_at = observed_at;
--bun:split
ALTER TABLE asset_fact ADD COLUMN ref TEXT NOT NULL DEFAULT '';
