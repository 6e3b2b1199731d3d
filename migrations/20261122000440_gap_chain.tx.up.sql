ALTER TABLE gap ADD COLUMN cause TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE gap ADD COLUMN remedy TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE gap ADD COLUMN requirement TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE gap ADD COLUMN delivered_at {{.time}};
--bun:split
UPDATE gap SET cause = CASE WHEN kind = 'missing' THEN 'absent' WHEN kind = 'broken' THEN 'broken' WHEN kind = 'below_spec' AND what = 'line' THEN 'slow'
  WHEN kind = 'below_spec' THEN 'weak' ELSE '' END;
--bun:split
UPDATE gap SET remedy = CASE cause WHEN 'absent' THEN 'buy' WHEN 'broken' THEN 'repair' WHEN 'slow' THEN 'isp' WHEN 'weak' THEN 'upgrade' ELSE '' END;
--bun:split
UPDATE gap SET delivered_at = moved_at WHERE state = 'delivered';
--bun:split
CREATE INDEX gap_requirement ON gap (unit, requirement) WHERE open AND requirement <> '';
--bun:split
CREATE INDEX gap_delivered ON gap (unit, id) WHERE state = 'delivered';
--bun:split
CREATE TABLE gap_item (
  gap TEXT NOT NULL REFERENCES gap (id) ON DELETE CASCADE,
  asset TEXT NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
  PRIMARY KEY (gap, asset)
);
--bun:split
CREATE INDEX gap_item_asset ON gap_item (asset);
