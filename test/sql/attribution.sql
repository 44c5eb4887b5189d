-- Attribution: credits by rule, by Markov chain, by Shapley value; the summary behind them.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
-- A journey of touches an hour apart; "x=5" has the value 5, "x@web" the channel.
CREATE FUNCTION pg_temp.j(VARIADIC touches text[]) RETURNS cx.journey LANGUAGE sql AS $$
	SELECT cx.journey(array_agg('2026-01-01Z'::timestamptz + n * interval '1 hour'), array_agg(split_part(split_part(t, '=', 1), '@', 1)), array_agg(nullif(split_part(split_part(t, '=', 1), '@', 2), '')), amounts => array_agg(nullif(split_part(t, '=', 2), '')::float8))
	FROM unnest(touches) WITH ORDINALITY u (t, n)
$$;
CREATE FUNCTION pg_temp.credits(j cx.journey, model text, half_life interval DEFAULT NULL, lookback interval DEFAULT NULL, touches text DEFAULT '*') RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s:%s %s', conversion_number, coalesce(touchpoint, 'direct'), round(credit::numeric, 3)), ', ' ORDER BY n) FROM cx.attribute(j, 'buy', model, half_life, lookback, touches) WITH ORDINALITY a (conversion_number, converted_at, at, touchpoint, channel, team, seconds_before, share, credit, n)
$$;

-- The published example: touches on days 0, 5, 12, 30 and 38, worth 12000.
CREATE TEMP TABLE published AS SELECT cx.journey(array_agg('2026-01-01Z'::timestamptz + d * interval '1 day'), array_agg('d' || d)) || '[{"at": "2026-02-10T00:00:00Z", "touchpoint": "buy", "value": 12000}]' AS j FROM unnest('{0,5,12,30,38}'::int[]) d;
SELECT model, array_agg(round(credit) ORDER BY at) AS credits, sum(credit) = 12000 AS exact, round(sum(share)::numeric, 14) AS whole FROM published, unnest('{first,last,linear,position,time_decay}'::text[]) model, cx.attribute(j, 'buy', model) GROUP BY model ORDER BY model;
SELECT a.* FROM published, cx.attribute(j, 'buy', 'linear') a LIMIT 2;

-- Windows: since the conversion before, the look-back inclusive, only some touches; the conversion itself gets nothing.
CREATE TEMP TABLE model AS SELECT * FROM unnest('{first,last,linear,position,time_decay}'::text[]) WITH ORDINALITY m (model, n);
SELECT model, pg_temp.credits(pg_temp.j('a', 'buy=10'), model) AS one, pg_temp.credits(pg_temp.j('a', 'b', 'buy=10'), model) AS two, pg_temp.credits(pg_temp.j('a', 'b', 'a', 'buy=10'), model) AS three FROM model ORDER BY n;
SELECT model, pg_temp.credits(pg_temp.j('a', 'buy=10', 'b', 'c', 'buy', 'buy=3', 'd'), model) AS "several, direct, no value", pg_temp.credits(pg_temp.j('a', 'b', 'c', 'buy=10'), model, lookback => '2 hours') AS lookback, pg_temp.credits(pg_temp.j('a', 'b', 'c', 'buy=10'), model, lookback => '0') AS "none left", pg_temp.credits(pg_temp.j('a', 'b', 'c', 'buy=10'), model, touches => 'a | c') AS some FROM model ORDER BY n;
SELECT pg_temp.credits(pg_temp.j('buy=0', 'a', 'b', 'buy=0'), 'linear') AS nothing, pg_temp.credits(pg_temp.j('a', 'b', 'buy=-10'), 'linear') AS refund, pg_temp.credits(pg_temp.j('a', 'b', 'c'), 'linear') AS "no conversion", pg_temp.credits('[]', 'linear') AS empty, pg_temp.credits(pg_temp.j('a', 'b', 'buy=10'), 'time_decay', '1 hour') AS "1 hour", pg_temp.credits(pg_temp.j('a', 'b', 'buy=10'), 'time_decay', '1 microsecond') AS "1 microsecond", pg_temp.credits(pg_temp.j('a', 'b', 'buy=10'), 'time_decay', '1000000 days') AS "1000000 days";
-- at one instant the canonical order decides
SELECT string_agg(touchpoint, ' ') AS before FROM cx.attribute(cx.journey('{2026-01-01Z,2026-01-01Z,2026-01-01Z}', '{z,buy,a}'), 'buy', 'linear');
SELECT converted_at, conversion_number, touchpoint, channel, team, seconds_before, share, credit FROM cx.attribute(cx.journey('{2026-01-01Z,2026-01-02Z}', '{a,b}', '{web,NULL}', '{NULL,care}', '{NULL,7}'), '#care', 'last');
-- credits stay within the value and add up, in any order, at the ends of float8 too
SELECT value, n, sum(credit ORDER BY at) = value AS forwards, sum(credit ORDER BY at DESC) = value AS backwards, bool_and(credit BETWEEN least(value, 0) AND greatest(value, 0)) AS within FROM unnest('{1.7976931348623157e308,-1.7976931348623157e308,2.2250738585072014e-308,5e-324,0.1,1e-300,9007199254740993}'::float8[]) value, unnest('{3,7,1000}'::int[]) n,
	cx.attribute((SELECT cx.journey_agg('2026-01-01Z'::timestamptz + i * interval '1 hour', CASE WHEN i > n THEN 'buy' ELSE 'a' END, NULL, NULL, CASE WHEN i > n THEN value END) FROM generate_series(1, n + 1) i), 'buy', 'time_decay') GROUP BY value, n HAVING NOT (sum(credit ORDER BY at) = value AND sum(credit ORDER BY at DESC) = value AND bool_and(credit BETWEEN least(value, 0) AND greatest(value, 0)));
-- NULL and errors
SELECT (SELECT count(*) FROM cx.attribute(NULL, 'buy', 'last')) AS journey, (SELECT count(*) FROM cx.attribute(pg_temp.j('a', 'buy'), NULL, 'last')) AS conversion, (SELECT count(*) FROM cx.attribute(pg_temp.j('a', 'buy'), 'buy', NULL)) AS model, (SELECT count(*) FROM cx.attribute(pg_temp.j('a', 'buy'), 'buy', 'last', touches => NULL)) AS touches, (SELECT count(*) FROM cx.attribute(pg_temp.j('a', 'buy'), 'buy', 'last', NULL, NULL)) AS defaults;
SELECT pg_temp.outcome($$SELECT pg_temp.credits('[]', 'u-shaped')$$) AS model, pg_temp.outcome($$SELECT pg_temp.credits('[]', 'last', lookback => '-1 day')$$) AS lookback, pg_temp.outcome($$SELECT pg_temp.credits('[]', 'last', '0')$$) AS half_life, pg_temp.outcome($$SELECT pg_temp.credits('[]', 'last', '1 month')$$) AS month, pg_temp.outcome($$SELECT pg_temp.credits('[]', 'last', touches => 'a -> b')$$) AS pattern;

-- The summary: three journeys by hand.  ABABBA, ABBAA and AA each convert: A is on all paths, half of what leaves A goes to B.
CREATE TEMP TABLE hand AS SELECT pg_temp.j(VARIADIC string_to_array(p, NULL) || '{buy}'::text[]) AS j FROM unnest('{ABABBA,ABBAA,AA}'::text[]) p;
SELECT cx.attribution_agg(j, 'buy') AS summary FROM hand \gset
SELECT :'summary' AS summary;
SELECT * FROM cx.markov_credits(:'summary');
SELECT * FROM cx.shapley_credits(:'summary');
SELECT * FROM cx.markov_transitions(:'summary');
SELECT * FROM cx.coalitions(:'summary');
-- Paths that do not convert, direct conversions, values; a journey cut in several paths.
CREATE TEMP TABLE mixed (id int, j cx.journey);
INSERT INTO mixed VALUES (1, pg_temp.j('a@web', 'b@app', 'buy=10', 'c')), (2, pg_temp.j('buy=4', 'b@app', 'buy@app')), (3, pg_temp.j('a', 'c@web')), (4, pg_temp.j('x')), (5, '[]'), (6, NULL);
SELECT cx.conversions(s), cx.unconverted(s), cx.conversion_value(s), s FROM (SELECT cx.attribution_agg(j, 'buy') AS s FROM mixed) m;
SELECT m.* FROM (SELECT cx.attribution_agg(j, 'buy') AS s FROM mixed) x, cx.markov_credits(s) m;
SELECT m.* FROM (SELECT cx.attribution_agg(j, 'buy') AS s FROM mixed) x, cx.markov_credits(s, true) m;
SELECT m.* FROM (SELECT cx.attribution_agg(j, 'buy') AS s FROM mixed) x, cx.shapley_credits(s) m;
SELECT t.* FROM (SELECT cx.attribution_agg(j, 'buy', 2) AS s FROM mixed) x, cx.markov_transitions(s) t;
-- By channel, team, a key of attrs: touches without it are no part of a path; an empty value is none.
SELECT cx.attribution_agg(j, 'buy', 1, 'channel') AS channel, cx.attribution_agg(j, 'buy', 1, 'team') AS team FROM mixed;
SELECT cx.attribution_agg(j, 'buy', 1, 'k') FROM (VALUES ('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a", "attrs": {"k": "x"}}, {"at": "2026-01-02T00:00:00Z", "touchpoint": "b", "attrs": {"k": ""}}, {"at": "2026-01-03T00:00:00Z", "touchpoint": "c", "attrs": {"k": 5}}, {"at": "2026-01-04T00:00:00Z", "touchpoint": "buy", "attrs": {"k": "y"}}]'::cx.journey)) v (j);
-- A path shorter than the order is one state; states that follow themselves are not counted.
SELECT t.* FROM (SELECT cx.attribution_agg(pg_temp.j(VARIADIC string_to_array(p, NULL) || '{buy}'::text[]), 'buy', 3) AS s FROM unnest('{A,AB,AAAAA,ABABAB}'::text[]) p) x, cx.markov_transitions(s) t;
-- Nothing converts; nothing at all.
SELECT m.* FROM cx.markov_credits((SELECT cx.attribution_agg(pg_temp.j('a', 'b'), 'buy'))) m;
SELECT m.* FROM cx.shapley_credits((SELECT cx.attribution_agg(pg_temp.j('a', 'b'), 'buy'))) m;
SELECT m.* FROM cx.markov_credits((SELECT cx.attribution_agg('[]'::cx.journey, 'buy'))) m;
SELECT m.* FROM cx.markov_credits((SELECT cx.attribution_agg(pg_temp.j('buy=2', 'buy'), 'buy'))) m;
SELECT cx.attribution_agg(j, 'buy') AS none, cx.rollup(NULL::cx.attribution_summary) AS "null", cx.conversions(NULL) AS conversions, cx.conversion_value((SELECT cx.attribution_agg('[]'::cx.journey, 'buy'))) AS value FROM mixed WHERE id > 5;
-- Values that are 0, or cancel: credits do not suffer.
SELECT m.* FROM cx.markov_credits((SELECT cx.attribution_agg(j, 'buy') FROM (VALUES (pg_temp.j('a', 'b', 'buy=0')), (pg_temp.j('b', 'buy=0'))) v (j))) m;
SELECT m.* FROM cx.markov_credits((SELECT cx.attribution_agg(j, 'buy') FROM (VALUES (pg_temp.j('a', 'buy=5')), (pg_temp.j('b', 'buy=-5'))) v (j))) m;
SELECT m.* FROM cx.shapley_credits((SELECT cx.attribution_agg(j, 'buy') FROM (VALUES (pg_temp.j('a', 'buy=5')), (pg_temp.j('b', 'buy=-5'))) v (j))) m;

-- Merging.
SELECT cx.rollup(s) = (SELECT cx.attribution_agg(j, 'buy', 2) FROM mixed) AS same, cx.rollup(s ORDER BY id) = cx.rollup(s ORDER BY id DESC) AS "any order" FROM (SELECT id, cx.attribution_agg(j, 'buy', 2) AS s FROM mixed GROUP BY id) x;
SELECT cx.conversions(cx.rollup(s)) AS twice, cx.rollup(s) > min(s::text)::cx.attribution_summary AS other FROM (SELECT cx.attribution_agg(j, 'buy') AS s FROM mixed UNION ALL SELECT cx.attribution_agg(j, 'buy') FROM mixed) x;
SELECT id, cx.conversions(cx.rollup(s) OVER (ORDER BY id)) AS running FROM (SELECT id, cx.attribution_agg(j, 'buy') AS s FROM mixed GROUP BY id) x;
SELECT count(DISTINCT s) AS "distinct", count(*) FROM (SELECT cx.attribution_agg(j, 'buy') AS s FROM mixed GROUP BY id % 3 UNION ALL SELECT cx.attribution_agg(j, 'buy') FROM mixed GROUP BY id % 3) x;
SELECT pg_temp.outcome($$SELECT cx.rollup(s) FROM (SELECT cx.attribution_agg(j, 'buy', o) AS s FROM mixed, generate_series(1, 2) o GROUP BY o ORDER BY o) x$$) AS orders, pg_temp.outcome($$SELECT cx.rollup(s) FROM (SELECT cx.attribution_agg(j, 'buy', 1, by) AS s FROM mixed, unnest('{channel,touchpoint}'::text[]) by GROUP BY by ORDER BY by) x$$) AS labels, pg_temp.outcome($$SELECT cx.attribution_agg(j, 'buy', id) FROM mixed WHERE id < 3$$) AS "in a group";
SELECT pg_temp.outcome($$SELECT cx.attribution_agg(j, 'buy', 0) FROM mixed$$) AS "0", pg_temp.outcome($$SELECT cx.attribution_agg(j, 'buy', 5) FROM mixed$$) AS "5", pg_temp.outcome($$SELECT cx.attribution_agg(j, 'buy', NULL) FROM mixed$$) AS "null", pg_temp.outcome($$SELECT cx.attribution_agg(j, NULL) FROM mixed$$) AS conversion, pg_temp.outcome($$SELECT cx.attribution_agg(j, 'buy', 1, NULL) FROM mixed$$) AS by, pg_temp.outcome($$SELECT cx.attribution_agg(j, 'buy', 1, '') FROM mixed$$) AS empty;
-- Its size depends on what was seen, not on how often.
SELECT pg_column_size(cx.attribution_agg(j, 'buy')) = pg_column_size(cx.attribution_agg(j, 'buy') FILTER (WHERE k = 1)) AS "as large", cx.conversions(cx.attribution_agg(j, 'buy')) FROM mixed, generate_series(1, 1000) k;

-- Text, jsonb, binary.
SELECT s::text::cx.attribution_summary = s AS text, s::jsonb::cx.attribution_summary = s AS jsonb, s::jsonb ->> 'by' AS by FROM (SELECT cx.attribution_agg(j, 'buy', 4, 'channel') AS s FROM mixed) x;
CREATE FUNCTION pg_temp.reads(text) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.outcome(format('SELECT %L::cx.attribution_summary', $1)) $$;
-- numbers of touchpoints and the order of lines do not matter; what is not used is gone
SELECT pg_temp.reads('{"direct": [0, 0], "by": "x", "markov_order": 1, "touchpoints": ["z", "unused", "a"], "sets": [[[2, 0], 1, 0, 5]], "ends": [[[0], 1, 0, 5]], "transitions": [[[2], [0], 1, 0], [[], [2], 1, 0]]}');
CREATE TEMP TABLE wrong (n int GENERATED ALWAYS AS IDENTITY, path text, value jsonb);
INSERT INTO wrong (path, value) VALUES ('{}', '[]'), ('{markov_order}', '0'), ('{markov_order}', '5'), ('{markov_order}', '1.5'), ('{by}', '""'), ('{by}', '1'), ('{touchpoints}', '["a"]'), ('{touchpoints}', '["a", ""]'), ('{touchpoints}', '["a", "a"]'), ('{touchpoints}', '["b", "a"]'), ('{touchpoints}', '{}'), ('{touchpoints,0}', '1'), ('{transitions}', '1'), ('{transitions,0}', '1'),
	('{transitions,0,1}', '[]'), ('{transitions,0,1}', '[0, 1]'), ('{transitions,0,1}', '[2]'), ('{transitions,0,1}', '[-1]'), ('{transitions,0,0}', '[0]'), ('{transitions,0,2}', '-1'), ('{transitions,0,2}', '0'), ('{transitions,0,2}', '9223372036854775808'), ('{transitions,0,2}', '"1"'), ('{transitions,0,4}', '1'), ('{transitions,0}', '[[], [0], 1]'),
	('{ends,0,0}', '[]'), ('{ends,0,1}', '7'), ('{ends,0,3}', '1e400'), ('{ends,0,3}', 'null'), ('{ends}', '[]'), ('{sets,0,0}', '[]'), ('{sets,0,0}', '[1, 0]'), ('{sets,0,0}', '[0, 0]'), ('{sets,0,2}', '9'), ('{sets,0,1}', '0'), ('{direct}', '[]'), ('{direct}', '[1, 2, 3]'), ('{direct}', '[0, 2]'), ('{direct}', '[-1, 2]'), ('{direct,1}', '"x"');
SELECT n, path, left(value::text, 30) AS value, regexp_replace(pg_temp.reads(CASE path WHEN '{}' THEN '[]' ELSE jsonb_set('{"markov_order": 1, "by": "touchpoint", "touchpoints": ["a", "b"], "transitions": [[[], [0], 1, 0], [[0], [1], 1, 0]], "ends": [[[1], 1, 0, 5]], "sets": [[[0, 1], 1, 0, 5]], "direct": [0, 0]}', path::text[], value)::text END), '^22P02: invalid input syntax for type attribution_summary \| ', '') AS outcome FROM wrong ORDER BY n;
SELECT key AS missing, pg_temp.reads((doc - key)::text) FROM (SELECT '{"markov_order": 1, "by": "touchpoint", "touchpoints": [], "transitions": [], "ends": [], "sets": [], "direct": [0, 0]}'::jsonb) d (doc), jsonb_object_keys(doc) key ORDER BY key;
SELECT pg_temp.reads('') AS empty, pg_temp.reads('{') AS cut, pg_temp.reads('{"markov_order": 1, "by": "touchpoint", "touchpoints": [], "transitions": [], "ends": [], "sets": [], "direct": [0, 0]}') AS least;
-- counts at the end of their range, and beyond
SELECT pg_temp.outcome($$SELECT cx.rollup(s) FROM unnest(array_fill('{"markov_order": 1, "by": "t", "touchpoints": ["a"], "transitions": [[[], [0], 9223372036854775807, 0]], "ends": [[[0], 9223372036854775807, 0, 1e308]], "sets": [[[0], 9223372036854775807, 0, 1e308]], "direct": [0, 0]}'::cx.attribution_summary, ARRAY[2])) s$$) AS counts,
	pg_temp.outcome($$SELECT cx.rollup(s) FROM unnest(array_fill('{"markov_order": 1, "by": "t", "touchpoints": ["a"], "transitions": [[[], [0], 1, 0]], "ends": [[[0], 1, 0, 1e308]], "sets": [[[0], 1, 0, 1e308]], "direct": [0, 0]}'::cx.attribution_summary, ARRAY[2])) s$$) AS values,
	pg_temp.outcome($$SELECT cx.conversions('{"markov_order": 1, "by": "t", "touchpoints": ["a"], "transitions": [], "ends": [[[0], 9223372036854775807, 0, 1]], "sets": [[[0], 9223372036854775807, 0, 1]], "direct": [1, 0]}')$$) AS conversions,
	pg_temp.outcome($$SELECT count(*) FROM cx.markov_transitions('{"markov_order": 1, "by": "t", "touchpoints": ["a"], "transitions": [[[], [0], 9223372036854775807, 1]], "ends": [], "sets": [], "direct": [0, 0]}')$$) AS transitions;

-- Chains that no journey makes: loops without a way out, conversions that nobody reaches, states from nowhere.  Answers, not errors.
CREATE FUNCTION pg_temp.chain(transitions text, ends text, sets text) RETURNS cx.attribution_summary LANGUAGE sql AS $$
	SELECT format('{"markov_order": 1, "by": "t", "touchpoints": ["a", "b", "c"], "transitions": [%s], "ends": [%s], "sets": [%s], "direct": [0, 0]}', transitions, ends, sets)::cx.attribution_summary
$$;
SELECT 'loop without end' AS chain, m.* FROM cx.markov_credits(pg_temp.chain('[[], [0], 2, 0], [[0], [1], 1, 0], [[1], [2], 1, 0], [[2], [1], 1, 0]', '[[0], 1, 0, 1]', '[[0], 1, 0, 1]')) m;
SELECT 'conversion out of reach' AS chain, m.* FROM cx.markov_credits(pg_temp.chain('[[], [0], 2, 0], [[1], [2], 1, 0]', '[[2], 1, 0, 1], [[0], 0, 1, 0]', '[[0], 1, 0, 1], [[1], 0, 1, 0]')) m;
SELECT 'nobody starts' AS chain, m.* FROM cx.markov_credits(pg_temp.chain('[[0], [1], 2, 0]', '[[1], 1, 0, 1]', '[[0, 1], 1, 0, 1]')) m;
-- From a and b one in 10^15 converts and two are lost, the others go round: a third converts in the end.  Half come by c, which always converts.
SELECT touchpoint, round(credit::numeric, 13) AS credit, round(removal_effect::numeric, 13) AS effect FROM cx.markov_credits(pg_temp.chain('[[], [0], 1, 0], [[], [2], 1, 0], [[0], [1], 1000000000000000, 0], [[1], [0], 1000000000000000, 0]', '[[0], 1, 0, 1], [[1], 0, 2, 0], [[2], 1, 0, 1]', '[[0, 1], 1, 2, 1], [[2], 1, 0, 1]'));

-- Many touchpoints; and too many states.
SELECT count(*), sum(credit), bool_and(credit > 0) AS "all" FROM cx.markov_credits((SELECT cx.attribution_agg(j, 'buy') FROM (SELECT cx.journey_agg('2026-01-01Z'::timestamptz + i * interval '1 hour', CASE WHEN i > 20 THEN 'buy' ELSE 't' || (k * i * i + 7 * k) % 300 END) AS j FROM generate_series(1, 600) k, generate_series(1, 21) i GROUP BY k) s));
SELECT pg_temp.outcome($$SELECT cx.markov_credits((SELECT cx.attribution_agg(j, 'buy', 2) FROM (SELECT cx.journey_agg('2026-01-01Z'::timestamptz + i * interval '1 second', CASE WHEN i > 20500 THEN 'buy' ELSE 't' || (i * k * 7919 + i * i) % 100003 END) AS j FROM generate_series(1, 10) k, generate_series(1, 20501) i GROUP BY k) s))$$) AS states;
-- a long journey back and forth
SELECT m.* FROM cx.markov_credits((SELECT cx.attribution_agg(j, 'buy', 4) FROM (SELECT pg_temp.j(VARIADIC array_agg('t' || i % 2 ORDER BY i) || '{buy}'::text[]) AS j FROM generate_series(1, 20000) i) s)) m;
