-- Sets by state and day (which days are taken, which drafts are open, whether a later one is
-- in force) and in the order in which they came into force: a set carries a long draft, so
-- none is read that is not asked for.
CREATE INDEX succession_set_state ON succession_set (state, day, id);
--bun:split
CREATE INDEX succession_set_order ON succession_set (force_seq);
