CREATE INDEX exchange_message_overdue ON exchange_message (partner, expect_by) WHERE expect_by IS NOT NULL;
--bun:split
CREATE INDEX exchange_message_partner_state ON exchange_message (partner, state, id);
--bun:split
CREATE INDEX exchange_message_unit ON exchange_message (unit, id);
--bun:split
CREATE INDEX exchange_message_batch ON exchange_message (partner, batch) WHERE batch <> '';
