CREATE INDEX supply_delivery_open ON supply_delivery (id) WHERE open;
--bun:split
CREATE INDEX asset_spare ON asset (kind, code) WHERE state = 'spare';
