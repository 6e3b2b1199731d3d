ALTER TABLE ticket ADD COLUMN tags TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE ticket ADD COLUMN watching {{.int}} NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE ticket ADD COLUMN must {{.int}} NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE ticket_message ADD COLUMN why TEXT NOT NULL DEFAULT '';
--bun:split
CREATE INDEX ticket_merged ON ticket (merged_into) WHERE merged_into <> '';
--bun:split
CREATE TABLE desk_service (
  code TEXT PRIMARY KEY,
  name_vi TEXT NOT NULL,
  name_en TEXT NOT NULL,
  grp TEXT NOT NULL,
  kind TEXT NOT NULL,
  impact {{.int}} NOT NULL,
  urgency {{.int}} NOT NULL,
  position {{.int}} NOT NULL,
  active BOOLEAN NOT NULL,
  checklist {{.json}} NOT NULL,
  fields {{.json}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE desk_group (
  code TEXT PRIMARY KEY,
  name_vi TEXT NOT NULL,
  name_en TEXT NOT NULL,
  role TEXT NOT NULL,
  members {{.json}} NOT NULL,
  follow_up TEXT NOT NULL,
  follow_up_days {{.int}} NOT NULL,
  position {{.int}} NOT NULL,
  active BOOLEAN NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE ticket_link (
  id TEXT PRIMARY KEY,
  a TEXT NOT NULL REFERENCES ticket (id),
  b TEXT NOT NULL REFERENCES ticket (id),
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  by_account TEXT NOT NULL,
  at {{.time}} NOT NULL,
  UNIQUE (a, b, kind)
);
--bun:split
CREATE INDEX ticket_link_b ON ticket_link (b);
--bun:split
CREATE TABLE ticket_watcher (
  ticket TEXT NOT NULL REFERENCES ticket (id),
  person TEXT NOT NULL,
  via TEXT NOT NULL,
  by_account TEXT NOT NULL,
  at {{.time}} NOT NULL,
  PRIMARY KEY (ticket, person)
);
--bun:split
CREATE INDEX ticket_watcher_person ON ticket_watcher (person, ticket);
--bun:split
CREATE TABLE ticket_check (
  ticket TEXT NOT NULL REFERENCES ticket (id),
  position {{.int}} NOT NULL,
  label TEXT NOT NULL,
  mandatory BOOLEAN NOT NULL,
  done_by TEXT NOT NULL,
  done_at {{.time}},
  PRIMARY KEY (ticket, position)
);
--bun:split
CREATE TABLE ticket_spent (
  id TEXT PRIMARY KEY,
  ticket TEXT NOT NULL REFERENCES ticket (id),
  at {{.time}} NOT NULL,
  by_account TEXT NOT NULL,
  minutes {{.int}} NOT NULL,
  note TEXT NOT NULL
);
--bun:split
CREATE INDEX ticket_spent_ticket ON ticket_spent (ticket, at, id);
--bun:split
CREATE TABLE ticket_field (
  ticket TEXT NOT NULL REFERENCES ticket (id),
  code TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (ticket, code)
);
--bun:split
CREATE TABLE desk_tag (
  tag TEXT PRIMARY KEY,
  label TEXT NOT NULL,
  uses {{.int}} NOT NULL
);
--bun:split
CREATE TABLE ticket_tag (
  tag TEXT NOT NULL,
  ticket TEXT NOT NULL REFERENCES ticket (id),
  PRIMARY KEY (tag, ticket)
);
--bun:split
CREATE INDEX ticket_tag_ticket ON ticket_tag (ticket);
