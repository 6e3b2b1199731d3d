CREATE INDEX dossier_alike ON dossier (born, version, practice, subject_fold, status, id) WHERE born <> '';
--bun:split
DROP INDEX dossier_born;
--bun:split
CREATE INDEX dossier_found ON dossier (unit, practice, id, subject_fold);
--bun:split
DROP INDEX dossier_name;
--bun:split
DROP INDEX dossier_unit;
