CREATE INDEX service_coverage_newest ON service_coverage (as_of, seq);
