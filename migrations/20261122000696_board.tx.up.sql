DELETE FROM figure WHERE name = 'helpdesk.tickets' AND dim NOT IN ('work', 'hold', 'asleep', 'done');
