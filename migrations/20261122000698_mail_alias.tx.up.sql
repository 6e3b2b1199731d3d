CREATE TABLE desk_mail_alias (
  address TEXT PRIMARY KEY,
  service TEXT NOT NULL,
  unit TEXT NOT NULL,
  changed_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
ALTER TABLE desk_mailbox ADD COLUMN forwarded TEXT NOT NULL DEFAULT 'original';
