CREATE TABLE ticket (
  seq {{.serial}},
  id TEXT NOT NULL UNIQUE,
  year {{.int}} NOT NULL,
  title TEXT NOT NULL,
  unit TEXT NOT NULL,
  requester TEXT NOT NULL,
  service TEXT NOT NULL,
  impact {{.int}} NOT NULL,
  urgency {{.int}} NOT NULL,
  priority {{.int}} NOT NULL,
  state TEXT NOT NULL,
  phase TEXT NOT NULL,
  waits_for TEXT NOT NULL,
  grp TEXT NOT NULL,
  owner TEXT NOT NULL,
  source TEXT NOT NULL,
  opened_at {{.time}} NOT NULL,
  answered_at {{.time}},
  resolved_at {{.time}},
  closed_at {{.time}},
  changed_at {{.time}} NOT NULL,
  answer_clock TEXT NOT NULL,
  resolve_clock TEXT NOT NULL,
  answer_due {{.time}},
  resolve_due {{.time}},
  sort_at {{.time}} NOT NULL,
  messages {{.int}} NOT NULL,
  reopened {{.int}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX ticket_phase ON ticket (phase, sort_at, seq, unit);
--bun:split
CREATE INDEX ticket_owner ON ticket (owner, phase, sort_at, seq);
--bun:split
CREATE INDEX ticket_group ON ticket (grp, phase, sort_at, seq);
--bun:split
CREATE INDEX ticket_unit ON ticket (unit, phase, sort_at, seq);
--bun:split
CREATE INDEX ticket_resolved ON ticket (sort_at) WHERE state = 'resolved';
--bun:split
CREATE INDEX ticket_requester ON ticket (requester, seq);
--bun:split
CREATE TABLE ticket_message (
  id TEXT PRIMARY KEY,
  ticket TEXT NOT NULL REFERENCES ticket (id),
  at {{.time}} NOT NULL,
  author TEXT NOT NULL,
  from_agent BOOLEAN NOT NULL,
  internal BOOLEAN NOT NULL,
  source TEXT NOT NULL,
  body TEXT NOT NULL
);
--bun:split
CREATE INDEX ticket_message_ticket ON ticket_message (ticket, at, id);
--bun:split
CREATE TABLE ticket_step (
  id TEXT PRIMARY KEY,
  ticket TEXT NOT NULL REFERENCES ticket (id),
  at {{.time}} NOT NULL,
  actor TEXT NOT NULL,
  act TEXT NOT NULL,
  state_before TEXT NOT NULL,
  state_after TEXT NOT NULL,
  about TEXT NOT NULL,
  internal BOOLEAN NOT NULL
);
--bun:split
CREATE INDEX ticket_step_ticket ON ticket_step (ticket, at, id);
