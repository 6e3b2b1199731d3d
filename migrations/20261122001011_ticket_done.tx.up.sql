{{/* On PostgreSQL the lists of what is open have indexes of their own, whose condition it proves from a phase; rewriting a ticket that is open need not touch those of two years of history. SQLite is told by name which index to walk and keeps them whole. */}}
{{if .sqlite}}
SELECT 1;
{{else}}
DROP INDEX ticket_phase;
--bun:split
CREATE INDEX ticket_phase ON ticket (phase, sort_at, seq, unit) WHERE phase = 'done';
--bun:split
DROP INDEX ticket_owner;
--bun:split
CREATE INDEX ticket_owner ON ticket (owner, phase, sort_at, seq) WHERE phase = 'done';
--bun:split
DROP INDEX ticket_group;
--bun:split
CREATE INDEX ticket_group ON ticket (grp, phase, sort_at, seq) WHERE phase = 'done';
--bun:split
DROP INDEX ticket_unit;
--bun:split
CREATE INDEX ticket_unit ON ticket (unit, phase, sort_at, seq) WHERE phase = 'done';
--bun:split
DROP INDEX ticket_unfinished;
{{end}}
