--
-- Retention, cohorts, lifecycle and active periods in every time zone against plain SQL over rows: periods are ranges
-- between times that PostgreSQL computes with the session's time zone set.
--
\ir lib/begin.sql

CREATE TABLE sample (id bigint PRIMARY KEY, zone text, length interval, calendar boolean, periods int, anchor text, comeback text, as_of timestamptz,
	starts_at timestamptz, ends_at timestamptz);
CREATE TABLE raw (id bigint, at timestamptz, touchpoint text, value float8);
CREATE INDEX ON raw (id);
-- times at which clocks change
CREATE TABLE change (zone text, at timestamptz);

CREATE FUNCTION pg_temp.pick(n bigint, topic text, choices text[]) RETURNS text LANGUAGE sql
RETURN choices[1 + oracle.dice(n, 0, topic, cardinality(choices))];

-- A time worth asking about, in the session's zone.
CREATE FUNCTION pg_temp.moment(n bigint, zone text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT CASE oracle.dice(n, 0, 'moment', CASE WHEN EXISTS (SELECT FROM change c WHERE c.zone = moment.zone) THEN 20 ELSE 6 END)
		WHEN 0 THEN oracle.moment(-50000 + oracle.dice(n, 0, 'day', 100000), oracle.dice(n, 0, 'us', 86400000000))
		WHEN 1 THEN (date '2008-01-01' + oracle.dice(n, 0, 'day', 7000)::int)::timestamptz
		WHEN 2 THEN make_timestamptz(2009 + oracle.dice(n, 0, 'year', 4)::int, (ARRAY[1, 3, 5, 8, 10, 12])[1 + oracle.dice(n, 0, 'month', 6)], 31, oracle.dice(n, 0, 'hour', 24)::int, 30, 0)
		WHEN 3 THEN make_timestamptz(2008 + 4 * oracle.dice(n, 0, 'year', 3)::int, 2, 29, oracle.dice(n, 0, 'hour', 24)::int, 0, 0)
		WHEN 4 THEN oracle.moment(3600 + oracle.dice(n, 0, 'day', 800), 1800000000 * oracle.dice(n, 0, 'us', 48))
		ELSE coalesce((SELECT c.at - (ARRAY[0, 0, 1, 1, 2, 7])[1 + oracle.dice(n, 0, 'days', 6)] * interval '24 hours' + (oracle.dice(n, 0, 'half hours', 6) - 3) * interval '30 minutes'
				+ (oracle.dice(n, 0, 'half minutes', 5) - 2) * interval '30 seconds' FROM change c WHERE c.zone = moment.zone
				ORDER BY oracle.dice(n, extract(epoch FROM c.at)::bigint, 'change', 1000000), c.at LIMIT 1),
			oracle.moment(3600 + oracle.dice(n, 0, 'day', 800), 900000000 * oracle.dice(n, 0, 'us', 96)))
	END
$$;

-- A calendar period as the date it starts on: the last one whose midnight has come.
CREATE FUNCTION pg_temp.period_date(at timestamptz, length interval) RETURNS date LANGUAGE sql STABLE AS $$
	SELECT max(d::date) FROM (SELECT CASE WHEN length < '1 week' THEN date_trunc('day', at::timestamp) WHEN length < '1 month' THEN date_trunc('week', at::timestamp)
		ELSE date_trunc('year', at::timestamp) + length * floor((extract(month FROM at::timestamp) - 1) / (12 * extract(year FROM length) + extract(month FROM length))) END AS middle) AS m,
		LATERAL (VALUES (middle - length), (middle), (middle + length)) AS candidate (d)
	WHERE d::date::timestamptz <= at
$$;

CREATE FUNCTION pg_temp.fits(selector text, touchpoint text, value float8) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE selector WHEN '*' THEN true WHEN 'a' THEN touchpoint = 'a' WHEN 'b | c' THEN touchpoint IN ('b', 'c') WHEN 'b' THEN touchpoint = 'b'
	WHEN '*[value >= 5]' THEN coalesce(value >= 5, false) WHEN 'nothing' THEN false END;

CREATE TABLE bound (id bigint, k int, at timestamptz);
CREATE INDEX ON bound (id, k);
CREATE TABLE period_of (id bigint, at timestamptz, touchpoint text, value float8, starts_on date, ends_at timestamptz);
CREATE TABLE neighbour (id bigint, starts_on date, previous date, next date, next_ends_at timestamptz);

CREATE PROCEDURE pg_temp.make(zone text, first_id bigint, cases bigint) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('TimeZone', zone, false);
	INSERT INTO sample
	SELECT id, zone, pg_temp.pick(id, 'length', CASE WHEN calendar THEN '{1 day,1 week,1 month,2 months,3 months,4 months,6 months,1 year}'::text[]
			ELSE '{1 day,1 day,1 week,3 days,1 month,1 month,5 months,1 year,1 hour,24 hours,1 microsecond,1 month 10 days,1 day 6 hours,2 months 3 days 01:00:00.5}' END)::interval,
		calendar, 1 + oracle.dice(id, 0, 'periods', 12), pg_temp.pick(id, 'anchor', '{a,a,a,*,*[value >= 5],nothing}'), pg_temp.pick(id, 'comeback', '{a,b,b | c,*,*,*[value >= 5],nothing}')
	FROM (SELECT first_id + n AS id, oracle.dice(first_id + n, 0, 'calendar', 2) = 0 AS calendar FROM generate_series(1, cases) n) s;
	-- touches around one time, and on, just before and just behind the ends of periods that are counted from it
	INSERT INTO raw
	SELECT id, CASE oracle.dice(id, n, 'at', 9) WHEN 0 THEN middle
			WHEN 3 THEN middle + (oracle.dice(id, n, 'half hours', 7) - 3) * interval '30 minutes' + (oracle.dice(id, n, 'half minutes', 3) - 1) * interval '30 seconds'
			WHEN 1 THEN middle + oracle.dice(id, n, 'far', 400) * interval '1 day 00:00:00.000001'
			WHEN 2 THEN middle + oracle.dice(id, n, 'far', 14) * length * 0.37
			ELSE CASE WHEN calendar THEN ((pg_temp.period_date(middle, length) + oracle.dice(id, n, 'k', 15)::int * length)::date)::timestamptz ELSE middle + oracle.dice(id, n, 'k', 15)::int * length END
				+ (oracle.dice(id, n, 'near', 3) - 1) * interval '1 microsecond' END,
		(ARRAY['a', 'b', 'c', 'b.d'])[1 + oracle.dice(id, n, 'touchpoint', 4)], CASE WHEN oracle.dice(id, n, 'value', 2) = 0 THEN oracle.dice(id, n, 'size', 10) END
	FROM (SELECT *, pg_temp.moment(id, sample.zone) AS middle FROM sample WHERE id > first_id) s, generate_series(1, oracle.dice(id, 0, 'touches', 14)) n;
	UPDATE sample s SET
		as_of = (SELECT CASE oracle.dice(s.id, 0, 'as_of', 6) WHEN 0 THEN NULL WHEN 1 THEN max(at) ELSE
			(SELECT r.at + (oracle.dice(s.id, 0, 'shift', 3) - 1) * interval '1 microsecond' + oracle.dice(s.id, 0, 'times', 4) * s.length FROM raw r WHERE r.id = s.id ORDER BY r.at OFFSET oracle.dice(s.id, 0, 'of', 6) LIMIT 1) END
			FROM raw r WHERE r.id = s.id),
		starts_at = (SELECT r.at FROM raw r WHERE r.id = s.id ORDER BY at OFFSET oracle.dice(s.id, 0, 'starts', 5) LIMIT 1),
		ends_at = (SELECT r.at FROM raw r WHERE r.id = s.id ORDER BY at DESC OFFSET oracle.dice(s.id, 0, 'ends', 5) LIMIT 1)
	WHERE id > first_id;
	INSERT INTO bound
	SELECT s.id, k, CASE WHEN calendar THEN (pg_temp.period_date(a.at, length) + k * length)::date::timestamptz ELSE a.at + k * length END
	FROM sample s, LATERAL (SELECT at FROM raw r WHERE r.id = s.id AND pg_temp.fits(anchor, touchpoint, value) ORDER BY at LIMIT 1) a, generate_series(0, periods + 1) k
	WHERE s.id > first_id;
	INSERT INTO period_of
	SELECT id, at, touchpoint, value, d, (d + length)::date::timestamptz
	FROM (SELECT r.*, length, pg_temp.period_date(at, length) AS d FROM raw r JOIN sample s USING (id) WHERE calendar AND id > first_id) p;
	INSERT INTO neighbour
	SELECT DISTINCT id, starts_on, (starts_on - length)::date, (starts_on + length)::date, (starts_on + 2 * length)::date::timestamptz
	FROM period_of JOIN sample USING (id) WHERE id > first_id;
	PERFORM set_config('TimeZone', 'UTC', false);
END $$;

-- zones with all kinds of clocks: changes at midnight, by half an hour, a day left out, changes a minute after midnight
CREATE TABLE zone AS
SELECT name, row_number() OVER (ORDER BY special NULLS LAST, name COLLATE "C") AS number, special IS NOT NULL AS special
FROM (SELECT name FROM pg_timezone_names WHERE name !~ '^(posix|right)') n
LEFT JOIN unnest('{UTC,Europe/Berlin,America/New_York,America/Sao_Paulo,Asia/Beirut,Australia/Lord_Howe,Pacific/Apia,America/St_Johns,Africa/Casablanca,Asia/Gaza}'::text[]) special ON special = name;
INSERT INTO change
SELECT name, minute FROM (SELECT name, at, at AT TIME ZONE name - lag(at) OVER (PARTITION BY name ORDER BY at) AT TIME ZONE name AS step
	FROM zone, generate_series(timestamptz '2010-01-01', timestamptz '2012-06-01', '30 minutes') at WHERE special) s,
	generate_series(at - interval '29 minutes', at, '1 minute') minute
WHERE step <> '30 minutes' AND minute AT TIME ZONE name - (minute - interval '1 minute') AT TIME ZONE name <> '1 minute';
CALL oracle.check_rows('there are changes to ask about', 'SELECT count(DISTINCT zone) >= 9 FROM change', 'SELECT true');
SELECT format('CALL pg_temp.make(%L, %s, %s)', name, (number + 1000 * :seed) * 100000, CASE WHEN special THEN 600 ELSE 8 END * :scale) FROM zone ORDER BY number
\gexec
CREATE TABLE journey AS SELECT id, coalesce(j, '[]') AS journey FROM sample LEFT JOIN (SELECT id, cx.journey_agg(at, touchpoint, NULL, NULL, value) AS j FROM raw GROUP BY id) s USING (id);
CREATE TABLE mode (mode text);
INSERT INTO mode VALUES ('bounded'), ('rolling'), ('unbounded'), ('cumulative');
ANALYZE;

-- retention: every element is a case, and every journey without an anchor
CREATE TABLE got AS
SELECT id, mode, cx.retention(journey, anchor::cx.selector, comeback::cx.selector, length, periods, mode, as_of, zone, calendar) AS answer FROM sample JOIN journey USING (id), mode;
CREATE TABLE touch AS SELECT *, row_number() OVER (PARTITION BY id ORDER BY at, touchpoint COLLATE "C", value NULLS FIRST) AS step FROM raw;
CREATE INDEX ON touch (id, step);
ANALYZE touch;
CREATE TABLE expected AS
WITH anchored AS (
	SELECT s.*, a.step, a.at FROM sample s LEFT JOIN LATERAL
		(SELECT step, at FROM touch t WHERE t.id = s.id AND pg_temp.fits(anchor, touchpoint, value) AND (as_of IS NULL OR at <= as_of) ORDER BY step LIMIT 1) a ON true)
SELECT a.id, mode, n AS k, CASE WHEN e.at > as_of THEN NULL ELSE EXISTS (
	SELECT FROM touch t WHERE t.id = a.id AND t.step > a.step AND pg_temp.fits(comeback, touchpoint, value) AND (as_of IS NULL OR t.at <= as_of)
		AND (mode NOT IN ('bounded', 'rolling') OR t.at >= b.at) AND (mode NOT IN ('bounded', 'cumulative') OR t.at < e.at)) END AS answer
FROM anchored a, mode, generate_series(1, periods) n, bound b, bound e
WHERE a.step IS NOT NULL AND b.id = a.id AND b.k = n AND e.id = a.id AND e.k = n + 1
UNION ALL
SELECT id, mode, NULL, NULL FROM anchored a, mode WHERE a.step IS NULL;
CALL oracle.check_rows('retention', 'SELECT id, mode, k, element FROM got, unnest(answer) WITH ORDINALITY AS e (element, k) UNION ALL SELECT id, mode, NULL, NULL FROM got WHERE answer IS NULL',
	'SELECT id, mode, k, answer FROM expected');
CALL oracle.check_rows('the cases are of all kinds', $$SELECT min(n) > 1000, count(*) FROM (SELECT mode, answer, count(*) AS n FROM expected WHERE k > 0 GROUP BY 1, 2) s$$, 'SELECT true, 12');

-- calendar periods
CALL oracle.check_rows('lifecycle', 'SELECT id, l.period_start, l.state FROM sample JOIN journey USING (id), cx.lifecycle(journey, length, as_of, zone) l WHERE calendar',
	$$WITH active AS (SELECT DISTINCT id, p.starts_on, p.ends_at FROM period_of p),
	states AS (
		SELECT id, starts_on, ends_at, CASE
			WHEN starts_on = min(starts_on) OVER (PARTITION BY id) THEN 'new'
			WHEN EXISTS (SELECT FROM active b WHERE b.id = a.id AND b.starts_on = n.previous) THEN 'returning'
			ELSE 'resurrecting' END AS state
		FROM active a JOIN neighbour n USING (id, starts_on)
		UNION ALL
		SELECT id, n.next, n.next_ends_at, 'dormant' FROM neighbour n WHERE NOT EXISTS (SELECT FROM active b WHERE b.id = n.id AND b.starts_on = n.next))
	SELECT id, starts_on, state FROM states JOIN sample USING (id) WHERE as_of IS NULL OR states.ends_at <= as_of$$);
CALL oracle.check_rows('active_periods', 'SELECT id, cx.active_periods(journey, comeback::cx.selector, length, NULL, NULL, zone), cx.active_periods(journey, comeback::cx.selector, length, starts_at, ends_at, zone) FROM sample JOIN journey USING (id) WHERE calendar',
	'SELECT id, count(DISTINCT starts_on), count(DISTINCT starts_on) FILTER (WHERE (starts_at IS NULL OR at >= starts_at) AND (s.ends_at IS NULL OR at < s.ends_at))
	FROM sample s LEFT JOIN period_of p USING (id) WHERE calendar AND (p.id IS NULL OR pg_temp.fits(comeback, touchpoint, value)) GROUP BY id
	UNION ALL SELECT id, 0, 0 FROM sample s WHERE calendar AND EXISTS (SELECT FROM raw r WHERE r.id = s.id) AND NOT EXISTS (SELECT FROM raw r WHERE r.id = s.id AND pg_temp.fits(comeback, touchpoint, value))');
CALL oracle.check_rows('cohort_start', 'SELECT id, cx.cohort_start(journey, anchor::cx.selector, length, zone) FROM sample JOIN journey USING (id) WHERE calendar',
	'SELECT id, min(starts_on) FILTER (WHERE pg_temp.fits(anchor, touchpoint, value)) FROM sample LEFT JOIN period_of USING (id) WHERE calendar GROUP BY id');

-- every minute around a change of the clock: the day that it belongs to
CREATE FUNCTION pg_temp.start_of(day date, zone text) RETURNS timestamptz LANGUAGE sql IMMUTABLE
RETURN day::timestamp AT TIME ZONE zone;
CREATE TABLE minute AS SELECT zone, minute, (minute AT TIME ZONE zone)::date AS day
FROM change, generate_series(at - interval '26 hours 30 seconds', at + interval '26 hours', '1 minute') minute;
CALL oracle.check_rows('days around changes of the clock', $$SELECT zone, minute, cx.cohort_start(cx.journey(ARRAY[minute], '{a}'), 'a', '1 day', zone) FROM minute$$,
	'SELECT zone, minute, CASE WHEN pg_temp.start_of(day + 1, zone) <= minute THEN day + 1 WHEN pg_temp.start_of(day, zone) <= minute THEN day ELSE day - 1 END FROM minute');
-- and periods counted from about there that begin about there: a return at the start of period k, and one just before
CREATE TABLE around AS
SELECT c.zone, a AS anchor, length, k, (clock + k * extract(day FROM length) * interval '1 day') AT TIME ZONE zone + k * extract(hour FROM length) * interval '1 hour' AS at
FROM change c, (VALUES (interval '1 day'), ('1 month'), ('1 month 10 days'), ('2 days 3 hours')) v (length), generate_series(1, 3) k,
	generate_series(-12, 12) n, LATERAL (VALUES (k * length), (k * extract(month FROM length) * interval '1 month')) b (back), LATERAL (SELECT (((c.at AT TIME ZONE zone - back) AT TIME ZONE zone) + n * interval '15 minutes') AS a) anchor,
	LATERAL (SELECT (a AT TIME ZONE zone + k * extract(month FROM length) * interval '1 month') AT TIME ZONE zone AT TIME ZONE zone AS clock) months;
CALL oracle.check_rows('periods around changes of the clock', $$SELECT *, (cx.retention(cx.journey(ARRAY[anchor, at], '{a,b}'), 'a', 'b', length, k, 'rolling', NULL, zone))[k],
		(cx.retention(cx.journey(ARRAY[anchor, at - interval '1 microsecond'], '{a,b}'), 'a', 'b', length, k, 'rolling', NULL, zone))[k] FROM around$$,
	'SELECT *, true, false FROM around');

-- summaries: serial, parallel, merged, and read back
CREATE TABLE answers AS SELECT id, mode, id % 7 AS part, answer FROM got;
CREATE TABLE summary AS SELECT mode, part, cx.retention_agg(answer) AS summary FROM answers GROUP BY mode, part;
CALL oracle.check_rows('retention_curve', 'SELECT mode, part, period, at_risk, retained, share, round(low::numeric, 12), round(high::numeric, 12) FROM summary, cx.retention_curve(summary, 0.9)',
	$$SELECT mode, part, k, n, r, r / n, round(CASE r WHEN 0 THEN 0 ELSE middle - half END::numeric, 12), round(CASE r WHEN n THEN 1 ELSE middle + half END::numeric, 12)
	FROM (SELECT *, (r + z * z / 2) / (n + z * z) AS middle, z / (n + z * z) * sqrt(r * (n - r) / n + z * z / 4) AS half
		FROM (SELECT mode, id % 7 AS part, k, count(answer)::float8 AS n, count(*) FILTER (WHERE answer)::float8 AS r, 1.6448536269514722::float8 AS z FROM expected WHERE answer IS NOT NULL GROUP BY 1, 2, 3) s) s$$);
CALL oracle.check_rows('retention_share', 'SELECT mode, part, k, cx.retention_share(summary, k) FROM summary, generate_series(0, 14) k',
	'SELECT mode, part, k, (SELECT avg(answer::int::float8) FROM expected e WHERE e.mode = m.mode AND id % 7 = part AND e.k = g.k) FROM mode m, generate_series(0, 6) part, generate_series(0, 14) g (k)');
CALL oracle.check_rows('cohort_size', 'SELECT mode, part, cx.cohort_size(summary) FROM summary', 'SELECT mode, id % 7, count(DISTINCT id) FROM expected WHERE k > 0 GROUP BY 1, 2');
CREATE TABLE total AS SELECT mode, cx.retention_agg(answer) AS summary FROM answers GROUP BY mode;
CALL oracle.check_rows('rollup', 'SELECT mode, cx.rollup(summary)::text FROM summary GROUP BY mode', 'SELECT mode, summary::text FROM total');
CALL oracle.check_rows('rollup: the same bytes', 'SELECT mode FROM total JOIN (SELECT mode, cx.rollup(summary) AS rolled FROM summary GROUP BY mode) r USING (mode) WHERE rolled OPERATOR(cx.=) summary', 'TABLE mode');
CALL oracle.check_rows('text form', 'SELECT mode FROM total WHERE summary::text::cx.retention_summary OPERATOR(cx.=) summary AND summary::jsonb::cx.retention_summary OPERATOR(cx.=) summary', 'TABLE mode');
CREATE TABLE copied (LIKE summary);
\set scratch `mktemp`
\setenv CX_SCRATCH :scratch
\copy summary TO PROGRAM 'cat >"$CX_SCRATCH"' (FORMAT binary)
\copy copied FROM PROGRAM 'cat "$CX_SCRATCH"' (FORMAT binary)
\! rm "$CX_SCRATCH"
CALL oracle.check_rows('binary form', 'SELECT mode, part FROM summary JOIN copied c USING (mode, part) WHERE c.summary OPERATOR(cx.=) summary.summary', 'SELECT mode, part FROM mode, generate_series(0, 6) part');
CALL oracle.check_rows('one journey each', 'SELECT mode, cx.rollup(s)::text FROM (SELECT mode, cx.retention_agg(answer) AS s FROM answers GROUP BY mode, id) s GROUP BY mode', 'SELECT mode, summary::text FROM total');
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
CALL oracle.check_rows('the plan is parallel', $$SELECT plan ~ '"Partial Mode": "Finalize"' AND plan ~ '"Workers Launched": [1-9]' FROM pg_temp.plan('SELECT mode, cx.retention_agg(answer) FROM answers GROUP BY mode') AS plan$$, 'SELECT true');
CALL oracle.check_rows('parallel', 'SELECT mode, cx.retention_agg(answer)::text FROM answers GROUP BY mode', 'SELECT mode, summary::text FROM total');

\ir lib/end.sql
