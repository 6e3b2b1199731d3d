CREATE TABLE desk_view (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  share TEXT NOT NULL,
  owner TEXT NOT NULL,
  grp TEXT NOT NULL,
  conditions {{.json}} NOT NULL,
  changed_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX desk_view_owner ON desk_view (owner);
--bun:split
CREATE INDEX desk_view_share ON desk_view (share, grp);
--bun:split
CREATE INDEX ticket_open ON ticket (sort_at, seq, phase, unit, grp, owner, service, priority, state, source, snoozed_until) WHERE phase <> 'done';
--bun:split
CREATE INDEX ticket_open_owner ON ticket (owner, sort_at, seq, phase, unit) WHERE phase <> 'done';
--bun:split
CREATE INDEX ticket_open_unit ON ticket (unit, sort_at, seq, phase) WHERE phase <> 'done';
--bun:split
CREATE INDEX ticket_open_group ON ticket (grp, sort_at, seq, phase, unit, owner, priority) WHERE phase <> 'done';
--bun:split
CREATE INDEX ticket_open_service ON ticket (service, sort_at, seq, phase, unit, grp, owner) WHERE phase <> 'done';
--bun:split
CREATE INDEX ticket_open_priority ON ticket (priority, sort_at, seq, phase, unit, grp, owner, service) WHERE phase <> 'done';
--bun:split
CREATE INDEX ticket_open_seq ON ticket (seq, phase, unit, grp, owner) WHERE phase <> 'done';
--bun:split
CREATE INDEX ticket_phase_seq ON ticket (phase, seq, unit);
