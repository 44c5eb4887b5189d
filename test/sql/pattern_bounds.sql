-- No pattern explodes: large ones on journeys of 100,000 touches, with ties, repetition and bounds, each within the time
-- limit and with the right answer; and what does take long can be cancelled.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
-- 100,000 a and b between two c: three at each time, all at one instant, and only a, each a minute
CREATE FUNCTION pg_temp.between(j cx.journey) RETURNS cx.journey LANGUAGE sql AS $$
	SELECT cx.journey('{2025-12-31Z}', '{c}') || j || cx.journey(ARRAY[cx.ended_at(j)], '{c}')
$$;
CREATE TEMP TABLE long (name text, j cx.journey);
INSERT INTO long SELECT 'threes', pg_temp.between(cx.journey_agg('2026-01-01Z'::timestamptz + (i / 3) * interval '10 minutes', CASE WHEN (i::bigint * 7919 % 997) % 3 = 0 THEN 'b' ELSE 'a' END)) FROM generate_series(1, 100000) i;
INSERT INTO long SELECT 'one instant', pg_temp.between(cx.journey_agg('2026-01-01Z', CASE WHEN i % 2 = 0 THEN 'b' ELSE 'a' END)) FROM generate_series(1, 100000) i;
INSERT INTO long SELECT 'only a', pg_temp.between(cx.journey_agg('2026-01-01Z'::timestamptz + i * interval '1 minute', 'a')) FROM generate_series(1, 100000) i;
SELECT name, cx.touch_count(j), cx.count(j, 'a') AS a, cx.count(j, 'b') AS b FROM long;
SET statement_timeout = '20s';	-- each statement takes a second or two

-- time bounds, an exclusion, repetition and a limit on the whole
\set pattern '''(a | b)* -[<= 1 day]-> a -[!c, > 1 hour]-> b within 30 days'''
SELECT name, j @@ :pattern AS has, cx.match_count(j, :pattern), cx.touch_count(cx.match(j, :pattern)) AS touches, (SELECT count(*) FROM cx.matches(j, :pattern)) AS matches, cx.next_touchpoint(j, :pattern) AS next, cx.match_state(j, :pattern, cx.ended_at(j)) AS state FROM long;
-- 50 elements, all optional but the last, which comes at the end alone
SELECT name, cx.match_count(j, repeat('a? -> ', 49) || 'c') AS optional FROM long;
SELECT name, cx.match_count(j, repeat('a? -[> 0 seconds, <= 1 hour]-> ', 49) || 'c') AS bounds FROM long;
SELECT name, cx.match_count(j, '(a? -[<= 1 day]->){49} -> c') AS repeated FROM long;
SELECT name, cx.match_count(j, repeat('(a | b)* -[!x, <= 1 day]-> ', 49) || 'c') AS loops FROM long WHERE name = 'threes';
SELECT name, cx.match_count(j, repeat('(a | b)* -> ', 49) || 'c') AS loops, cx.match_count(j, repeat('(a -> b? ->)* -> ', 24) || 'c') AS groups FROM long WHERE name = 'one instant';
-- which never comes
SELECT name, cx.has(j, repeat('(a | b)* -[<= 1 day]-> ', 49) || 'b[value > 0]') AS never FROM long WHERE name = 'threes';
-- 50 elements, none optional
SELECT name, cx.match_count(j, repeat('a -> ', 49) || 'a') AS loose, cx.match_count(j, repeat('(a | b) -[<= 10 minutes]-> ', 49) || '(a | b)') AS near, cx.match_count(j, repeat('(a | b) -[>= 10 minutes]-> ', 49) || '(a | b)') AS far, cx.match_count(j, repeat('a -[!b]-> ', 49) || 'a') AS undisturbed FROM long;
SELECT name, cx.match_count(j, '((a | b) ->){50} within 1 day') AS within, cx.match_count(j, '(a -> b? ->){25} -> c$') AS "to the end", cx.match_count(j, '^c => (a | b)+ => c$') AS all, cx.has(j, '^c => (a | b)+ => c$ within 2 days') AS "all in two days", cx.match_count(j, 'a{50}') AS run FROM long;
-- nested repetition, where backtracking takes forever
SELECT name, cx.match_count(j, '((a+)+)+ -> c') AS nested, cx.match_count(j, '(((a | b)* ->)* ->)* -> c') AS loose, cx.match_count(j, '((a -> b ->){1,5} ->){1,5} -> c') AS products, cx.match_count(j, '(a+ => b+ =>)+ => a') AS blocks FROM long;
-- negative ends, and what is pending
SELECT name, cx.match_count(j, 'a -> b !-[<= 1 day]-> c') AS never_c, cx.match_count(j, 'b !-[!a, <= 1 day]-> b') AS no_b, cx.has(j, '(a | b)+ !-> *') AS last, cx.match_state(j, repeat('a? -[<= 1 day]-> ', 49) || 'd', cx.ended_at(j)) AS state FROM long;
-- the way itself, not only its ends
SELECT name, cx.touch_count(cx.match(j, '^c => (a | b)+ => c$')) AS all, cx.touch_count(cx.match(j, '^c -> c$')) AS ends, cx.touch_count(cx.match(j, '((a | b) -[<= 1 hour]->)+ -> c')) AS chain, (SELECT sum(cx.touch_count(m)) FROM cx.matches(j, '((a | b) ->){50}') m) AS touches FROM long;
-- 256 selectors, the most there are
SELECT name, cx.match_count(j, '((a | b) -[<= 1 hour]->){256}') AS many, cx.match_count(j, '(a | b){256}') AS run FROM long WHERE name = 'threes';
-- functions of a selector
SELECT name, cx.count(j, 'a') + cx.count(j, 'b') AS count, cx.touch_count(cx.filter(j, 'a | b')) AS filter, cx.time_between(j, 'a', 'b', 'longest') AS time_between, (SELECT count(*) FROM cx.preceding(j, '*', '*', '1 day')) AS preceding, (SELECT count(*) FROM cx.instances(j, '1 minute', 'b')) AS instances FROM long;

-- 255 optional elements take long; a time limit ends that within a second.
CREATE FUNCTION pg_temp.cancelled(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	started timestamptz := clock_timestamp();
BEGIN
	EXECUTE query;
	RETURN 'finished';
EXCEPTION WHEN query_canceled THEN
	RETURN CASE WHEN clock_timestamp() < started + interval '1.2 seconds' THEN 'cancelled' ELSE 'cancelled late: ' || clock_timestamp() - started END;
END $$;
SET statement_timeout = '0.2s';
SELECT pg_temp.cancelled($$SELECT cx.has(j, '((a | b)? -[<= 1 hour]->){255} -> b[value > 0]') FROM long$$) AS has;
SELECT pg_temp.cancelled($$SELECT cx.match_count(j, '((a | b)? -[<= 1 hour]->){255} -> c') FROM long$$) AS match_count;
SELECT pg_temp.cancelled($$SELECT cx.match(j, '((a | b)? -[<= 1 hour]->){255} -> c') FROM long$$) AS match;
SELECT pg_temp.cancelled($$SELECT cx.match_state(j, '((a | b)? -[<= 1 hour]->){255} -> d', cx.ended_at(j)) FROM long$$) AS match_state;
SELECT pg_temp.cancelled($$SELECT count((repeat('(a? ->){16} -> ', 15) || 'a' || i)::cx.pattern) FROM generate_series(1, 1000000) i$$) AS compiling;
SELECT pg_temp.cancelled($$SELECT cx.count(j, 'a') FROM long, generate_series(1, 10000)$$) AS count;
RESET statement_timeout;
