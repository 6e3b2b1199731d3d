CREATE TABLE desk_survey (
  ticket TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  service TEXT NOT NULL,
  requester TEXT NOT NULL,
  way TEXT NOT NULL,
  asked_at {{.time}} NOT NULL,
  answered_at {{.time}},
  score {{.int}} NOT NULL,
  remark TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX desk_survey_requester ON desk_survey (requester, asked_at);
