-- Owners looked up with 1,000 rules.  Needs :rounds.

SET jit = off;
SET max_parallel_workers_per_gather = 0;

INSERT INTO cx.team (team) SELECT 'team ' || n FROM generate_series(1, 50) n;
INSERT INTO cx.channel (channel, assisted) SELECT 'channel ' || n, n % 2 = 0 FROM generate_series(1, 6) n;
-- areas of 10 rules each, half of the rules with a channel, a segment, a territory or a time
INSERT INTO cx.ownership_rule (touchpoint, channel, segment, territory, team, valid)
SELECT CASE n % 10 WHEN 0 THEN 'area' || n / 10 || '.**' WHEN 1 THEN '**.step' || n / 10 WHEN 2 THEN 'area' || n / 10 || '.*.step' || n % 7 WHEN 3 THEN 'area' || n / 10 || '.topic' || n % 11 || '.*'
		ELSE 'area' || n / 10 || '.topic' || n % 10 || '.step' || n % 13 END,
	CASE WHEN n % 4 = 0 THEN 'channel ' || 1 + n % 6 END, CASE WHEN n % 9 = 0 THEN 'segment ' || n % 3 END, CASE WHEN n % 8 = 1 THEN 'de.region' || n % 5 END,
	'team ' || 1 + n % 50, tstzrange(CASE WHEN n % 3 = 0 THEN '2025-01-01Z'::timestamptz + n * interval '1 hour' END, NULL)
FROM generate_series(1, 999) n
UNION ALL SELECT '**', NULL, NULL, NULL, 'team 1', '(,)';
CREATE TABLE bench.question AS
SELECT 'area' || n % 110 || '.topic' || n / 110 % 12 || '.step' || n / 1320 % 15 AS touchpoint, '2025-01-10Z'::timestamptz + n % 100003 * interval '37 seconds' AS at,
	'channel ' || 1 + n % 7 AS channel, 'segment ' || n % 4 AS segment, 'de.region' || n % 6 || '.city' || n % 10 AS territory
FROM generate_series(1, 1000000) n;
VACUUM ANALYZE bench.question;

CALL bench.race('owners', :rounds, 'Aggregate', false,
	'owner_of, touchpoint and time', 'SELECT count(cx.owner_of(touchpoint, at))::text FROM bench.question',
	'owner_of, all arguments', 'SELECT count(cx.owner_of(touchpoint, at, channel, segment, territory))::text FROM bench.question',
	'reading', 'SELECT (count(touchpoint) + count(at) + count(channel) + count(segment) + count(territory))::text FROM bench.question');

INSERT INTO bench.ratio (what, ratio, must)
SELECT 'owners: million look-ups a second, 1000 rules, touchpoint and time', 1000 / bench.ms('owners', 'owner_of, touchpoint and time'), '>= 1'
UNION ALL
SELECT 'owners: million look-ups a second, 1000 rules, all arguments', 1000 / bench.ms('owners', 'owner_of, all arguments'), '>= 1';
