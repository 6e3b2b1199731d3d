CREATE INDEX figure_day ON figure (name, day) WHERE day <> '';
