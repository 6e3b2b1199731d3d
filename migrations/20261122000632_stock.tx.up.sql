CREATE TABLE desk_stock (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  share TEXT NOT NULL,
  owner TEXT NOT NULL,
  grp TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  service TEXT NOT NULL,
  next TEXT NOT NULL,
  to_grp TEXT NOT NULL,
  impact {{.int}} NOT NULL,
  urgency {{.int}} NOT NULL,
  tags TEXT NOT NULL,
  changed_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX desk_stock_owner ON desk_stock (kind, owner);
--bun:split
CREATE INDEX desk_stock_share ON desk_stock (kind, share, grp);
