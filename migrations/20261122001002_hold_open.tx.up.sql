CREATE INDEX rollout_hold_open ON rollout_hold (id) WHERE state = 'proposed';
