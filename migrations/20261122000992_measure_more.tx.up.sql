CREATE INDEX gap_reported_at ON gap (reported_at, unit);
--bun:split
CREATE INDEX gap_ended_at ON gap (moved_at, unit) WHERE NOT open;
--bun:split
CREATE INDEX desk_survey_answered_at ON desk_survey (answered_at, unit, score) WHERE answered_at IS NOT NULL;
--bun:split
CREATE INDEX exchange_message_sent_at ON exchange_message (sent_at, unit) WHERE sent_at IS NOT NULL;
--bun:split
CREATE INDEX exchange_message_result_at ON exchange_message (result_at, unit) WHERE result_at IS NOT NULL;
--bun:split
CREATE INDEX exchange_message_waits ON exchange_message (unit, sent_at) WHERE state = 'sent' AND expects = 3 AND result_at IS NULL;
