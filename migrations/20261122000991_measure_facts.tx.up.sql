CREATE INDEX dossier_submitted_at ON dossier (submitted_at) WHERE NOT practice;
--bun:split
CREATE INDEX dossier_accepted_at ON dossier (accepted_at) WHERE NOT practice AND accepted_at IS NOT NULL;
--bun:split
CREATE INDEX dossier_finished_at ON dossier (finished_at) WHERE NOT practice AND finished_at IS NOT NULL;
--bun:split
CREATE INDEX dossier_broken_off ON dossier (changed_at) WHERE NOT practice AND status IN (7, 8);
--bun:split
CREATE INDEX ticket_opened_at ON ticket (opened_at, unit, service);
--bun:split
CREATE INDEX ticket_resolved_at ON ticket (resolved_at, unit, resolve_due) WHERE resolved_at IS NOT NULL;
