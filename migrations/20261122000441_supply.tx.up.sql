CREATE TABLE supply_request (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  unit TEXT NOT NULL,
  own BOOLEAN NOT NULL,
  note TEXT NOT NULL,
  state TEXT NOT NULL,
  open BOOLEAN NOT NULL,
  asked_total {{.int}} NOT NULL,
  approved_total {{.int}} NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  decided_by TEXT NOT NULL,
  decided_name TEXT NOT NULL,
  decided_at {{.time}},
  reason TEXT NOT NULL,
  owner TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  clock TEXT NOT NULL,
  due_at {{.time}},
  moved_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX supply_request_unit ON supply_request (unit, id);
--bun:split
CREATE INDEX supply_request_state ON supply_request (state, id);
--bun:split
CREATE INDEX supply_request_due ON supply_request (due_at, id) WHERE open;
--bun:split
CREATE INDEX supply_request_clock ON supply_request (clock);
--bun:split
CREATE TABLE supply_line (
  id TEXT PRIMARY KEY,
  request TEXT NOT NULL REFERENCES supply_request (id),
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  remedy TEXT NOT NULL,
  spec TEXT NOT NULL,
  gap TEXT NOT NULL REFERENCES gap (id),
  live BOOLEAN NOT NULL,
  asked {{.int}} NOT NULL,
  asked_price {{.int}} NOT NULL,
  approved {{.int}} NOT NULL,
  approved_price {{.int}} NOT NULL,
  allocated {{.int}} NOT NULL,
  received {{.int}} NOT NULL,
  seen {{.int}} NOT NULL,
  CHECK (approved <= asked AND allocated <= approved AND received <= allocated AND seen <= received)
);
--bun:split
CREATE INDEX supply_line_request ON supply_line (request, unit, id);
--bun:split
CREATE UNIQUE INDEX supply_line_gap ON supply_line (gap) WHERE live;
--bun:split
CREATE INDEX supply_line_gaps ON supply_line (gap, id);
--bun:split
CREATE INDEX supply_line_open ON supply_line (unit, id) WHERE live;
--bun:split
CREATE TABLE supply_delivery (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  request TEXT NOT NULL REFERENCES supply_request (id),
  from_unit TEXT NOT NULL,
  unit TEXT NOT NULL,
  state TEXT NOT NULL,
  open BOOLEAN NOT NULL,
  supplier TEXT NOT NULL,
  contract TEXT NOT NULL,
  giver TEXT NOT NULL,
  giver_post TEXT NOT NULL,
  sent_at {{.time}},
  pin TEXT NOT NULL,
  tries {{.int}} NOT NULL,
  signed_at {{.time}},
  signed_by TEXT NOT NULL,
  signer TEXT NOT NULL,
  signer_post TEXT NOT NULL,
  way TEXT NOT NULL,
  hash TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  owner TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  clock TEXT NOT NULL,
  due_at {{.time}},
  moved_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX supply_delivery_unit ON supply_delivery (unit, id);
--bun:split
CREATE INDEX supply_delivery_from ON supply_delivery (from_unit, id);
--bun:split
CREATE INDEX supply_delivery_state ON supply_delivery (state, id);
--bun:split
CREATE INDEX supply_delivery_request ON supply_delivery (request, id);
--bun:split
CREATE INDEX supply_delivery_due ON supply_delivery (due_at, id) WHERE open;
--bun:split
CREATE INDEX supply_delivery_clock ON supply_delivery (clock);
--bun:split
CREATE TABLE supply_item (
  id TEXT PRIMARY KEY,
  delivery TEXT NOT NULL REFERENCES supply_delivery (id),
  line TEXT NOT NULL REFERENCES supply_line (id),
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  serial TEXT NOT NULL,
  asset TEXT NOT NULL,
  code TEXT NOT NULL,
  price {{.int}} NOT NULL,
  held BOOLEAN NOT NULL,
  seen_at {{.time}}
);
--bun:split
CREATE INDEX supply_item_delivery ON supply_item (delivery, id);
--bun:split
CREATE INDEX supply_item_line ON supply_item (line, id);
--bun:split
CREATE UNIQUE INDEX supply_item_asset ON supply_item (asset) WHERE held AND asset <> '';
