-- Attribution: which touches are credited with a conversion, and what several ways of asking agree on.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(25);

CREATE FUNCTION pg_temp.j(VARIADIC touches text[]) RETURNS cx.journey LANGUAGE sql AS $$
	SELECT cx.journey(array_agg('2026-01-01Z'::timestamptz + n * interval '1 day'), array_agg(split_part(t, '=', 1)), amounts => array_agg(nullif(split_part(t, '=', 2), '')::float8))
	FROM unnest(touches) WITH ORDINALITY u (t, n)
$$;
CREATE FUNCTION pg_temp.credits(j cx.journey, model text, lookback interval DEFAULT NULL, touches text DEFAULT '*') RETURNS float8[] LANGUAGE sql AS $$
	SELECT array_agg(credit ORDER BY n) FROM cx.attribute(j, 'buy', model, NULL, lookback, touches) WITH ORDINALITY a (conversion_number, converted_at, at, touchpoint, channel, team, seconds_before, share, credit, n)
$$;

SELECT is(pg_temp.credits(pg_temp.j('a', 'b', 'c', 'buy=30'), 'first'), '{30,0,0}', 'first: all to the first touch, the others are rows too');
SELECT is(pg_temp.credits(pg_temp.j('a', 'b', 'c', 'buy=30'), 'last'), '{0,0,30}', 'last: all to the touch before the conversion');
SELECT is(pg_temp.credits(pg_temp.j('a', 'b', 'c', 'buy=30'), 'linear'), '{10,10,10}', 'linear: the same to each touch');
SELECT is(pg_temp.credits(pg_temp.j('a', 'b', 'c', 'd', 'buy=100'), 'position'), '{40,10,10,40}', 'position: 40/20/40');
SELECT is(pg_temp.credits(pg_temp.j('a', 'b', 'buy=100'), 'position'), '{50,50}', 'position of two touches: half each');
SELECT is(pg_temp.credits(pg_temp.j('a', 'buy=100'), 'position'), '{100}', 'position of one touch: all');
SELECT is(credit, 20::float8, 'time_decay: half as much a half-life earlier') FROM cx.attribute(pg_temp.j('a', 'b', 'buy=60'), 'buy', 'time_decay', '1 day') LIMIT 1;
SELECT is(pg_temp.credits(pg_temp.j('a', 'buy=5', 'b', 'buy=7'), 'linear'), '{5,7}', 'a conversion is credited to the touches since the one before');
SELECT is(pg_temp.credits(pg_temp.j('a', 'b', 'c', 'buy=7'), 'linear', '1 day'), '{7}', 'a look-back includes its end, and leaves out what lies before');
SELECT is(pg_temp.credits(pg_temp.j('a', 'b', 'c', 'buy=8'), 'linear', NULL, 'a | b'), '{4,4}', 'only touches that are asked for are credited');
SELECT is(pg_temp.credits(pg_temp.j('a', 'b', 'buy'), 'linear'), '{0.5,0.5}', 'a conversion without value counts as 1');
SELECT results_eq($$SELECT touchpoint, share, credit FROM cx.attribute(pg_temp.j('buy=9'), 'buy', 'linear')$$, $$VALUES (NULL::text, 1::float8, 9::float8)$$, 'a conversion that no touch comes before is a row without touchpoint');
SELECT is_empty($$SELECT * FROM cx.attribute(pg_temp.j('a', 'b'), 'buy', 'linear')$$, 'no conversion, no rows');
SELECT is_empty($$SELECT * FROM cx.attribute('[]', 'buy', 'linear')$$, 'no touches, no rows');
SELECT throws_ok($$SELECT * FROM cx.attribute('[]', 'buy', 'best')$$, '22023', NULL, 'an unknown model is an error');

CREATE TEMP TABLE journey (id int, journey cx.journey);
INSERT INTO journey VALUES (1, pg_temp.j('a', 'b', 'buy=10')), (2, pg_temp.j('a', 'a', 'c')), (3, pg_temp.j('b', 'a', 'buy=2', 'c')), (4, pg_temp.j('buy=1', 'a', 'b', 'c', 'buy=3'));
CREATE TEMP TABLE summary AS SELECT o, cx.attribution_agg(journey, 'buy', o) AS s FROM journey, generate_series(1, 4) o GROUP BY o;
SELECT is(array_agg(DISTINCT ROW(cx.conversions(s), cx.unconverted(s), cx.conversion_value(s))::text), '{"(4,2,16)"}', 'conversions, other paths and value do not depend on the order of the chain') FROM summary;
SELECT results_eq('SELECT o, sum(credit) FROM summary, cx.markov_credits(s) GROUP BY o ORDER BY o', 'SELECT o, 4::float8 FROM generate_series(1, 4) o', 'credits are all conversions, whatever the order');
SELECT results_eq('SELECT o, round(sum(value)::numeric, 9) FROM summary, cx.markov_credits(s) GROUP BY o ORDER BY o', 'SELECT o, 16.000000000 FROM generate_series(1, 4) o', 'and values all value');
SELECT is(count(DISTINCT c), 1::bigint, 'Shapley credits do not depend on the order') FROM (SELECT o, array_agg(x::text ORDER BY x.touchpoint) AS c FROM summary, cx.shapley_credits(s) x GROUP BY o) y;
SELECT results_eq('SELECT touchpoint, round(credit::numeric, 12) FROM summary, cx.shapley_credits(s) WHERE o = 1',
	$$VALUES ('a', 1.333333333333), ('b', 1.333333333333), ('c', 0.333333333333), (NULL, 1.000000000000)$$, 'Shapley: each path is shared by its touchpoints');
SELECT is(removal_effect, 1::float8, 'without the touchpoint that all conversions go through nothing converts') FROM cx.markov_credits((SELECT cx.attribution_agg(journey, 'buy') FROM (VALUES (pg_temp.j('a', 'b', 'buy')), (pg_temp.j('a', 'c', 'buy')), (pg_temp.j('x', 'y'))) v (journey))) WHERE touchpoint = 'a';
SELECT is((SELECT cx.rollup(s) FROM (SELECT cx.attribution_agg(journey, 'buy', 2) AS s FROM journey GROUP BY id) x), s, 'merged from single journeys it is the same') FROM summary WHERE o = 2;
SELECT is(s::text::cx.attribution_summary, s, 'the text form reads back') FROM summary WHERE o = 3;
SELECT throws_ok('SELECT cx.rollup(s) FROM summary', '22023', NULL, 'different orders do not merge');
SELECT throws_ok('SELECT cx._attribution_agg(s, journey, ''buy'') FROM summary, journey', '0A000', NULL, 'functions of aggregates are for aggregates only');

SELECT * FROM finish();
ROLLBACK;
