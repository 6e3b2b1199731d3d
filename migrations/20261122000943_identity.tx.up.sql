CREATE TABLE account_identity (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES account (id),
  how TEXT NOT NULL,
  linked_at {{.time}} NOT NULL,
  PRIMARY KEY (issuer, subject)
);
--bun:split
CREATE UNIQUE INDEX account_identity_account ON account_identity (account, issuer);
--bun:split
CREATE TABLE sign_in_flight (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL UNIQUE,
  browser TEXT NOT NULL,
  nonce TEXT NOT NULL,
  verifier TEXT NOT NULL,
  next TEXT NOT NULL,
  account TEXT NOT NULL,
  expires_at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX sign_in_flight_expires ON sign_in_flight (expires_at);
