-- What patterns match: every construct, by example; the functions of a pattern; NULL, empty journeys, parameters, columns.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
-- A journey from words: touchpoints one hour apart from 00:00, or at a given minute: 'a b@90 c'.  ref is the place, from 0.
CREATE FUNCTION pg_temp.j(words text) RETURNS cx.journey LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(cx.journey_agg('2026-01-01Z'::timestamptz + coalesce(nullif(split_part(word, '@', 2), '')::float8, (n - 1) * 60) * interval '1 minute', split_part(word, '@', 1), NULL, NULL, NULL, NULL, n - 1, NULL), '[]')
	FROM regexp_split_to_table(nullif(words, ''), ' ') WITH ORDINALITY AS w (word, n)
$$;
-- The touches as words: touchpoint and place.
CREATE FUNCTION pg_temp.show(j cx.journey) RETURNS text LANGUAGE sql AS $$ SELECT string_agg(touchpoint || ref, ' ' ORDER BY step) FROM cx.touches(j) $$;
CREATE FUNCTION pg_temp.all(j cx.journey, p cx.pattern) RETURNS text LANGUAGE sql AS $$ SELECT coalesce(string_agg(pg_temp.show(m), ' | ' ORDER BY n), 'none') FROM cx.matches(j, p) WITH ORDINALITY s (m, n) $$;
-- Pairs of a pattern and all its matches; every function must agree with them.
CREATE FUNCTION pg_temp.wrong(words text, VARIADIC cases text[]) RETURNS TABLE (pattern text, wanted text, got text) LANGUAGE plpgsql AS $$
DECLARE
	j cx.journey := pg_temp.j(words);
BEGIN
	FOR i IN 1 .. cardinality(cases) BY 2 LOOP
		pattern := cases[i];
		wanted := cases[i + 1];
		got := pg_temp.all(j, pattern);
		IF got <> wanted OR (wanted <> 'none') <> (j @@ pattern) OR (j @@ pattern) <> cx.has(j, pattern) OR coalesce(pg_temp.show(cx.match(j, pattern)), 'none') <> split_part(wanted, ' | ', 1)
			OR cx.match_count(j, pattern) <> (CASE wanted WHEN 'none' THEN 0 ELSE cardinality(string_to_array(wanted, ' | ')) END) THEN
			RETURN NEXT;
		END IF;
	END LOOP;
END $$;
SELECT pg_temp.show(pg_temp.j('a b@90 c')) AS words, cx.ended_at(pg_temp.j('a b@90')), pg_temp.j('') AS none;

-- None of the following may list anything.
-- Links: later, the very next; leftmost start, earliest end, no overlap.
SELECT * FROM pg_temp.wrong('a x b a b', 'a', 'a0 | a3', 'a -> b', 'a0 b2 | a3 b4', 'a => b', 'a3 b4', 'a => x => b', 'a0 x1 b2', 'b -> a', 'b2 a3', 'b => a', 'b2 a3', 'a -> a', 'a0 a3', 'b -> x', 'none', 'c', 'none', 'a -> b -> a -> b', 'a0 b2 a3 b4',
	'* -> *', 'a0 x1 | b2 a3', '* => * => *', 'a0 x1 b2', 'a -> *', 'a0 x1 | a3 b4', '* -> b', 'a0 b2 | a3 b4', 'a -> b -> b', 'a0 b2 b4', '!a -> !a', 'x1 b2', '!x => !x', 'b2 a3');
-- The way is the one whose touches come earliest.
SELECT * FROM pg_temp.wrong('a a b b c', 'a -> b -> c', 'a0 b2 c4', 'a => b -> c', 'a1 b2 c4', 'a -> b => c', 'a0 b3 c4', 'a+ -> c', 'a0 a1 c4', 'a -> a? -> c', 'a0 a1 c4', 'a -> b* -> c', 'a0 b2 b3 c4', 'a -> (b ->)* => c', 'a0 b2 b3 c4');
-- Time: each bound at its edge; the touches lie 0, 60, 60 and 150 minutes from the start.
SELECT * FROM pg_temp.wrong('a b@60 b@60 b@150', 'a -[<= 1 hour]-> b', 'a0 b1', 'a -[< 1 hour]-> b', 'none', 'a -[>= 1 hour]-> b', 'a0 b1', 'a -[> 1 hour]-> b', 'a0 b3', 'a -[>= 3600000001 microseconds]-> b', 'a0 b3', 'a -[> 150 minutes]-> b', 'none', 'a -[>= 150 minutes]-> b', 'a0 b3',
	'a -[> 1 hour, <= 2 hours]-> b', 'none', 'a -[> 1 hour, <= 2.5 hours]-> b', 'a0 b3', 'b -[<= 0 seconds]-> b', 'b1 b2', 'b -[> 0 seconds]-> b', 'b1 b3', 'b =[<= 0 seconds]=> b', 'b1 b2', 'b =[> 0 seconds]=> b', 'b2 b3', 'a =[> 1 hour]=> b', 'none', 'a =[<= 1 hour]=> b', 'a0 b1', 'a -[< 1 microsecond]-> b', 'none',
	'a -> b -[> 1 hour]-> b', 'a0 b1 b3', 'a -[<= 1 hour]-> b -[>= 1 hour, < 2 hours]-> b', 'a0 b1 b3');
-- The bound is on the two touches of the link, whatever came before: b1 must give way to b2.
SELECT * FROM pg_temp.wrong('a b@10 b@50 c@70', 'a -> b -[<= 20 minutes]-> c', 'a0 b2 c3', 'a -[<= 10 minutes]-> b -[<= 20 minutes]-> c', 'none', 'a -[<= 10 minutes]-> b -[<= 1 hour]-> c', 'a0 b1 c3');
-- Exclusions: no such touch between the two; the ends may be ones.
SELECT * FROM pg_temp.wrong('a c b a b c', 'a -[!c]-> b', 'a3 b4', 'a -[!c]-> c', 'a0 c1 | a3 c5', 'a -[!b]-> b', 'a0 b2 | a3 b4', 'a -[!a]-> b', 'a0 b2 | a3 b4', 'a -[!a | b]-> c', 'a0 c1', 'a -[!(a | b)]-> c', 'a0 c1', 'a -[!a, !b]-> c', 'a0 c1', 'a -[!!c]-> b', 'a0 b2 | a3 b4', 'a -[!*]-> b', 'a3 b4', 'c -[!b, <= 1 hour]-> b', 'c1 b2', 'a -[!c, > 1 hour]-> b', 'none', 'a -[!x]-> b', 'a0 b2 | a3 b4',
	'a -[!x, >= 2 hours]-> b', 'a0 b2', 'a =[!*]=> b', 'a3 b4', 'c -[!c]-> c', 'c1 c5', 'a -[!c]-> b -> c', 'a3 b4 c5');
-- Repetition: repeats of a selector are neighbours.
SELECT * FROM pg_temp.wrong('b a a a b a b', 'a+', 'a1 | a2 | a3 | a5', 'a{2}', 'a1 a2', 'a{2,}', 'a1 a2', 'a{3}', 'a1 a2 a3', 'a{4}', 'none', 'a{2,3} => b', 'a1 a2 a3 b4', 'a{2} => b', 'a2 a3 b4', 'b => a* => b', 'b0 a1 a2 a3 b4', 'b => a{1,2} => b', 'b4 a5 b6', 'b => a? => b', 'b4 a5 b6', 'b -> a* -> b', 'b0 a1 a2 a3 b4', 'b -> b', 'b0 b4', 'b => b', 'none',
	'^b => (a | b)+$', 'b0 a1 a2 a3 b4 a5 b6', 'a{1} => b', 'a3 b4 | a5 b6', '(a => b)+', 'a3 b4 | a5 b6', '(a => b){2}', 'a3 b4 a5 b6', '(a -> b){2}', 'a1 b4 a5 b6', '(b -> a){2}', 'b0 a3 b4 a5');
-- A group that ends in a link repeats by it.
SELECT * FROM pg_temp.wrong('a x a x x a b', '(a ->){2}', 'a0 a2', '(a ->){3}', 'a0 a2 a5', 'a{2}', 'none', '(a => x ->){2}', 'a0 x1 a2 x3', '(a => x =>){2}', 'a0 x1 a2 x3', '(a ->)+ -> b', 'a0 a2 a5 b6', '(a ->)+ => b', 'a0 a2 a5 b6', '(a -[<= 2 hours]->){2}', 'a0 a2', '(a -[<= 2 hours]->){3}', 'none', '(a -[> 2 hours]->){2}', 'a0 a5', '(a -[!b]->)+ => b', 'a0 a2 a5 b6', '(a =>)+ => b', 'a5 b6',
	'(a -[<= 3 hours]->)+ -[<= 1 hour]-> b', 'a0 a2 a5 b6', '(a -[<= 1 hour]->)+ -[<= 1 hour]-> b', 'a5 b6', 'x -> (a ->)* -> b', 'x1 a2 a5 b6', 'x => (a ->)* => b', 'x1 a2 a5 b6', '((a => x) ->){2}', 'a0 x1 a2 x3', '((a | x) ->){7}', 'none', '((a | x) ->){6}', 'a0 x1 a2 x3 x4 a5', '(x+ -> a ->){2}', 'x1 a2 x3 x4 a5');
-- Absent parts: what stands between two touches is the link right before the later part.
SELECT * FROM pg_temp.wrong('a x b', 'a -> c? => b', 'none', 'a => c? -> b', 'a0 b2', 'a -> c* -> b', 'a0 b2', 'a => x? => b', 'a0 x1 b2', 'a => c? => b', 'none', 'a => (c? -> b)', 'none', 'a -> (c? => b)', 'a0 b2', 'a => (x? -> b)', 'a0 x1 b2', '(a -> c?) => x', 'a0 x1', '(a -> c?) -> b', 'a0 b2', 'a -> (c -> c)? -> b', 'a0 b2', 'a -[<= 1 hour]-> c? -[<= 2 hours]-> b', 'a0 b2',
	'a -[<= 2 hours]-> c? -[<= 1 hour]-> b', 'none', 'a -> c? -[!x]-> b', 'none', 'a -[!x]-> c? -> b', 'a0 b2', 'c? => b', 'b2', 'c? -> x?=> b', 'x1 b2', 'a => c? => x', 'a0 x1', 'c* -> a', 'a0', 'a -> c?', 'a0', '(c? -> a ->)+', 'a0', 'b -> c*', 'b2');
-- Alternatives; groups in groups.
SELECT * FROM pg_temp.wrong('a b c d', 'b | c', 'b1 | c2', '(a | b) => c', 'b1 c2', 'a => b | c => d', 'a0 b1 | c2 d3', '(a | b -> c) -> d', 'a0 d3', '(a => c | b) => c', 'b1 c2', 'a -> (b => d | c => d)', 'a0 c2 d3', 'a -> (b | c)+ => d', 'a0 b1 c2 d3', '(a | b => c)+ => d', 'a0 b1 c2 d3', '((a | b) ->)+ => d', 'none', '(a => (b | x))? -> c => d', 'a0 b1 c2 d3', 'x | d', 'd3');
-- Anchors.
SELECT * FROM pg_temp.wrong('a b a b', '^a', 'a0', '^b', 'none', 'b$', 'b3', 'a$', 'none', '^a -> b', 'a0 b1', '^a -> b$', 'a0 b3', '^a => b$', 'none', 'a => b$', 'a2 b3', '^(a | b)+$', 'a0 b1 a2 b3', '^a{2}', 'none', '^x? -> b', 'none', '^x? -> a', 'a0', 'b -> x?$', 'b3', '^*$', 'none', '^*+$', 'a0 b1 a2 b3', '^* -> *$', 'a0 b3', '^!b', 'a0');
SELECT * FROM pg_temp.wrong('a', '^a$', 'a0', '^*$', 'a0', '^a+$', 'a0', 'a -> a', 'none', '^a -> b?$', 'a0');
-- Negative ends: nothing of the kind behind the last touch.
SELECT * FROM pg_temp.wrong('a b a c', 'a !-> b', 'a2', 'a !=> b', 'a2', 'a !-> c', 'none', 'a !=> c', 'a0', 'a !-> x', 'a0 | a2', 'a !-[<= 1 hour]-> c', 'a0', 'a !-[< 1 hour]-> c', 'a0 | a2', 'a !-[> 1 hour]-> c', 'a2', 'a !-[> 1 hour]-> b', 'a0 | a2', 'a !-[!a]-> c', 'a0', 'b !-[!a]-> c', 'b1', 'b !-> c', 'none', 'a -> b !-> a', 'none', 'a -> b !=> c', 'a0 b1', 'c !-> *', 'c3', 'a !-> *', 'none', 'a !=> (a | c)', 'a0', 'a !=[<= 59 minutes]=> b', 'a0 | a2', 'c$ !-> a', 'c3', 'a !-> !c', 'a2');
-- A repetition ends where nothing follows: it must not stop early to please the negative end, nor may it.
SELECT * FROM pg_temp.wrong('a a a b', 'a+ !=> b', 'a0 | a1', 'a+ !=> a', 'a0 a1 a2', '^a+ !=> a', 'a0 a1 a2', 'a{1,2} !=> a', 'a1 a2', 'a+ !-> b', 'none');
-- within: first to last matched touch, and what lies beyond the last is free.
SELECT * FROM pg_temp.wrong('a b@60 c@120 a@200 b@220 c@230', 'a -> c within 2 hours', 'a0 c2 | a3 c5', 'a -> c within 119 minutes', 'a3 c5', 'a -> b -> c within 30 minutes', 'a3 b4 c5', 'a -> c within 29 minutes', 'none', 'a within 0 seconds', 'a0 | a3', 'a -> b within 0 seconds', 'none', 'a -> c$ within 230 minutes', 'a0 c5', 'a -> c$ within 229 minutes', 'a3 c5', '(a -> b -> c ->){2} within 230 minutes', 'a0 b1 c2 a3 b4 c5', '(a -> b -> c ->){2} within 229 minutes', 'none',
	'a -> b !-> a within 1 hour', 'a3 b4', 'b !-[<= 10 minutes]-> c within 0 seconds', 'b1', 'a -[>= 1 hour]-> b within 1 hour', 'a0 b1');
-- Touches at one instant have an order: the canonical one.
SELECT * FROM pg_temp.wrong('b@0 a@0 a@0', 'a -> b', 'a1 b0', 'b -> a', 'none', 'a -[<= 0 seconds]-> b', 'a1 b0', 'a => b', 'a2 b0', 'a{2} => b', 'a1 a2 b0', 'a -[> 0 seconds]-> b', 'none', 'a -> b within 0 seconds', 'a1 b0');
-- Selectors in patterns look at all of a touch.
SELECT pg_temp.all(j, 'order[value >= 100] -[<= 1 day]-> call@voice#care[lasted > 10 minutes]') AS "1 3", pg_temp.all(j, 'order[value < 100] -> call.*') AS "none", pg_temp.all(j, 'order -[!*@chat]-> call') AS none, pg_temp.all(j, 'order -> call[reason = "refund"]') AS "0 3", pg_temp.all(j, '!order+') AS "2 | 3", cx.match(j, 'call') AS whole
FROM (SELECT '[{"at": "2026-01-01T00:00:00Z", "touchpoint": "order", "value": 50, "ref": 0}, {"at": "2026-01-02T00:00:00Z", "touchpoint": "order", "value": 100, "ref": 1}, {"at": "2026-01-02T01:00:00Z", "touchpoint": "visit", "channel": "chat", "ref": 2},
	{"at": "2026-01-03T00:00:00Z", "touchpoint": "call", "channel": "voice", "team": "care", "lasted": 601, "value": 4.5, "attrs": {"reason": "refund"}, "ref": 3}]'::cx.journey AS j) AS s;

-- Before and after the first match.
SELECT p AS pattern, cx.previous_touchpoint(j, p), cx.next_touchpoint(j, p) FROM (SELECT pg_temp.j('a b c a d') AS j) AS s, unnest(ARRAY['a', 'b', 'c', 'd', 'b -> a', 'a -> d', 'b => c', 'x', '^* -> *$', 'a$']::cx.pattern[]) AS p;
-- What came last before each target; the last one of the same instant counts, the target itself does not.
SELECT p.* FROM cx.preceding('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "call", "value": 1}, {"at": "2026-01-02T00:00:00Z", "touchpoint": "visit", "channel": "web", "team": "shop"}, {"at": "2026-01-02T06:00:00Z", "touchpoint": "mail"}, {"at": "2026-01-03T00:00:00Z", "touchpoint": "call", "value": 2},
	{"at": "2026-01-03T00:00:00Z", "touchpoint": "call"}, {"at": "2026-01-03T00:00:00Z", "touchpoint": "visit"}]', 'call', '*') AS p;
SELECT lookback, p.target_at, p.at, p.touchpoint, p.seconds_before FROM (SELECT cx.journey('{2026-01-31 00:00Z, 2026-02-28 00:00Z, 2026-02-28 01:00Z}', '{a,b,b}') AS j) AS s,
	unnest(ARRAY[NULL, '0', '28 days', '27 days 24 hours', '27 days 23:59:59.999999', '1 month', '0 days 672 hours']::interval[]) WITH ORDINALITY AS l (lookback, n), cx.preceding(j, 'b', 'a', lookback) AS p ORDER BY n, target_at;
SELECT count(*) AS "NULL" FROM (SELECT pg_temp.j('a b') AS j) AS s, LATERAL (SELECT * FROM cx.preceding(NULL, 'a', 'b') UNION ALL SELECT * FROM cx.preceding(j, NULL, 'b') UNION ALL SELECT * FROM cx.preceding(j, 'a', NULL) UNION ALL SELECT * FROM cx.preceding('[]', 'a', 'b') UNION ALL SELECT * FROM cx.preceding(j, 'x', 'a')) AS p;
SELECT pg_temp.outcome('SELECT cx.preceding(''[]'', ''a'', ''b'', ''-1 day'')') AS negative, pg_temp.outcome('SELECT cx.preceding(''[]'', ''a'', ''b'', ''1 day -1 hour'')') AS mixed, pg_temp.outcome('SELECT cx.preceding(''[]'', ''a -> b'', ''b'')') AS "no selector", pg_temp.outcome('SELECT cx.preceding(NULL, ''a'', ''b'', ''-1 day'')') AS "NULL first";

-- What is known at some time.  Touches after as_of are not looked at.
CREATE FUNCTION pg_temp.states(words text, p cx.pattern, VARIADIC minutes float8[]) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(m || ' ' || cx.match_state(pg_temp.j(words), p, '2026-01-01Z'::timestamptz + m * interval '1 minute'), ', ' ORDER BY n) FROM unnest(minutes) WITH ORDINALITY AS u (m, n)
$$;
SELECT p AS pattern, pg_temp.states('a b@60 c@90', p, -1, 0, 59, 60, 89, 90, 120, 150, 151, 1500) AS "a 0, b 60, c 90: state by minute" FROM unnest(ARRAY[
	'a', 'a -> b', 'a => b', 'a -> d', 'a => d', 'c -> d', 'c => d', 'c -[<= 1 hour]-> d', 'c -[< 1 hour]-> d', 'c -[> 10 hours]-> d', 'a -[<= 1 hour]-> b', 'a -[< 1 hour]-> b', 'a -[!b]-> d', 'a -[!x]-> d', 'a -> d within 2 hours', 'a -> d -[>= 30 minutes]-> e within 2 hours', 'a -> d -[>= 30 minutes]-> e within 1 day', 'd', 'd -> a', '^a -> d', '^b -> d', 'a$', 'b$', 'c$', 'a -> d$',
	'a !-> d', 'a !-> b', 'a !-> c', 'a !=> c', 'a !=> b', 'a !=> d', 'c !=> d', 'c !-[<= 1 hour]-> d', 'c !-[< 1 hour]-> d', 'c !-[> 10 minutes]-> d', 'c !-[> 10 minutes, <= 1 hour]-> d', 'a !-[!b]-> d', 'a !-[!c]-> d', 'a -> c !-[<= 30 minutes]-> d', 'a !-[<= 1 hour]-> b', 'a -> b !-[<= 1 hour]-> d within 1 hour', 'a+', '(a ->){2}', 'a{2}', 'a -> (d | b)', 'a -> x? -> b']::cx.pattern[]) AS p;
-- An instant: as_of counts to the microsecond, and includes the touches at it.
SELECT pg_temp.states('a', 'a !-[<= 1 hour]-> b', 59, 60) AS inclusive, cx.match_state(pg_temp.j('a'), 'a !-[<= 1 hour]-> b', '2026-01-01 00:59:59.999999Z') AS before, cx.match_state(pg_temp.j('a'), 'a !-[< 1 hour]-> b', '2026-01-01 00:59:59.999998Z') AS exclusive_before, cx.match_state(pg_temp.j('a'), 'a !-[< 1 hour]-> b', '2026-01-01 00:59:59.999999Z') AS exclusive,
	pg_temp.states('a b@60', 'a !-[<= 1 hour]-> b', 59, 60) AS "then it happens", pg_temp.states('a b@61', 'a !-[<= 1 hour]-> b', 59, 60, 61) AS "then too late", pg_temp.states('', 'a', 0) AS "empty journey";
SELECT pg_temp.outcome('SELECT cx.match_state(''[]'', ''a'', ''infinity'')') AS infinite, pg_temp.outcome('SELECT cx.match_state(''[]'', ''a'', ''-infinity'')') AS "minus infinite", cx.match_state(NULL, 'a', now()) AS "NULL", cx.match_state('[]', NULL, now()) AS "NULL", cx.match_state('[]', 'a', NULL) AS "NULL",
	cx.match_state(pg_temp.j('a'), 'a -> b', '294276-12-31 23:59:59.999999Z') AS "end of time", cx.match_state(pg_temp.j('a'), 'a', '4714-11-24Z BC') AS "beginning";

-- The ends of time: differences beyond what an interval holds.
SELECT cx.has(j, 'a -> b') AS later, cx.has(j, 'a -[> 104166666 days]-> b') AS longer, cx.has(j, 'a -[<= 104166666 days]-> b') AS shorter, cx.has(j, 'a -> b within 104166666 days') AS within, cx.match_count(j, 'a !-[<= 104166666 days]-> b') AS negative
FROM (SELECT cx.journey('{4714-11-24Z BC, 294276-12-31T23:59:59.999999Z}', '{a,b}') AS j) AS s;

-- NULL and empty journeys.
SELECT j, p, cx.has(j, p), j @@ p AS "@@", cx.match(j, p), cx.match_count(j, p), cx.next_touchpoint(j, p), cx.previous_touchpoint(j, p), (SELECT count(*) FROM cx.matches(j, p)) AS rows
FROM (VALUES ('[]'::cx.journey, 'a'::cx.pattern), ('[]', '!a'), ('[]', '^*$'), ('[]', '* !-> a'), (NULL, 'a'), ('[]', NULL)) AS v (j, p);

-- Parameters: unknown, text and varchar, whatever a driver sends; custom and generic plans.
CREATE TEMP TABLE journeys AS SELECT n, pg_temp.j(words) AS j FROM unnest(ARRAY['a b', 'b a', 'a x b', 'x', '']) WITH ORDINALITY AS w (words, n);
PREPARE by_unknown AS SELECT n FROM journeys WHERE j @@ $1 ORDER BY n;
PREPARE by_text(text) AS SELECT n FROM journeys WHERE j @@ $1 ORDER BY n;
PREPARE by_varchar(varchar) AS SELECT n, cx.match_count(j, $1) FROM journeys WHERE cx.has(j, $1) ORDER BY n;
PREPARE by_pattern(cx.pattern) AS SELECT n FROM journeys WHERE j @@ $1 ORDER BY n;
PREPARE by_selector(cx.selector) AS SELECT n FROM journeys WHERE j @@ $1 ORDER BY n;
EXECUTE by_unknown('a -> b'); EXECUTE by_text('a => b'); EXECUTE by_varchar('b'); EXECUTE by_pattern('b => a'); EXECUTE by_selector('x');
SET plan_cache_mode = force_generic_plan;
EXECUTE by_unknown('a -> b'); EXECUTE by_text('a => b'); EXECUTE by_varchar('b'); EXECUTE by_pattern('b => a'); EXECUTE by_selector('x');
EXECUTE by_text('a ->');
EXECUTE by_text(NULL);
RESET plan_cache_mode;
DEALLOCATE ALL;
-- Patterns in columns of each type, another one in each row, and many at one place of a query.
CREATE TEMP TABLE rules (name text, as_text text, as_varchar varchar(40), as_pattern cx.pattern, as_selector cx.selector);
INSERT INTO rules SELECT p, p, p, p, CASE WHEN p !~ '>' THEN p END FROM unnest(ARRAY['a', 'a -> b', 'a => b', 'b -> a', 'x', '!x']) AS p;
INSERT INTO rules VALUES ('none');
SELECT name, string_agg(n::text, ',' ORDER BY n) FILTER (WHERE j @@ as_text) AS text, string_agg(n::text, ',' ORDER BY n) FILTER (WHERE j @@ as_varchar) AS varchar, string_agg(n::text, ',' ORDER BY n) FILTER (WHERE j @@ as_pattern) AS pattern, string_agg(n::text, ',' ORDER BY n) FILTER (WHERE j @@ as_selector) AS selector, string_agg(n::text, ',' ORDER BY n) FILTER (WHERE cx.has(j, as_text)) AS has
FROM journeys, rules GROUP BY name ORDER BY name;
SELECT pg_temp.outcome('SELECT j @@ (CASE n WHEN 4 THEN ''a ->'' ELSE ''a'' END)::text FROM journeys') AS "bad text in one row", pg_temp.outcome('SELECT j @@ ''a -> '' FROM journeys') AS constant, pg_temp.outcome('SELECT j @@ 1 FROM journeys') AS number;
SELECT sum(cx.match_count(j, CASE n % 3 WHEN 0 THEN 'a' WHEN 1 THEN 'b' ELSE '*' END::text)) AS changing FROM journeys;
-- Both ends of an operator's plan, in parallel too.
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
CREATE TABLE many AS SELECT n, j FROM journeys, generate_series(1, 2000);
SELECT count(*) FILTER (WHERE j @@ 'a -> b') AS "@@", sum(cx.match_count(j, 'a | b')) AS counts, count(cx.match(j, 'a => b')) AS matches FROM many;
DROP TABLE many;
-- @@ is cx's; without cx in the search_path there is cx.has.
SET search_path = public;
SELECT cx.has(j, 'a') AS has, j OPERATOR(cx.@@) 'a' AS operator, pg_temp.outcome('SELECT j @@ ''a'' FROM pg_temp.journeys') AS without FROM pg_temp.journeys LIMIT 1;
SET search_path = public, cx;
-- Text search keeps its own operator.
SELECT 'a fat cat'::text @@ 'cat'::text AS texts, to_tsvector('a fat cat') @@ 'cat'::tsquery AS tsquery, to_tsvector('a fat cat') @@ to_tsquery('dog') AS dog;
