CREATE INDEX ticket_unit_service ON ticket (unit, service, opened_at);
--bun:split
CREATE TABLE desk_proposal (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  unit TEXT NOT NULL,
  subject TEXT NOT NULL,
  tickets {{.json}} NOT NULL,
  at {{.time}} NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at {{.time}},
  outcome TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX desk_proposal_state ON desk_proposal (state, id);
--bun:split
CREATE INDEX desk_proposal_subject ON desk_proposal (kind, subject, unit, id);
--bun:split
CREATE UNIQUE INDEX desk_proposal_open ON desk_proposal (kind, subject, unit) WHERE state = 'proposed';
--bun:split
CREATE TABLE desk_signal_rule (
  kind TEXT PRIMARY KEY,
  active BOOLEAN NOT NULL,
  service TEXT NOT NULL,
  impact {{.int}} NOT NULL,
  urgency {{.int}} NOT NULL,
  changed_by TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE desk_signal (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  unit TEXT NOT NULL,
  ticket TEXT NOT NULL,
  since {{.time}} NOT NULL,
  ended_at {{.time}},
  muted_until {{.time}},
  PRIMARY KEY (kind, subject)
);
--bun:split
CREATE INDEX desk_signal_ticket ON desk_signal (ticket);
