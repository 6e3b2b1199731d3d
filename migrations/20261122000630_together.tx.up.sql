CREATE TABLE desk_unsent (
  account TEXT NOT NULL,
  ticket TEXT NOT NULL,
  box TEXT NOT NULL,
  body TEXT NOT NULL,
  at {{.time}} NOT NULL,
  PRIMARY KEY (account, ticket, box)
);
--bun:split
CREATE INDEX desk_unsent_at ON desk_unsent (at);
--bun:split
CREATE TABLE desk_presence (
  ticket TEXT NOT NULL,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  writing BOOLEAN NOT NULL,
  until {{.time}} NOT NULL,
  PRIMARY KEY (ticket, account)
);
--bun:split
CREATE INDEX desk_presence_until ON desk_presence (until);
