-- Conformance: how well journeys follow an ideal path.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
-- A journey from 'a b c': touchpoints an hour apart.
CREATE FUNCTION pg_temp.hours(touches text) RETURNS cx.journey LANGUAGE sql STABLE AS $$
	SELECT coalesce(cx.journey_agg('2026-01-05 13:00Z'::timestamptz + n * interval '1 hour', touch), '[]') FROM unnest(string_to_array(touches, ' ')) WITH ORDINALITY u (touch, n)
$$;

-- One edit at a time, then several, of the ideal path a b c d.
SELECT touches, c.* FROM unnest(ARRAY['a b c d', 'a b d', 'b c d', 'a b c', 'a b x c d', 'x a b c d', 'a b b c d', 'a b c d a', 'a c b d', 'b a c d', 'd c b a', 'd a b c', 'a a a a', 'x y x', 'a x b y c x d', 'c a b c d', 'a b c d a b c d', 'd', '']) WITH ORDINALITY t (touches, n),
	cx.conformance(pg_temp.hours(touches), '{a,b,c,d}') c ORDER BY n;
-- steps are selectors, a touch may fit several, and a step may come twice; they come back as they were written
SELECT touches, ideal, c.* FROM (VALUES (1, 'a b a c', '{a,b,a,c}'), (2, 'a b c', '{a,b,a,c}'), (3, 'a a', '{a,a,a}'), (4, 'b', '{a | b,"b"}'), (5, 'x.y x.z', '{x.*,x.z,"!x.*"}'), (6, 'a b c', '{*,*}'), (7, 'c a', '{"(a)"," b ",c}'), (8, 'a b', '{*,a}')) v (n, touches, ideal),
	cx.conformance(pg_temp.hours(touches), ideal::text[]) c ORDER BY n;
-- channel, team, value: a touchpoint can be expected in one touch and not in another
SELECT c.* FROM cx.conformance('[{"at": "2026-01-05T09:00:00Z", "touchpoint": "call", "channel": "voice"}, {"at": "2026-01-05T10:00:00Z", "touchpoint": "call", "channel": "web"}, {"at": "2026-01-05T11:00:00Z", "touchpoint": "pay", "value": 5}, {"at": "2026-01-05T12:00:00Z", "touchpoint": "pay", "value": 50},
	{"at": "2026-01-05T13:00:00Z", "touchpoint": "pay", "value": 60}]', '{call@voice,"pay[value >= 50]"}') c;
-- touches at one instant stand in canonical order
SELECT c.* FROM cx.conformance(cx.journey('{2026-01-05 09:00Z,2026-01-05 09:00Z}', '{b,a}'), '{a,b}') c;

-- NULL, and arguments by name; what is refused
SELECT cx.conformance(NULL, '{a}'), cx.conformance('[]', NULL), cx.conformance(journey => '[]', ideal => '{a}');
SELECT ideal, pg_temp.outcome(format('SELECT cx.conformance(''[]'', %s)', ideal)) AS refused FROM unnest(ARRAY['''{}''', '''{a,NULL}''', '''{a,b ->}''', '''{""}''', '''{{a,b},{c,d}}''', 'array_fill(''a''::text, ARRAY[1001])']) WITH ORDINALITY a (ideal, n) ORDER BY n;
SELECT fitness, cardinality(skipped) FROM cx.conformance(pg_temp.hours('a'), array_fill('a'::text, ARRAY[1000]));
SELECT c.* FROM cx.conformance(pg_temp.hours('b'), '[5:6]={a,b}') c;

-- Ideal paths from columns: another one in each row, and after an error.
CREATE FUNCTION pg_temp.try(ideal text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN cx.conformance(pg_temp.hours('a b'), ideal);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
SELECT ideal, pg_temp.try(ideal::text[]) FROM unnest(ARRAY['{a,b}', '{a,b}', '{b,a}', '{a,"b["}', '{b,a}', '{}', '{a,b}', '{a,NULL}', '{a,c}']) WITH ORDINALITY a (ideal, n) ORDER BY n;
PREPARE conform (text[]) AS SELECT cx.conformance(pg_temp.hours('a b'), $1);
SET plan_cache_mode = force_generic_plan;
EXECUTE conform ('{a,b}');
EXECUTE conform ('{a,c}');
EXECUTE conform (NULL);
RESET plan_cache_mode;
DEALLOCATE conform;

-- Stored journeys in parallel, and what is usual: averages over groups.
CREATE TABLE conformance_stored AS
SELECT n, pg_temp.hours(CASE n % 4 WHEN 0 THEN 'a b c' WHEN 1 THEN 'a c' WHEN 2 THEN 'b a x c' ELSE 'a b b c' END) AS j FROM generate_series(1, 400) n;
ANALYZE conformance_stored;
CREATE VIEW conformance_of AS SELECT n % 4 AS kind, c.* FROM conformance_stored, cx.conformance(j, '{a,b,c}') c;
SELECT kind, count(*), round(avg(fitness)::numeric, 6) AS fitness, sum(aligned) AS aligned, sum(out_of_order) AS out_of_order, sum(repeated) AS repeated, min(skipped) AS skipped, min(unexpected) AS unexpected FROM conformance_of GROUP BY kind ORDER BY kind;
ALTER TABLE conformance_stored SET (parallel_workers = 2);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT kind, count(*), round(avg(fitness)::numeric, 6) AS fitness, sum(aligned) AS aligned, sum(out_of_order) AS out_of_order, sum(repeated) AS repeated, min(skipped) AS skipped, min(unexpected) AS unexpected FROM conformance_of GROUP BY kind ORDER BY kind;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
SELECT step, count(*) FROM conformance_stored, cx.conformance(j, '{a,b,c}'), unnest(skipped) step GROUP BY step;
DROP VIEW conformance_of;
DROP TABLE conformance_stored;

-- A large journey and the longest path: neither time nor memory for every touch and step.
SET statement_timeout = '20s';
SELECT c.aligned, cardinality(c.skipped) AS skipped, c.out_of_order + c.repeated + c.aligned AS expected, c.unexpected
FROM (SELECT cx.journey_agg('2026-01-05Z'::timestamptz + n * interval '1 second', 's' || n % 1001) AS j FROM generate_series(0, 300000) n) s, cx.conformance(j, ARRAY(SELECT 's' || n FROM generate_series(999, 0, -1) n)) c;
RESET statement_timeout;
