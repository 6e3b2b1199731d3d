ALTER TABLE ticket ADD COLUMN kind TEXT NOT NULL DEFAULT 'incident';
--bun:split
ALTER TABLE ticket ADD COLUMN parent TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE ticket ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE ticket ADD COLUMN incident TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE ticket ADD COLUMN asset TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE ticket ADD COLUMN dossier TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE ticket ADD COLUMN channel TEXT NOT NULL DEFAULT 'screen';
--bun:split
ALTER TABLE ticket ADD COLUMN tier TEXT NOT NULL DEFAULT 'city';
--bun:split
ALTER TABLE ticket ADD COLUMN reference TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE ticket ADD COLUMN rule TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE ticket ADD COLUMN next_clock TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE ticket ADD COLUMN next_due {{.time}};
--bun:split
ALTER TABLE ticket ADD COLUMN snoozed_until {{.time}};
--bun:split
ALTER TABLE ticket ADD COLUMN spent {{.int}} NOT NULL DEFAULT 0;
--bun:split
CREATE INDEX ticket_parent ON ticket (parent, seq) WHERE parent <> '';
--bun:split
CREATE INDEX ticket_incident ON ticket (incident, phase, seq) WHERE incident <> '';
--bun:split
CREATE INDEX ticket_asset ON ticket (asset, seq) WHERE asset <> '';
--bun:split
CREATE TABLE desk_contact (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  created_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE desk_way (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  contact TEXT NOT NULL REFERENCES desk_contact (id),
  verified BOOLEAN NOT NULL,
  broken BOOLEAN NOT NULL,
  PRIMARY KEY (kind, value, contact)
);
--bun:split
CREATE INDEX desk_way_contact ON desk_way (contact);
