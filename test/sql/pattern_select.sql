-- Selectors: which touches fit; the functions of a journey and a selector.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
CREATE FUNCTION pg_temp.fits(j cx.journey, selector text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(t.touchpoint, ' ' ORDER BY t.step), 'none') FROM cx.touches(cx.filter(j, selector)) t
$$;
-- Pairs of a selector and the touchpoints that fit it; count must agree.  What is listed is wrong.
CREATE FUNCTION pg_temp.wrong(j cx.journey, VARIADIC cases text[]) RETURNS TABLE (selector text, wanted text, got text) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. cardinality(cases) BY 2 LOOP
		selector := cases[i];
		wanted := cases[i + 1];
		got := pg_temp.fits(j, selector);
		IF got <> wanted OR cx.count(j, selector) <> cx.touch_count(cx.filter(j, selector)) OR cx.match_count(j, selector) <> cx.count(j, selector)
			OR (j @@ selector) <> (cx.count(j, selector) > 0) OR cx.count(j, '!(' || selector || ')') <> cx.touch_count(j) - cx.count(j, selector) THEN
			RETURN NEXT;
		END IF;
	END LOOP;
END $$;
CREATE FUNCTION pg_temp.j(VARIADIC touchpoints text[]) RETURNS cx.journey LANGUAGE sql AS $$
	SELECT cx.journey(array_agg('2026-01-01Z'::timestamptz + n * interval '1 hour'), array_agg(t)) FROM unnest(touchpoints) WITH ORDINALITY u (t, n)
$$;

-- None of these may list anything.
-- Paths: * is one label, ** any number of them, none too; a bare * or ** is any touch.
SELECT * FROM pg_temp.wrong(pg_temp.j('a', 'b', 'a.b', 'a.b.c', 'a.x.b', 'a.x.y.b', 'ab', 'x.a', 'A'), 'a', 'a', '"a"', 'a', 'a.b', 'a.b', 'a."b"', 'a.b', '"a.b"', 'a.b', 'a.*', 'a.b', 'a.**', 'a a.b a.b.c a.x.b a.x.y.b', '*.b', 'a.b', '**.b', 'b a.b a.x.b a.x.y.b', '*.*', 'a.b x.a', '*.*.*', 'a.b.c a.x.b', 'a.*.b', 'a.x.b', 'a.**.b', 'a.b a.x.b a.x.y.b', 'a.*.**', 'a.b a.b.c a.x.b a.x.y.b', 'a.*.*', 'a.b.c a.x.b', '**.a', 'a x.a', '**.a.**', 'a a.b a.b.c a.x.b a.x.y.b x.a',
	'**.x.**', 'a.x.b a.x.y.b x.a', '**.**', 'a b a.b a.b.c a.x.b a.x.y.b ab x.a A', '*', 'a b a.b a.b.c a.x.b a.x.y.b ab x.a A', '**', 'a b a.b a.b.c a.x.b a.x.y.b ab x.a A', '**.b.**.b', 'none', '*.b.*', 'a.b.c', '**.*', 'a b a.b a.b.c a.x.b a.x.y.b ab x.a A', 'A', 'A', '"a.*"', 'none', '"*"', 'none', 'a.b.c.d', 'none', 'a | b', 'a b', 'a.* | *.a', 'a.b x.a', '!a.**', 'b ab x.a A', '!(a | b)', 'a.b a.b.c a.x.b a.x.y.b ab x.a A', '!!a', 'a', '!*', 'none', 'a | !*', 'a', '!a | a.**', 'a b a.b a.b.c a.x.b a.x.y.b ab x.a A');
-- Labels are literal, whatever is in them; empty ones count.
SELECT * FROM pg_temp.wrong(pg_temp.j('a..b', '.', 'a.', '.a', 'a*', '*', 'a b', '"', 'größe', 'a%b', 'within', '顧客.x'), '"a..b"', 'a..b', 'a.*.b', 'a..b', '*.*', '. a. .a 顧客.x', '"*"', '*', '"a*"', 'a*', '"a b"', 'a b', '""""', '"', 'größe', 'größe', '"a%b"', 'a%b', '"within"', 'within', '顧客.*', '顧客.x', '*.a', '.a', 'a.*', 'a.', '"."', '.', '"".a', '.a', 'a."".b', 'a..b', '**.""', '. a.');
SELECT pg_temp.outcome('SELECT cx.count(''[]'', ''gr*'')') AS "a star behind a label repeats";
-- A glob with many ** on a long path does not explode.
SET statement_timeout = '5s';
SELECT cx.count(pg_temp.j(repeat('a.', 120) || 'a'), repeat('**.a.', 60) || 'b') AS none, cx.count(pg_temp.j(repeat('a.', 120) || 'a'), repeat('**.a.', 60) || 'a') AS one;
RESET statement_timeout;
-- Channels and teams, as paths; a touch without one fits no test of it.
CREATE TEMP TABLE j AS SELECT '[{"at": "2026-01-01T00:00:00Z", "touchpoint": "t1", "channel": "web", "team": "shop", "value": 5},
	{"at": "2026-01-01T01:00:00Z", "touchpoint": "t2", "channel": "app.ios", "lasted": 600, "attrs": {"k": "x", "n": 1, "b": true}},
	{"at": "2026-01-01T02:00:00Z", "touchpoint": "t3", "team": "care.eu", "value": -2.5, "lasted": 600.001, "attrs": {"k": "y", "n": 1.5, "b": false}},
	{"at": "2026-01-01T03:00:00Z", "touchpoint": "t4", "channel": "app", "team": "care", "value": 0, "lasted": 0, "attrs": {"k": "10", "n": 10, "my key": "", "a.b": 1}},
	{"at": "2026-01-01T04:00:00Z", "touchpoint": "t5", "value": 1e300, "lasted": 86400, "attrs": {"k": 10, "n": "1", "b": "true", "value": 3, "huge": 123456789012345678901234567890.5}}]'::cx.journey AS j;
SELECT w.* FROM j, pg_temp.wrong(j, '@web', 't1', '@app', 't4', '@app.*', 't2', '@app.**', 't2 t4', '@*', 't1 t4', '@**', 't1 t2 t4', '!@**', 't3 t5', '#shop', 't1', '#care.**', 't3 t4', '#**', 't1 t3 t4', '@app#care', 't4', '@**#**', 't1 t4', 't1@web#shop', 't1', 't2@web', 'none', '*@web', 't1', '**@web', 't1', '@web | #care', 't1 t4', '!@web', 't2 t3 t4 t5', '@"web"', 't1', '@"app.ios"', 't2', '@none', 'none') w;
-- Conditions on value and lasted; a touch without it fits none.
SELECT w.* FROM j, pg_temp.wrong(j, '[value = 5]', 't1', '[value != 5]', 't3 t4 t5', '[value < 0]', 't3', '[value <= 0]', 't3 t4', '[value > 0]', 't1 t5', '[value >= 0]', 't1 t4 t5', '[value = -2.5]', 't3', '[value = -0]', 't4', '[value = 0.0]', 't4', '[value >= 1e300]', 't5', '[value > 1e300]', 'none', '[value > 0, value < 10]', 't1', '[value > 10, value < 0]', 'none', '!*[value = 5]', 't2 t3 t4 t5', '![value >= -1e308]', 't2', 't1[value = 5]', 't1', 't2[value = 5]', 'none', '@web[value = 5]', 't1',
	'[lasted = 10 minutes]', 't2', '[lasted != 10 minutes]', 't3 t4 t5', '[lasted > 10 minutes]', 't3 t5', '[lasted > 600 seconds 1 millisecond]', 't5', '[lasted >= 600.001 seconds]', 't3 t5', '[lasted < 10 minutes]', 't4', '[lasted <= 10 minutes]', 't2 t4', '[lasted = 0 seconds]', 't4', '[lasted >= 1 day]', 't5', '[lasted > 600000001 microseconds]', 't3 t5', '[lasted <= 1 microsecond]', 't4', '[value >= 0, lasted < 1 day]', 't4', '[value = 5] | [lasted = 0 hours]', 't1 t4') w;
-- Conditions on attrs: of the literal's type only; strings bytewise, numbers exactly.
SELECT w.* FROM j, pg_temp.wrong(j, '[k = "x"]', 't2', '[k != "x"]', 't3 t4', '[k < "x"]', 't4', '[k <= "x"]', 't2 t4', '[k > "x"]', 't3', '[k >= "x"]', 't2 t3', '[k = 10]', 't5', '[k = "10"]', 't4', '[k != 11]', 't5', '["k" = "x"]', 't2', '[n = 1]', 't2', '[n = 1.0]', 't2', '[n = 1e0]', 't2', '[n = 1.50]', 't3', '[n > 1]', 't3 t4', '[n < 10]', 't2 t3', '[n >= 2]', 't4', '[n = "1"]', 't5', '[n != "1"]', 'none', '[b = true]', 't2', '[b = false]', 't3', '[b != true]', 't3', '[b != false]', 't2', '[b = "true"]', 't5', '[b = 1]', 'none',
	'["my key" = ""]', 't4', '["a.b" = 1]', 't4', '[a.b = 1]', 't4', '["value" = 3]', 't5', '[value = 3]', 'none', '[none = 1]', 'none', '[none != 1]', 'none', '![none = 1]', 't1 t2 t3 t4 t5', '[huge = 123456789012345678901234567890.5]', 't5', '[huge > 123456789012345678901234567890.4999]', 't5', '[huge != 123456789012345678901234567890.6]', 't5', '[k = "x", n = 1, b = true, lasted = 10 minutes]', 't2', '[k = "x", n = 2]', 'none', 't2@app.*[k = "x"]', 't2', 't3@app.*[k = "y"]', 'none') w;

-- Count, sums, times.
CREATE TEMP TABLE ask AS SELECT selector FROM unnest(ARRAY['a', 'b', 'c', '*', 'a | c', '[value > 1]', 'x']::cx.selector[]) AS selector;
CREATE TEMP TABLE k AS SELECT '[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a", "value": 1}, {"at": "2026-01-01T00:00:00Z", "touchpoint": "a", "value": 2}, {"at": "2026-01-01T06:00:00Z", "touchpoint": "b"}, {"at": "2026-01-03T00:00:00.000001Z", "touchpoint": "a"}, {"at": "2026-01-05T00:00:00Z", "touchpoint": "c", "value": -0.5}]'::cx.journey AS k;
SELECT selector, cx.count(k, selector), cx.total(k, selector), cx.first_at(k, selector), cx.last_at(k, selector), cx.nth_at(k, selector, 2) AS second, cx.nth_at(k, selector, 3) AS third FROM k, ask;
SELECT selector, cx.path(cx.filter(k, selector)) AS filter, cx.path(cx.since(k, selector)) AS since, cx.path(cx.until(k, selector)) AS until, cx.touch_count(cx.filter(k, selector)) AS touches FROM k, ask;
SELECT pg_temp.outcome('SELECT cx.nth_at(k, ''a'', 0) FROM k') AS zero, pg_temp.outcome('SELECT cx.nth_at(k, ''a'', -1) FROM k') AS negative, cx.nth_at(k, 'a', 2147483647) AS most, pg_temp.outcome('SELECT cx.count(k, ''a -> b'') FROM k') AS pattern, pg_temp.outcome('SELECT cx.nth_at(''[]'', ''a'', 0)') AS "empty too" FROM k;
-- sums in canonical order, as plain addition gives them; only overflow is an error
SELECT cx.total(j, '*') = 1e300 AS all, cx.total(cx.journey('{2026-01-01Z,2026-01-02Z,2026-01-03Z}', '{a,a,a}', amounts => '{1e16,1,-1e16}'), 'a') AS rounded, cx.total(cx.journey('{2026-01-01Z,2026-01-02Z}', '{a,a}', amounts => '{0,NULL}'), 'a') AS zero,
	pg_temp.outcome('SELECT cx.total(cx.journey(''{2026-01-01Z,2026-01-02Z}'', ''{a,a}'', amounts => ''{1e308,1e308}''), ''a'')') AS overflow FROM j;

-- Attempts at a goal: behind each goal, and where the gap is greater.
SELECT gap, goal, (SELECT string_agg(cx.path(i), ' | ' ORDER BY n) FROM cx.instances(pg_temp.j('a', 'b', 'b', 'c', 'b'), gap, goal) WITH ORDINALITY AS s (i, n)) FROM (VALUES ('1 hour'::interval, 'b'::cx.selector), ('59 minutes', 'b'), ('1 hour', 'x'), ('0', 'x'), ('1 month', '*'), ('1 hour', 'a'), ('1 hour', 'b | c'), ('1 hour', '!b')) AS v (gap, goal);
SELECT (SELECT count(*) FROM cx.instances('[]', '1 hour', 'a')) AS empty, (SELECT count(*) FROM cx.instances(NULL, '1 hour', 'a')) AS "NULL", (SELECT count(*) FROM cx.instances(pg_temp.j('a'), NULL, 'a')) AS "NULL", (SELECT count(*) FROM cx.instances(pg_temp.j('a'), '1 hour', NULL)) AS "NULL", pg_temp.outcome('SELECT cx.instances(''[]'', ''-1 hour'', ''a'')') AS negative;
SELECT (SELECT cx.journey_agg(i) FROM cx.instances(k, '1 day', 'a') i) = k AS "parts make the whole" FROM k;

-- Time from one to the next.
SELECT a, b, cx.time_between(t, a, b) AS first, cx.time_between(t, a, b, 'last') AS last, cx.time_between(t, a, b, 'shortest') AS shortest, cx.time_between(t, a, b, 'longest') AS longest
FROM (SELECT cx.journey('{2026-01-01 00:00Z, 2026-01-01 02:00Z, 2026-01-01 03:00Z, 2026-01-02 00:00Z, 2026-01-04 12:00Z, 2026-01-05 00:00Z}', '{a,a,b,a,b,a}') AS t) AS s, (VALUES ('a'::cx.selector, 'b'::cx.selector), ('b', 'a'), ('a', 'a'), ('*', '*'), ('a', 'x'), ('x', 'a'), ('b', 'b')) AS v (a, b);
SELECT cx.time_between(cx.journey('{2026-01-01Z,2026-01-01Z}', '{a,b}'), 'a', 'b') AS "at once", cx.time_between(cx.journey('{2026-01-01Z,2026-01-01Z}', '{a,b}'), 'b', 'a') AS "other order", cx.time_between('[]', 'a', 'b') AS empty, cx.time_between(NULL, 'a', 'b') AS "NULL", cx.time_between(pg_temp.j('a', 'b'), 'a', NULL) AS "NULL", cx.time_between(pg_temp.j('a', 'b'), 'a', 'b', NULL) AS "NULL";
SELECT pg_temp.outcome('SELECT cx.time_between(''[]'', ''a'', ''b'', ''median'')') AS unknown, pg_temp.outcome('SELECT cx.time_between(''[]'', ''a'', ''b'', ''First'')') AS capitals, pg_temp.outcome('SELECT cx.time_between(''[]'', ''a'', ''b'', '''')') AS empty, pg_temp.outcome('SELECT cx.time_between(cx.journey(''{4714-11-24Z BC, 294276-12-31Z}'', ''{a,b}''), ''a'', ''b'')') AS "too long";

-- NULL and empty journeys.
SELECT j, s, cx.count(j, s), cx.total(j, s), cx.first_at(j, s), cx.last_at(j, s), cx.nth_at(j, s, 1), cx.filter(j, s), cx.since(j, s), cx.until(j, s) FROM (VALUES ('[]'::cx.journey, 'a'::cx.selector), ('[]', '!a'), (NULL, 'a'), ('[]', NULL)) AS v (j, s);
SELECT cx.nth_at('[]', 'a', NULL) AS "NULL";

-- Parameters and columns of any text type.
PREPARE counts AS SELECT cx.count(k, $1), cx.total(k, $2::text), cx.path(cx.filter(k, $3)), cx.first_at(k, $4::varchar) FROM k;
EXECUTE counts('a', '[value > 1]', 'b | c', 'c');
DEALLOCATE counts;
SELECT t, cx.count(k, t), cx.count(k, v), cx.count(k, v::cx.selector), cx.time_between(k, t, v) FROM k, (VALUES ('a'::text, 'b'::varchar(5)), ('*', 'a | c')) AS c (t, v);
-- as many selectors as one call has, each its own
SELECT cx.time_between(k, a, b) AS both_change, cx.time_between(k, 'a', b) AS one_changes FROM k, (VALUES ('a'::text, 'b'::text), ('b', 'c'), ('a', 'c')) AS v (a, b);
