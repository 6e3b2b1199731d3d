CREATE INDEX rollout_phase_unit_now ON rollout_phase_unit (unit) WHERE until_day = '';
