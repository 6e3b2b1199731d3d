CREATE TABLE tally_rating (
  dossier TEXT PRIMARY KEY REFERENCES dossier (id),
  publicity {{.int}} NOT NULL,
  attitude {{.int}} NOT NULL,
  agencies {{.int}} NOT NULL,
  at {{.time}} NOT NULL
);
