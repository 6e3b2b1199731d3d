CREATE TABLE account_relative (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  relation TEXT NOT NULL,
  name TEXT NOT NULL,
  fold TEXT NOT NULL,
  born TEXT NOT NULL,
  pid TEXT NOT NULL,
  made_at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX account_relative_account ON account_relative (account, id);
--bun:split
CREATE TABLE account_relative_declared (
  account TEXT PRIMARY KEY,
  at {{.time}} NOT NULL
);
--bun:split
CREATE TABLE register_series (
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  year {{.int}} NOT NULL,
  practice BOOLEAN NOT NULL,
  before {{.int}} NOT NULL,
  last {{.int}} NOT NULL,
  volume {{.int}} NOT NULL,
  in_volume {{.int}} NOT NULL,
  capacity {{.int}} NOT NULL,
  voided {{.int}} NOT NULL,
  opened_at {{.time}} NOT NULL,
  opened_by TEXT NOT NULL,
  PRIMARY KEY (unit, kind, year, practice)
);
--bun:split
CREATE TABLE register_lock (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  year {{.int}} NOT NULL,
  practice BOOLEAN NOT NULL,
  before {{.int}} NOT NULL,
  last {{.int}} NOT NULL,
  entries {{.int}} NOT NULL,
  voided {{.int}} NOT NULL,
  digest TEXT NOT NULL,
  at {{.time}} NOT NULL,
  by TEXT NOT NULL,
  by_name TEXT NOT NULL,
  proof TEXT NOT NULL,
  UNIQUE (unit, kind, year, practice)
);
--bun:split
CREATE TABLE register_entry (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  year {{.int}} NOT NULL,
  practice BOOLEAN NOT NULL,
  volume {{.int}} NOT NULL,
  number {{.int}} NOT NULL CHECK (number >= 1),
  dossier TEXT NOT NULL REFERENCES dossier (id),
  day TEXT NOT NULL,
  subject TEXT NOT NULL,
  content {{.json}} NOT NULL,
  hash TEXT NOT NULL,
  at {{.time}} NOT NULL,
  officer TEXT NOT NULL,
  officer_name TEXT NOT NULL,
  proof TEXT NOT NULL,
  UNIQUE (unit, kind, year, practice, number)
);
--bun:split
CREATE INDEX register_entry_dossier ON register_entry (dossier, id);
--bun:split
CREATE INDEX register_entry_newest ON register_entry (unit, practice, id);
--bun:split
CREATE INDEX register_entry_all ON register_entry (practice, id);
--bun:split
CREATE INDEX register_entry_day ON register_entry (unit, practice, day, id);
--bun:split
CREATE INDEX register_entry_number ON register_entry (year, number, practice);
--bun:split
CREATE TABLE register_party (
  entry TEXT NOT NULL REFERENCES register_entry (id),
  position {{.int}} NOT NULL,
  role TEXT NOT NULL,
  unit TEXT NOT NULL,
  practice BOOLEAN NOT NULL,
  name TEXT NOT NULL,
  fold TEXT NOT NULL,
  born TEXT NOT NULL,
  pid TEXT NOT NULL,
  PRIMARY KEY (entry, position)
);
--bun:split
CREATE INDEX register_party_fold ON register_party (fold, entry);
--bun:split
CREATE INDEX register_party_pid ON register_party (pid) WHERE pid <> '';
--bun:split
CREATE TABLE register_key (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  practice BOOLEAN NOT NULL,
  entry TEXT NOT NULL REFERENCES register_entry (id),
  released_at {{.time}}
);
--bun:split
CREATE UNIQUE INDEX register_key_once ON register_key (kind, value, practice) WHERE released_at IS NULL;
--bun:split
CREATE INDEX register_key_entry ON register_key (entry);
--bun:split
CREATE TABLE register_void (
  entry TEXT PRIMARY KEY REFERENCES register_entry (id),
  reason TEXT NOT NULL,
  at {{.time}} NOT NULL,
  by TEXT NOT NULL,
  by_name TEXT NOT NULL
);
--bun:split
CREATE TABLE register_fact (
  id TEXT PRIMARY KEY,
  entry TEXT NOT NULL REFERENCES register_entry (id),
  seq {{.int}} NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('correction', 'annulment')),
  decision_no TEXT NOT NULL CHECK (decision_no <> ''),
  decision_day TEXT NOT NULL,
  changes {{.json}} NOT NULL,
  reason TEXT NOT NULL,
  hash TEXT NOT NULL,
  at {{.time}} NOT NULL,
  by TEXT NOT NULL,
  by_name TEXT NOT NULL,
  proof TEXT NOT NULL,
  UNIQUE (entry, seq)
);
--bun:split
CREATE UNIQUE INDEX register_fact_annulled ON register_fact (entry) WHERE kind = 'annulment';
--bun:split
CREATE TABLE register_proposal (
  id TEXT PRIMARY KEY,
  entry TEXT NOT NULL REFERENCES register_entry (id),
  unit TEXT NOT NULL,
  page TEXT NOT NULL,
  changes {{.json}} NOT NULL,
  note TEXT NOT NULL,
  state TEXT NOT NULL,
  at {{.time}} NOT NULL,
  by TEXT NOT NULL,
  by_name TEXT NOT NULL,
  decided_at {{.time}},
  decided_by TEXT NOT NULL,
  decided_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  fact TEXT NOT NULL,
  ver {{.int}} NOT NULL
);
--bun:split
CREATE INDEX register_proposal_entry ON register_proposal (entry, id);
--bun:split
CREATE INDEX register_proposal_open ON register_proposal (unit, id) WHERE state = 'open';
--bun:split
CREATE TABLE person_lock (
  id TEXT PRIMARY KEY,
  pid TEXT NOT NULL,
  name TEXT NOT NULL,
  fold TEXT NOT NULL,
  born TEXT NOT NULL,
  practice BOOLEAN NOT NULL,
  entry TEXT NOT NULL REFERENCES register_entry (id),
  locked_at {{.time}} NOT NULL,
  unlocked_at {{.time}},
  unlocked_by TEXT NOT NULL
);
--bun:split
CREATE UNIQUE INDEX person_lock_pid ON person_lock (pid, practice) WHERE unlocked_at IS NULL AND pid <> '';
--bun:split
CREATE INDEX person_lock_entry ON person_lock (entry);
--bun:split
CREATE TABLE dossier_signature (
  id TEXT PRIMARY KEY,
  dossier TEXT NOT NULL REFERENCES dossier (id),
  entry TEXT NOT NULL,
  unit TEXT NOT NULL,
  practice BOOLEAN NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('signed', 'refused')),
  content {{.json}} NOT NULL,
  hash TEXT NOT NULL,
  reason TEXT NOT NULL,
  at {{.time}} NOT NULL,
  day TEXT NOT NULL,
  signer TEXT NOT NULL,
  signer_name TEXT NOT NULL,
  post TEXT NOT NULL,
  proof TEXT NOT NULL CHECK (proof <> '')
);
--bun:split
CREATE INDEX dossier_signature_dossier ON dossier_signature (dossier, id);
--bun:split
CREATE UNIQUE INDEX dossier_signature_once ON dossier_signature (dossier) WHERE decision = 'signed';
--bun:split
CREATE TABLE dossier_to_sign (
  dossier TEXT PRIMARY KEY REFERENCES dossier (id),
  unit TEXT NOT NULL,
  practice BOOLEAN NOT NULL,
  since {{.time}} NOT NULL
);
--bun:split
CREATE INDEX dossier_to_sign_unit ON dossier_to_sign (unit, practice, since, dossier);
--bun:split
CREATE INDEX dossier_to_sign_all ON dossier_to_sign (practice, since, dossier);
--bun:split
{{if .sqlite}}
CREATE TRIGGER register_entry_next BEFORE INSERT ON register_entry
WHEN NEW.number <> 1 + COALESCE((SELECT MAX(e.number) FROM register_entry e WHERE e.unit = NEW.unit AND e.kind = NEW.kind AND e.year = NEW.year AND e.practice = NEW.practice),
  (SELECT s.before FROM register_series s WHERE s.unit = NEW.unit AND s.kind = NEW.kind AND s.year = NEW.year AND s.practice = NEW.practice), 0)
BEGIN SELECT RAISE(ABORT, 'a register has no gaps'); END;
--bun:split
CREATE TRIGGER register_entry_open BEFORE INSERT ON register_entry
WHEN EXISTS (SELECT 1 FROM register_lock l WHERE l.unit = NEW.unit AND l.kind = NEW.kind AND l.year = NEW.year AND l.practice = NEW.practice)
BEGIN SELECT RAISE(ABORT, 'the year of this register is locked'); END;
--bun:split
CREATE TRIGGER register_party_stranger BEFORE INSERT ON register_party
WHEN EXISTS (SELECT 1 FROM register_entry e JOIN account_relative r ON r.account = e.officer WHERE e.id = NEW.entry
  AND (r.pid <> '' AND r.pid = NEW.pid OR r.born <> '' AND r.born = NEW.born AND r.fold = NEW.fold))
BEGIN SELECT RAISE(ABORT, 'nobody registers for himself or a relative'); END;
--bun:split
CREATE TRIGGER dossier_signature_stranger BEFORE INSERT ON dossier_signature
WHEN NEW.decision = 'signed' AND EXISTS (SELECT 1 FROM register_party p JOIN account_relative r ON r.account = NEW.signer WHERE p.entry = NEW.entry
  AND (r.pid <> '' AND r.pid = p.pid OR r.born <> '' AND r.born = p.born AND r.fold = p.fold))
BEGIN SELECT RAISE(ABORT, 'nobody signs for himself or a relative'); END;
--bun:split
CREATE TRIGGER dossier_signature_authority BEFORE INSERT ON dossier_signature
WHEN NOT EXISTS (SELECT 1 FROM account_role r WHERE r.id = NEW.post AND r.account = NEW.signer AND r.role = 'signing_leader' AND r.from_date <= NEW.day AND (r.until_date = '' OR r.until_date > NEW.day))
BEGIN SELECT RAISE(ABORT, 'nobody signs without authority'); END;
--bun:split
CREATE TRIGGER register_entry_kept BEFORE DELETE ON register_entry BEGIN SELECT RAISE(ABORT, 'a register is never changed'); END;
--bun:split
CREATE TRIGGER register_entry_fixed BEFORE UPDATE ON register_entry BEGIN SELECT RAISE(ABORT, 'a register is never changed'); END;
--bun:split
CREATE TRIGGER register_party_kept BEFORE DELETE ON register_party BEGIN SELECT RAISE(ABORT, 'a register is never changed'); END;
--bun:split
CREATE TRIGGER register_party_fixed BEFORE UPDATE ON register_party BEGIN SELECT RAISE(ABORT, 'a register is never changed'); END;
--bun:split
CREATE TRIGGER register_void_kept BEFORE DELETE ON register_void BEGIN SELECT RAISE(ABORT, 'a register is never changed'); END;
--bun:split
CREATE TRIGGER register_void_fixed BEFORE UPDATE ON register_void BEGIN SELECT RAISE(ABORT, 'a register is never changed'); END;
--bun:split
CREATE TRIGGER register_fact_kept BEFORE DELETE ON register_fact BEGIN SELECT RAISE(ABORT, 'a register is never changed'); END;
--bun:split
CREATE TRIGGER register_fact_fixed BEFORE UPDATE ON register_fact BEGIN SELECT RAISE(ABORT, 'a register is never changed'); END;
--bun:split
CREATE TRIGGER register_lock_kept BEFORE DELETE ON register_lock BEGIN SELECT RAISE(ABORT, 'a register is never changed'); END;
--bun:split
CREATE TRIGGER register_lock_fixed BEFORE UPDATE ON register_lock BEGIN SELECT RAISE(ABORT, 'a register is never changed'); END;
--bun:split
CREATE TRIGGER dossier_signature_kept BEFORE DELETE ON dossier_signature BEGIN SELECT RAISE(ABORT, 'a signature is never changed'); END;
--bun:split
CREATE TRIGGER dossier_signature_fixed BEFORE UPDATE ON dossier_signature BEGIN SELECT RAISE(ABORT, 'a signature is never changed'); END;
--bun:split
CREATE TRIGGER person_lock_kept BEFORE DELETE ON person_lock BEGIN SELECT RAISE(ABORT, 'a lock is ended by an annulment only'); END;
--bun:split
CREATE TRIGGER person_lock_ended BEFORE UPDATE ON person_lock
WHEN NOT EXISTS (SELECT 1 FROM register_fact f WHERE f.id = NEW.unlocked_by AND f.entry = NEW.entry AND f.kind = 'annulment')
BEGIN SELECT RAISE(ABORT, 'a lock is ended by an annulment only'); END;
{{else}}
CREATE FUNCTION register_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a register is never changed';
END $$;
--bun:split
CREATE FUNCTION register_entry_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.number <> 1 + COALESCE((SELECT MAX(e.number) FROM register_entry e WHERE e.unit = NEW.unit AND e.kind = NEW.kind AND e.year = NEW.year AND e.practice = NEW.practice),
    (SELECT s.before FROM register_series s WHERE s.unit = NEW.unit AND s.kind = NEW.kind AND s.year = NEW.year AND s.practice = NEW.practice), 0) THEN
    RAISE EXCEPTION 'a register has no gaps';
  END IF;
  IF EXISTS (SELECT 1 FROM register_lock l WHERE l.unit = NEW.unit AND l.kind = NEW.kind AND l.year = NEW.year AND l.practice = NEW.practice) THEN
    RAISE EXCEPTION 'the year of this register is locked';
  END IF;
  RETURN NEW;
END $$;
--bun:split
CREATE FUNCTION register_party_stranger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM register_entry e JOIN account_relative r ON r.account = e.officer WHERE e.id = NEW.entry
    AND (r.pid <> '' AND r.pid = NEW.pid OR r.born <> '' AND r.born = NEW.born AND r.fold = NEW.fold)) THEN
    RAISE EXCEPTION 'nobody registers for himself or a relative';
  END IF;
  RETURN NEW;
END $$;
--bun:split
CREATE FUNCTION dossier_signature_rightful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.decision = 'signed' AND EXISTS (SELECT 1 FROM register_party p JOIN account_relative r ON r.account = NEW.signer WHERE p.entry = NEW.entry
    AND (r.pid <> '' AND r.pid = p.pid OR r.born <> '' AND r.born = p.born AND r.fold = p.fold)) THEN
    RAISE EXCEPTION 'nobody signs for himself or a relative';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM account_role r WHERE r.id = NEW.post AND r.account = NEW.signer AND r.role = 'signing_leader' AND r.from_date <= NEW.day AND (r.until_date = '' OR r.until_date > NEW.day)) THEN
    RAISE EXCEPTION 'nobody signs without authority';
  END IF;
  RETURN NEW;
END $$;
--bun:split
CREATE FUNCTION person_lock_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM register_fact f WHERE f.id = NEW.unlocked_by AND f.entry = NEW.entry AND f.kind = 'annulment') THEN
    RAISE EXCEPTION 'a lock is ended by an annulment only';
  END IF;
  RETURN NEW;
END $$;
--bun:split
CREATE TRIGGER register_entry_next BEFORE INSERT ON register_entry FOR EACH ROW EXECUTE FUNCTION register_entry_next();
--bun:split
CREATE TRIGGER register_party_stranger BEFORE INSERT ON register_party FOR EACH ROW EXECUTE FUNCTION register_party_stranger();
--bun:split
CREATE TRIGGER dossier_signature_rightful BEFORE INSERT ON dossier_signature FOR EACH ROW EXECUTE FUNCTION dossier_signature_rightful();
--bun:split
CREATE TRIGGER register_entry_kept BEFORE UPDATE OR DELETE ON register_entry FOR EACH ROW EXECUTE FUNCTION register_kept();
--bun:split
CREATE TRIGGER register_party_kept BEFORE UPDATE OR DELETE ON register_party FOR EACH ROW EXECUTE FUNCTION register_kept();
--bun:split
CREATE TRIGGER register_void_kept BEFORE UPDATE OR DELETE ON register_void FOR EACH ROW EXECUTE FUNCTION register_kept();
--bun:split
CREATE TRIGGER register_fact_kept BEFORE UPDATE OR DELETE ON register_fact FOR EACH ROW EXECUTE FUNCTION register_kept();
--bun:split
CREATE TRIGGER register_lock_kept BEFORE UPDATE OR DELETE ON register_lock FOR EACH ROW EXECUTE FUNCTION register_kept();
--bun:split
CREATE TRIGGER dossier_signature_kept BEFORE UPDATE OR DELETE ON dossier_signature FOR EACH ROW EXECUTE FUNCTION register_kept();
--bun:split
CREATE TRIGGER person_lock_kept BEFORE DELETE ON person_lock FOR EACH ROW EXECUTE FUNCTION register_kept();
--bun:split
CREATE TRIGGER person_lock_ended BEFORE UPDATE ON person_lock FOR EACH ROW EXECUTE FUNCTION person_lock_ended();
{{end}}
