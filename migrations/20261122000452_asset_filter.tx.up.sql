ALTER TABLE asset ADD COLUMN custodian_fold TEXT NOT NULL DEFAULT '';
--bun:split
DROP INDEX asset_warranty;
--bun:split
CREATE INDEX asset_warranty ON asset ((CASE WHEN warranty_until = '' THEN '9999' ELSE warranty_until END), code);
--bun:split
DROP INDEX asset_bought;
--bun:split
CREATE INDEX asset_bought ON asset ((CASE WHEN bought_on = '' THEN '9999' ELSE bought_on END), code);
--bun:split
CREATE INDEX asset_custodian ON asset (custodian_fold, code) WHERE custodian_fold <> '';
