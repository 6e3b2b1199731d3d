CREATE TABLE training_person (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  audience TEXT NOT NULL,
  name TEXT NOT NULL,
  name_fold TEXT NOT NULL,
  code TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  born TEXT NOT NULL,
  source TEXT NOT NULL,
  left_on TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE UNIQUE INDEX training_person_who ON training_person (unit, audience, name_fold) WHERE left_on = '';
--bun:split
CREATE UNIQUE INDEX training_person_code ON training_person (code) WHERE code <> '' AND left_on = '';
--bun:split
CREATE TABLE training_course (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  title_en TEXT NOT NULL,
  level TEXT NOT NULL,
  audiences TEXT NOT NULL,
  hours {{.int}} NOT NULL,
  pass_mark {{.int}} NOT NULL,
  tries {{.int}} NOT NULL,
  counts BOOLEAN NOT NULL,
  questions {{.json}} NOT NULL,
  open BOOLEAN NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE TABLE training_class (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  course TEXT NOT NULL REFERENCES training_course (id),
  unit TEXT NOT NULL,
  day TEXT NOT NULL,
  starts_at {{.time}} NOT NULL,
  ends_at {{.time}} NOT NULL,
  closes_at {{.time}} NOT NULL,
  room TEXT NOT NULL,
  room_fold TEXT NOT NULL,
  trainer TEXT NOT NULL,
  trainer_name TEXT NOT NULL,
  capacity {{.int}} NOT NULL,
  taken {{.int}} NOT NULL,
  waiting {{.int}} NOT NULL,
  attended {{.int}} NOT NULL,
  state TEXT NOT NULL,
  makeup BOOLEAN NOT NULL,
  reminded BOOLEAN NOT NULL,
  note TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at {{.time}} NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX training_class_day ON training_class (day, id);
--bun:split
CREATE INDEX training_class_trainer ON training_class (trainer, day);
--bun:split
CREATE INDEX training_class_remind ON training_class (starts_at) WHERE state = 'open' AND NOT reminded;
--bun:split
CREATE TABLE training_day (
  day TEXT PRIMARY KEY,
  changes {{.int}} NOT NULL
);
--bun:split
CREATE TABLE training_seat (
  id TEXT PRIMARY KEY,
  class TEXT NOT NULL REFERENCES training_class (id),
  person TEXT NOT NULL REFERENCES training_person (id),
  course TEXT NOT NULL,
  unit TEXT NOT NULL,
  audience TEXT NOT NULL,
  state TEXT NOT NULL,
  walk_in BOOLEAN NOT NULL,
  how TEXT NOT NULL,
  reason TEXT NOT NULL,
  arrived_at {{.time}},
  recorded_by TEXT NOT NULL,
  recorder TEXT NOT NULL,
  result TEXT NOT NULL,
  tries {{.int}} NOT NULL,
  score {{.int}} NOT NULL,
  done_at {{.time}},
  version {{.int}} NOT NULL,
  UNIQUE (class, person)
);
--bun:split
CREATE INDEX training_seat_person ON training_seat (person, id);
--bun:split
CREATE INDEX training_seat_unit ON training_seat (unit, id);
--bun:split
CREATE INDEX training_seat_absent ON training_seat (unit, id) WHERE state = 'absent';
--bun:split
CREATE INDEX training_seat_failed ON training_seat (unit, id) WHERE result = 'failed';
--bun:split
CREATE TABLE training_try (
  id TEXT PRIMARY KEY,
  seat TEXT NOT NULL REFERENCES training_seat (id),
  n {{.int}} NOT NULL,
  answers {{.json}} NOT NULL,
  score {{.int}} NOT NULL,
  passed BOOLEAN NOT NULL,
  at {{.time}} NOT NULL,
  UNIQUE (seat, n)
);
--bun:split
CREATE TABLE training_feedback (
  seat TEXT PRIMARY KEY REFERENCES training_seat (id),
  class TEXT NOT NULL,
  score {{.int}} NOT NULL,
  remark TEXT NOT NULL,
  at {{.time}} NOT NULL
);
--bun:split
CREATE INDEX training_feedback_class ON training_feedback (class);
--bun:split
CREATE TABLE training_certificate (
  code TEXT PRIMARY KEY,
  seat TEXT NOT NULL UNIQUE REFERENCES training_seat (id),
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  place TEXT NOT NULL,
  title TEXT NOT NULL,
  title_en TEXT NOT NULL,
  day TEXT NOT NULL,
  hours {{.int}} NOT NULL,
  issued_at {{.time}} NOT NULL,
  revoked_at {{.time}},
  reason TEXT NOT NULL
);
--bun:split
CREATE TABLE training_proposal (
  id TEXT PRIMARY KEY,
  unit TEXT NOT NULL,
  account TEXT NOT NULL,
  person TEXT NOT NULL,
  tickets {{.int}} NOT NULL,
  at {{.time}} NOT NULL,
  state TEXT NOT NULL,
  class TEXT NOT NULL,
  version {{.int}} NOT NULL
);
--bun:split
CREATE INDEX training_proposal_open ON training_proposal (unit, id) WHERE state = 'open';
--bun:split
CREATE TABLE training_knock (
  key TEXT PRIMARY KEY,
  fails {{.int}} NOT NULL,
  since {{.time}} NOT NULL
);
