CREATE TABLE desk_vendor (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  mail TEXT NOT NULL,
  phone TEXT NOT NULL,
  contract TEXT NOT NULL,
  calendar TEXT NOT NULL,
  answer_minutes {{.int}} NOT NULL,
  fix_minutes_1 {{.int}} NOT NULL,
  fix_minutes_2 {{.int}} NOT NULL,
  fix_minutes_3 {{.int}} NOT NULL,
  fix_minutes_4 {{.int}} NOT NULL,
  active BOOLEAN NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE desk_vendor_case (
  id TEXT PRIMARY KEY,
  ticket TEXT NOT NULL REFERENCES ticket (id),
  unit TEXT NOT NULL,
  vendor TEXT NOT NULL REFERENCES desk_vendor (id),
  month TEXT NOT NULL,
  priority {{.int}} NOT NULL,
  handed_at {{.time}} NOT NULL,
  handed_by TEXT NOT NULL,
  reference TEXT NOT NULL,
  answer_clock TEXT NOT NULL,
  fix_clock TEXT NOT NULL,
  answer_due {{.time}},
  fix_due {{.time}},
  answered_at {{.time}},
  ended_at {{.time}},
  outcome TEXT NOT NULL,
  worked {{.int}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX desk_vendor_case_ticket ON desk_vendor_case (ticket, id);
--bun:split
CREATE INDEX desk_vendor_case_month ON desk_vendor_case (month, vendor, id);
--bun:split
CREATE INDEX desk_vendor_case_vendor ON desk_vendor_case (vendor, id);
--bun:split
CREATE TABLE desk_visit (
  id TEXT PRIMARY KEY,
  ticket TEXT NOT NULL REFERENCES ticket (id),
  unit TEXT NOT NULL,
  technician TEXT NOT NULL,
  day TEXT NOT NULL,
  position {{.int}} NOT NULL,
  state TEXT NOT NULL,
  planned_by TEXT NOT NULL,
  left_at {{.time}},
  arrived_at {{.time}},
  ended_at {{.time}},
  found TEXT NOT NULL,
  did TEXT NOT NULL,
  signer TEXT NOT NULL,
  signer_post TEXT NOT NULL,
  hash TEXT NOT NULL,
  reason TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX desk_visit_route ON desk_visit (day, technician, position, id);
--bun:split
CREATE INDEX desk_visit_ticket ON desk_visit (ticket, id);
--bun:split
CREATE TABLE desk_visit_part (
  visit TEXT NOT NULL REFERENCES desk_visit (id),
  position {{.int}} NOT NULL,
  name TEXT NOT NULL,
  serial TEXT NOT NULL,
  quantity {{.int}} NOT NULL,
  PRIMARY KEY (visit, position)
);
--bun:split
CREATE TABLE desk_remote (
  id TEXT PRIMARY KEY,
  ticket TEXT NOT NULL REFERENCES ticket (id),
  unit TEXT NOT NULL,
  tool TEXT NOT NULL,
  reference TEXT NOT NULL,
  agreed TEXT NOT NULL,
  minutes {{.int}} NOT NULL,
  at {{.time}} NOT NULL,
  by TEXT NOT NULL,
  note TEXT NOT NULL
);
--bun:split
CREATE INDEX desk_remote_ticket ON desk_remote (ticket, id);
