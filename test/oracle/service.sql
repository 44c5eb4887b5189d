--
-- Service levels, resolution, containment, waits, contact pressure and control charts against plain SQL over rows.
--
\ir lib/begin.sql
SET search_path = public, cx;

-- Contacts: answered, abandoned or open, with waits on and beside the limits, none, and impossible ones.
CREATE TABLE contact AS SELECT g AS id, oracle.dice(g, :seed, 'team', 5) AS team, oracle.dice(g, :seed, 'day', 11) AS day,
	(ARRAY[NULL, -1, 'NaN', 'Infinity', 0, 5, 5.000001, 20, 20.000001, 19.999999])[CASE WHEN oracle.dice(g, :seed, 'edge', 4) = 0 THEN 1 + oracle.dice(g, :seed, 'which', 10) END]::float8 AS edge,
	oracle.dice(g, :seed, 'edge', 4) = 0 AS special, oracle.dice(g, :seed, 'wait', 400000000) / 1e6 AS random_wait,
	(ARRAY[true, true, true, false, NULL])[1 + oracle.dice(g, :seed, 'answered', 5)] AS answered,
	CASE oracle.dice(g, :seed, 'handled', 10) WHEN 0 THEN NULL WHEN 1 THEN 0 ELSE oracle.dice(g, :seed, 'handle', 3000000000) / 1e6 END AS handle
FROM generate_series(1, 20000 * :scale) g;
ALTER TABLE contact ADD wait float8;
UPDATE contact SET wait = CASE WHEN special THEN edge ELSE random_wait END;
CREATE TABLE fact AS SELECT *, wait < 0 OR wait = 'NaN' OR wait = 'Infinity' IS TRUE AS wrong FROM contact WHERE wait IS NOT NULL OR answered IS NOT NULL;
UPDATE fact SET wrong = coalesce(wrong, false);
CREATE TABLE expected AS SELECT team, day,
	count(*) FILTER (WHERE NOT wrong AND answered) AS answered, count(*) FILTER (WHERE NOT wrong AND answered AND wait <= 20) AS answered_within,
	count(*) FILTER (WHERE NOT wrong AND NOT answered) AS abandoned, count(*) FILTER (WHERE NOT wrong AND NOT answered AND wait <= 5) AS short, count(*) FILTER (WHERE NOT wrong AND NOT answered AND wait <= 20) AS abandoned_within,
	count(*) FILTER (WHERE NOT wrong AND answered IS NULL) AS open, count(*) FILTER (WHERE NOT wrong AND answered IS NULL AND wait <= 20) AS open_within,
	count(*) FILTER (WHERE NOT wrong AND answered IS NOT NULL AND wait IS NULL) AS unknown_wait, count(*) FILTER (WHERE wrong) AS invalid
FROM fact GROUP BY GROUPING SETS ((team, day), ());
CREATE TABLE summary AS SELECT team, day, cx.service_level_agg(wait, answered, 20, 5, handle) AS summary FROM contact GROUP BY GROUPING SETS ((team, day), ());

CALL oracle.check_rows('counts', 'SELECT team, day, c.offered, c.answered, c.answered_within, c.abandoned, c.abandoned_short, c.abandoned_within, c.open, c.open_within, c.unknown_wait, c.invalid, c.threshold_seconds, c.short_seconds FROM summary, cx.service_counts(summary) c',
	'SELECT team, day, answered + abandoned, answered, answered_within, abandoned, short, abandoned_within, open, open_within, unknown_wait, invalid, 20::float8, 5::float8 FROM expected');
CALL oracle.check_rows('rates', 'SELECT team, day, metric, definition, numerator, denominator, rate FROM summary, cx.service_rates(summary)',
	$$SELECT team, day, metric, definition, n, d, n::float8 / nullif(d, 0) FROM expected, LATERAL (VALUES
		('service_level', 'answered', answered_within, answered),
		('service_level', 'ignore', answered_within, answered + abandoned - abandoned_within + open - open_within),
		('service_level', 'negative', answered_within, answered + abandoned + open - open_within),
		('service_level', 'positive', answered_within + abandoned_within, answered + abandoned + open - open_within),
		('service_level', 'short', answered_within, answered + abandoned - short + open - open_within),
		('abandonment', 'offered', abandoned, answered + abandoned),
		('abandonment', 'queued', abandoned, answered + abandoned + open),
		('abandonment', 'short', abandoned - short, answered + abandoned - short)) v (metric, definition, n, d)$$);
CALL oracle.check_rows('intervals hold the rate and stay in range', 'SELECT team, day, metric, definition FROM summary, cx.service_rates(summary) WHERE rate BETWEEN low AND high AND low >= 0 AND high <= 1 AND low < high',
	'SELECT team, day, metric, definition FROM summary, cx.service_rates(summary) WHERE denominator > 0');
CREATE TABLE span AS SELECT team, day, measure, seconds FROM fact, LATERAL (VALUES ('answer', CASE WHEN answered THEN wait END), ('abandon', CASE WHEN NOT answered THEN wait END), ('handle', CASE WHEN answered THEN handle END)) v (measure, seconds)
	WHERE NOT wrong AND seconds IS NOT NULL;
CALL oracle.check_rows('times: how many, sum and mean to the microsecond', 'SELECT team, day, measure, contacts, round(total_seconds::numeric, 6), round(mean_seconds::numeric, 6) FROM summary, cx.service_times(summary) WHERE contacts > 0',
	'SELECT team, day, measure, count(*), sum(seconds::numeric), round(sum(seconds::numeric) / count(*), 6) FROM span GROUP BY GROUPING SETS ((team, day, measure), (measure))');
CREATE TABLE quantile AS SELECT team, day, measure, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds) AS q FROM span GROUP BY GROUPING SETS ((team, day, measure), (measure));
CALL oracle.check_rows('quantiles within 1/128', $$SELECT e.team, e.day, e.measure FROM quantile e
		JOIN (SELECT team, day, s.* FROM summary, cx.service_times(summary) s) g ON g.team IS NOT DISTINCT FROM e.team AND g.day IS NOT DISTINCT FROM e.day AND g.measure = e.measure
	WHERE abs(median_seconds - q[1]) <= q[1] / 128 + 1e-6 AND abs(p90_seconds - q[2]) <= q[2] / 128 + 1e-6$$, 'SELECT team, day, measure FROM quantile');
CALL oracle.check_rows('accessors', 'SELECT team, day, cx.service_level(summary, definition), cx.abandon_rate(summary), cx.asa(summary), cx.aht(summary) FROM summary, unnest(ARRAY[''answered'', ''ignore'', ''negative'', ''positive'', ''short'']) definition',
	$$SELECT team, day, r.rate, (SELECT rate FROM cx.service_rates(summary) WHERE metric = 'abandonment' AND definition = 'offered'), (SELECT mean_seconds FROM cx.service_times(summary) WHERE measure = 'answer'), (SELECT mean_seconds FROM cx.service_times(summary) WHERE measure = 'handle')
	FROM summary, cx.service_rates(summary) r WHERE metric = 'service_level'$$);

-- Rolled up by way of days or teams, and in parallel: the bytes of one pass.
CREATE TABLE total AS SELECT summary FROM summary WHERE team IS NULL;
CALL oracle.check_rows('rollup', 'SELECT cx.rollup(summary)::text FROM summary WHERE team IS NOT NULL', 'SELECT summary::text FROM total');
CALL oracle.check_rows('rollup of rollups', 'SELECT cx.rollup(s)::text FROM (SELECT cx.rollup(summary) AS s FROM summary WHERE team IS NOT NULL GROUP BY day) s', 'SELECT summary::text FROM total');
CALL oracle.check_rows('text and jsonb forms', 'SELECT team, day FROM summary WHERE summary::text::cx.service_summary = summary AND summary::jsonb::cx.service_summary = summary', 'SELECT team, day FROM summary');
CREATE TABLE copied (LIKE summary);
\set scratch `mktemp`
\setenv CX_SCRATCH :scratch
\copy summary TO PROGRAM 'cat >"$CX_SCRATCH"' (FORMAT binary)
\copy copied FROM PROGRAM 'cat "$CX_SCRATCH"' (FORMAT binary)
\! rm "$CX_SCRATCH"
CALL oracle.check_rows('binary form', 'SELECT team, day, summary::text FROM copied', 'SELECT team, day, summary::text FROM summary');

-- Journeys on a grid of times, so that limits are met; touches at one instant stand in canonical order.
CREATE TABLE touch AS SELECT id, row_number() OVER (PARTITION BY id ORDER BY at, touchpoint COLLATE "C", team COLLATE "C" NULLS FIRST, lasted NULLS FIRST) AS n, at, touchpoint, team, lasted
FROM (SELECT g AS id, timestamptz '2026-01-25Z' + oracle.dice(g, k, 'at', 200 + 3000 * oracle.dice(g, :seed, 'wide', 2)) * (ARRAY['5 minutes', '1 hour', '12 hours'])[1 + oracle.dice(g, :seed, 'grid', 3)]::interval AS at,
		(ARRAY['bot', 'call', 'mail', 'other'])[1 + oracle.dice(g, k, 'touchpoint', 4)] AS touchpoint, (ARRAY['x', 'y', 'z', NULL])[1 + oracle.dice(g, k, 'team', 4)] AS team,
		CASE WHEN oracle.dice(g, k, 'lasts', 2) = 0 THEN oracle.dice(g, k, 'lasted', 5) * interval '30 minutes' END AS lasted
	FROM generate_series(1, 800 * :scale) g, LATERAL generate_series(1, oracle.dice(g, :seed, 'touches', 25)) k) s;
CREATE INDEX ON touch (id, n);
ANALYZE touch;
CREATE TABLE question AS SELECT g AS id, (ARRAY['0', '1 hour', '24 hours', '7 days', '1 month'])[1 + oracle.dice(g, :seed, 'within', 5)]::interval AS within, (ARRAY['0', '5 minutes', '30 minutes', '12 hours', '1 day'])[1 + oracle.dice(g, :seed, 'gap', 5)]::interval AS gap,
	CASE WHEN oracle.dice(g, :seed, 'as_of', 3) > 0 THEN (SELECT max(at) - oracle.dice(g, :seed, 'before', 4) * interval '12 hours' + oracle.dice(g, :seed, 'after', 3) * interval '7 days' FROM touch t WHERE t.id = g) END AS as_of
FROM generate_series(1, 800 * :scale) g;
CREATE TABLE journey AS SELECT q.*, coalesce(cx.journey_agg(at, touchpoint, NULL, team, NULL, lasted, NULL::bigint, NULL::jsonb), '[]') AS journey FROM question q LEFT JOIN touch USING (id) GROUP BY q.id, within, gap, as_of;
CREATE TABLE seen AS SELECT t.*, q.within, q.gap, q.as_of FROM touch t JOIN question q USING (id) WHERE as_of IS NULL OR at <= as_of;

CALL oracle.check_rows('resolution', $$SELECT id, r.* FROM journey, cx.resolution(journey, 'call | bot', within, as_of, gap) r$$,
	$$WITH contact AS (SELECT *, coalesce(at >= lag(at) OVER w + gap, true) AS new FROM seen WHERE touchpoint IN ('call', 'bot') WINDOW w AS (PARTITION BY id ORDER BY n)),
	numbered AS (SELECT *, sum(new::int) OVER (PARTITION BY id ORDER BY n) AS episode FROM contact),
	episode AS (SELECT id, episode, min(at) AS started_at, max(at) AS ended_at, count(*)::int AS contacts, (array_agg(touchpoint ORDER BY n))[1] AS touchpoint, (array_agg(team ORDER BY n))[1] AS team, within, as_of FROM numbered GROUP BY id, episode, within, as_of),
	followed AS (SELECT *, lead(started_at) OVER (PARTITION BY id ORDER BY episode) AS next_at FROM episode)
	SELECT id, episode::int, started_at, ended_at, contacts, touchpoint, NULL::text, team, next_at, extract(epoch FROM next_at - ended_at)::float8,
		CASE WHEN ended_at + within > as_of THEN 'pending' WHEN next_at <= ended_at + within THEN 'repeated' ELSE 'resolved' END FROM followed$$);
CALL oracle.check_rows('containment', $$SELECT id, c.* FROM journey, cx.containment(journey, 'bot', 'call | mail', within, gap, as_of) c$$,
	$$WITH contact AS (SELECT *, touchpoint = 'bot' AS self, coalesce(at > lag(at) OVER w + gap, true) AS new FROM seen WHERE touchpoint <> 'other' WINDOW w AS (PARTITION BY id ORDER BY n)),
	numbered AS (SELECT *, sum(new::int) OVER (PARTITION BY id ORDER BY n) AS session FROM contact),
	session AS (SELECT id, session, min(n) FILTER (WHERE self) AS first, max(at) AS ended_at, count(*) FILTER (WHERE self)::int AS touches, max(n) FILTER (WHERE NOT self) AS last_assisted, within, gap, as_of FROM numbered GROUP BY id, session, within, gap, as_of HAVING bool_or(self)),
	followed AS (SELECT s.*, t.at AS started_at, t.team, (SELECT min(c.at) FROM contact c WHERE c.id = s.id AND NOT self AND c.n > first) AS assisted_at, coalesce(last_assisted > first, false) AS escalated, coalesce(ended_at + s.gap <= s.as_of, true) AS over FROM session s JOIN touch t ON t.id = s.id AND t.n = first)
	SELECT id, (row_number() OVER (PARTITION BY id ORDER BY first))::int, started_at, ended_at, touches, 'bot', NULL::text, team, assisted_at, extract(epoch FROM assisted_at - started_at)::float8, CASE WHEN over THEN NOT escalated END,
		CASE WHEN NOT over OR ended_at + within > as_of THEN 'pending' WHEN escalated THEN 'escalated' WHEN assisted_at <= ended_at + within THEN 'recontacted' ELSE 'contained' END FROM followed$$);
CALL oracle.check_rows('left waiting', $$SELECT id, w.* FROM journey, cx.left_waiting(journey, 'mail', 'call', within, as_of) w$$,
	$$WITH contact AS (SELECT *, count(*) FILTER (WHERE touchpoint = 'call') OVER (PARTITION BY id ORDER BY n) AS turn FROM seen),
	wait AS (SELECT id, turn, min(n) AS first, count(*)::int AS contacts, within, as_of FROM contact WHERE touchpoint = 'mail' GROUP BY id, turn, within, as_of),
	followed AS (SELECT w.*, t.at, t.team, t.at + coalesce(t.lasted, '0') AS since, (SELECT min(c.at) FROM contact c WHERE c.id = w.id AND c.touchpoint = 'call' AND c.n > first) AS answered_at FROM wait w JOIN touch t ON t.id = w.id AND t.n = first)
	SELECT id, at, 'mail', NULL::text, team, contacts, since, answered_at, greatest(extract(epoch FROM answered_at - since), 0 * extract(epoch FROM answered_at))::float8,
		CASE WHEN since + within > as_of THEN 'pending' WHEN answered_at IS NULL THEN 'unanswered' WHEN answered_at <= since + within THEN 'answered' ELSE 'late' END FROM followed$$);
CALL oracle.check_rows('contact pressure', $$SELECT id, p.* FROM journey, cx.contact_pressure(journey, 'mail | call', within, 2, gap) p$$,
	$$WITH contact AS (SELECT t.*, q.within, q.gap FROM touch t JOIN question q USING (id) WHERE touchpoint IN ('mail', 'call'))
	SELECT id, at, touchpoint, NULL::text, team, k, k > 2, CASE WHEN team IS NOT NULL THEN EXISTS (SELECT FROM contact d WHERE d.id = c.id AND d.n < c.n AND d.team <> c.team AND d.at + c.gap > c.at) END
	FROM contact c, LATERAL (SELECT (count(*) FILTER (WHERE d.n = c.n OR d.at + c.within > c.at))::int AS k FROM contact d WHERE d.id = c.id AND d.n <= c.n) p$$);

-- Control charts: values with ties, runs and jumps, on times that meet.
CREATE TABLE point AS SELECT g AS id, timestamptz '2026-01-01Z' + oracle.dice(g, k, 'at', 60) * interval '1 day' AS at, round((oracle.dice(g, k, 'value', 7) + CASE WHEN k % 13 < 6 THEN 5 ELSE 0 END + 20 * (oracle.dice(g, k, 'jump', 15) = 0)::int)::numeric, 0)::float8 / 4 AS value
FROM generate_series(1, 120 * :scale) g, LATERAL generate_series(1, 1 + oracle.dice(g, :seed, 'points', 40)) k;
CREATE TABLE chart AS SELECT id, cx.xmr_agg(at, value) AS chart FROM point GROUP BY id;
CREATE TABLE line AS
	WITH ordered AS (SELECT id, row_number() OVER w AS n, at, value, abs(value - lag(value) OVER w) AS range FROM point WINDOW w AS (PARTITION BY id ORDER BY at, value))
	SELECT o.*, mean, 2.66 * mr AS half, 3.267 * mr AS limit, sign(value::numeric - mean) AS side, lag(value) OVER (PARTITION BY id ORDER BY n) AS before
	FROM ordered o JOIN (SELECT id, avg(value::numeric) AS mean, avg(range::numeric) AS mr FROM ordered GROUP BY id) m USING (id);
CREATE INDEX ON line (id, n);
ANALYZE line;
CREATE TABLE mark AS
	WITH side AS (SELECT *, n - row_number() OVER (PARTITION BY id, side ORDER BY n) AS run FROM line),
	long_run AS (SELECT id, side, run FROM side WHERE side <> 0 GROUP BY 1, 2, 3 HAVING count(*) >= 5)
	SELECT s.*, CASE WHEN abs(value::numeric - mean) > half THEN 'outside' END AS outside, CASE WHEN range > s.limit THEN 'range' END AS ranged, CASE WHEN r.id IS NOT NULL THEN 'run' END AS in_run,
		-- some stretch of four points that rise or fall holds it
		CASE WHEN EXISTS (SELECT FROM generate_series(s.n - 3, s.n) f WHERE f >= 1 AND (SELECT count(*) = 3 AND (bool_and(t.value > t.before) OR bool_and(t.value < t.before)) FROM line t WHERE t.id = s.id AND t.n BETWEEN f + 1 AND f + 3)) THEN 'trend' END AS in_trend,
		CASE WHEN abs(value::numeric - mean) > half * 2 / 3 AND EXISTS (SELECT FROM line t WHERE t.id = s.id AND t.n <> s.n AND abs(t.n - s.n) <= 2 AND t.side = s.side AND abs(t.value::numeric - t.mean) > t.half * 2 / 3) THEN 'two_of_three' END AS pair
	FROM side s LEFT JOIN long_run r ON r.id = s.id AND r.side = s.side AND r.run = s.run;
CALL oracle.check_rows('control limits', 'SELECT id, points, round(mean::numeric, 9), round(moving_range::numeric, 9), round(lower::numeric, 9), round(upper::numeric, 9), round(range_upper::numeric, 9) FROM chart, cx.xmr_limits(chart)',
	'SELECT id, count(*), round(min(mean), 9), round(min(half) / 2.66, 9), round(min(mean - half), 9), round(min(mean + half), 9), round(min(l.limit), 9) FROM line l GROUP BY id');
CALL oracle.check_rows('median control limits', $$SELECT id, round(moving_range::numeric, 9), round((upper - lower)::numeric, 9), round(range_upper::numeric, 9) FROM chart, cx.xmr_limits(chart, 'median')$$,
	'SELECT id, round(m, 9), round(m * 6.29, 9), round(m * 3.865, 9) FROM (SELECT id, (percentile_cont(0.5) WITHIN GROUP (ORDER BY range))::numeric AS m FROM line GROUP BY id) s');
CALL oracle.check_rows('signals', 'SELECT id, at, value, moving_range, signals FROM chart, cx.xmr_points(chart, run_length => 5, trend_length => 4)',
	$$SELECT id, at, value, range, array_remove(ARRAY[outside, ranged, in_run, in_trend, pair], NULL) FROM mark$$);
CALL oracle.check_rows('every signal occurs', 'SELECT DISTINCT unnest(signals) FROM chart, cx.xmr_points(chart, run_length => 5, trend_length => 4)', $$SELECT unnest('{outside,range,run,trend,two_of_three}'::text[])$$);
CREATE TABLE whole AS SELECT cx.xmr_agg(at, value) AS chart FROM point;
CALL oracle.check_rows('charts rolled up', 'SELECT cx.rollup(chart)::text FROM chart', 'SELECT chart::text FROM whole');
CALL oracle.check_rows('forms of charts', 'SELECT id FROM chart WHERE chart::text::cx.xmr_summary = chart AND chart::jsonb::cx.xmr_summary = chart', 'SELECT id FROM chart');
CALL oracle.check_rows('charts over windows', 'SELECT id, n, (cx.xmr_limits(cx.xmr_agg(at, value) OVER w)).upper AS u FROM line WHERE id <= 40 WINDOW w AS (PARTITION BY id ORDER BY n ROWS BETWEEN 4 PRECEDING AND CURRENT ROW)',
	'SELECT l.id, l.n, (SELECT (cx.xmr_limits(cx.xmr_agg(m.at, m.value))).upper FROM line m WHERE m.id = l.id AND m.n BETWEEN l.n - 4 AND l.n) FROM line l WHERE id <= 40');

SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE plan text;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON) ' || query INTO plan;
	RETURN plan;
END $$;
CALL oracle.check_rows('the plans are parallel', $$SELECT query, plan ~ '"Partial Mode": "Finalize"' AND plan ~ '"Workers Launched": [1-9]' FROM unnest('{"SELECT cx.service_level_agg(wait, answered, 20, 5, handle) FROM contact","SELECT cx.xmr_agg(at, value) FROM point"}'::text[]) query, LATERAL pg_temp.plan(query) AS plan$$,
	$$SELECT query, true FROM unnest('{"SELECT cx.service_level_agg(wait, answered, 20, 5, handle) FROM contact","SELECT cx.xmr_agg(at, value) FROM point"}'::text[]) query$$);
CALL oracle.check_rows('parallel', 'SELECT cx.service_level_agg(wait, answered, 20, 5, handle)::text FROM contact', 'SELECT summary::text FROM total');
CALL oracle.check_rows('parallel charts', 'SELECT cx.xmr_agg(at, value)::text FROM point', 'SELECT chart::text FROM whole');

\ir lib/end.sql
