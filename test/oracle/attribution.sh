#!/usr/bin/env bash
#
# test/oracle/attribution.sh - Markov and Shapley credits, transitions and sets of touchpoints of random journeys
# against a program that works by definition (lib/attribution.pl), in the database that PGDATABASE names; and merging in
# any order, in text, in parallel: the same bytes.
#
#   SEED=n    other random cases (default 1)
#   SCALE=n   more of them (default 1)
#
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CX_EXPECTED=$work/expected

run()
{
	psql -X -q -v ON_ERROR_STOP=1 -v seed="${SEED:-1}" -v scale="${SCALE:-1}" -v here="$here" "$@"
}

run <<'SQL'
\set begin :here '/lib/begin.sql'
\i :begin
SET max_parallel_workers_per_gather = 0;
CREATE TABLE question AS
SELECT id, 1 + oracle.dice(:seed, id, 'order', 4) AS markov_order, 1 + oracle.dice(:seed, id, 'touchpoints', 7) AS touchpoints,
	oracle.dice(:seed, id, 'journeys', 30) + 1 AS journeys, oracle.dice(:seed, id, 'length', 12) AS length,
	oracle.dice(:seed, id, 'conversions', 5) AS conversions
FROM generate_series(1, 600 * :scale) id;
-- few instants, so that order within one matters; long repeats and loops; conversions first, last, often and never
CREATE TABLE touch AS
SELECT q.id, k AS journey, timestamptz '2026-01-01Z' + oracle.dice(:seed, n, 'at', 9) * interval '1 hour' AS at,
	CASE WHEN oracle.dice(:seed, n, 'conversion', 12) < q.conversions THEN (ARRAY['buy', '~buy'])[1 + n % 2]
		ELSE (ARRAY['a', 'b', 'a.b', 'Größe', 'x y', '"', E'\u0001'])[1 + least(oracle.dice(:seed, n, 'one', q.touchpoints), oracle.dice(:seed, n, 'other', q.touchpoints))] END COLLATE "C" AS touchpoint,
	CASE WHEN oracle.dice(:seed, n, 'value', 3) > 0 THEN oracle.dice(:seed, n, 'amount', 100)::float8 END AS value
FROM question q CROSS JOIN LATERAL generate_series(1, q.journeys) k CROSS JOIN LATERAL generate_series(1, q.length) i
CROSS JOIN LATERAL (SELECT (q.id * 100 + k) * 100 + i AS n) s
WHERE oracle.dice(:seed, n, 'there', 3) > 0;
CREATE TABLE journey AS SELECT id, journey AS number, cx.journey_agg(at, touchpoint, NULL, NULL, value) AS journey FROM touch GROUP BY id, journey;
CREATE TABLE summary AS
SELECT id, cx.attribution_agg(journey, 'buy | "~buy"', markov_order::int) AS summary FROM question JOIN journey USING (id) GROUP BY id;
SQL

run -c '\copy (SELECT id, markov_order, journey, touchpoint, touchpoint IN ($$buy$$, $$~buy$$), value FROM touch JOIN question USING (id) ORDER BY id, journey, at, touchpoint, value NULLS FIRST) TO STDOUT' |
	perl "$here/lib/attribution.pl" >"$CX_EXPECTED"

run -A -t <<'SQL'
SET client_min_messages = warning;
SET search_path = public, cx;
CREATE TABLE expected_credit (id int, model text, touchpoint text, credit float8, effect float8, value float8);
CREATE TABLE expected_transition (id int, model text, source text, target text, count bigint);
CREATE TABLE expected_coalition (id int, touchpoints text, converted bigint, unconverted bigint, value float8);
\copy expected_credit FROM PROGRAM 'grep "^credit" "$CX_EXPECTED" | cut -f 2-'
\copy expected_transition FROM PROGRAM 'grep "^transition" "$CX_EXPECTED" | cut -f 2-'
\copy expected_coalition FROM PROGRAM 'grep "^coalition" "$CX_EXPECTED" | cut -f 2-'

CREATE TABLE credit AS
SELECT id, 'markov' AS model, c.* FROM summary, cx.markov_credits(summary) c
UNION ALL SELECT id, 'markov_conversions', c.* FROM summary, cx.markov_credits(summary, conversions_only => true) c
UNION ALL SELECT id, 'shapley', c.* FROM summary, cx.shapley_credits(summary) c;
CREATE FUNCTION pg_temp.far(a float8, b float8) RETURNS boolean LANGUAGE sql AS $$
	SELECT CASE WHEN a IS NULL OR b IS NULL THEN a IS DISTINCT FROM b ELSE NOT abs(a - b) <= 1e-10 * (1 + abs(b)) END
$$;
INSERT INTO oracle.result (what, cases, differences, example)
SELECT 'credits: ' || coalesce(c.model, e.model), count(*), count(*) FILTER (WHERE wrong), min(concat_ws(' ', e, c)) FILTER (WHERE wrong)
FROM credit c FULL JOIN expected_credit e ON e.id = c.id AND e.model = c.model AND e.touchpoint IS NOT DISTINCT FROM c.touchpoint
CROSS JOIN LATERAL (SELECT c.id IS NULL OR e.id IS NULL OR pg_temp.far(c.credit, e.credit) OR pg_temp.far(c.removal_effect, e.effect)
	OR pg_temp.far(c.value, e.value)) w (wrong)
GROUP BY coalesce(c.model, e.model);
CALL oracle.check_rows('transitions', $$SELECT id, 'markov', source, target, count FROM summary, cx.markov_transitions(summary)
	UNION ALL SELECT id, 'markov_conversions', source, target, count FROM summary, cx.markov_transitions(summary, true)$$, 'TABLE expected_transition');
CALL oracle.check_rows('shares of transitions', $$SELECT id, source, abs(sum(share) - 1) < 1e-14 FROM summary, cx.markov_transitions(summary) GROUP BY 1, 2$$,
	$$SELECT DISTINCT id, source, true FROM expected_transition WHERE model = 'markov'$$);
CALL oracle.check_rows('sets of touchpoints', 'SELECT id, array_to_string(touchpoints, '',''), conversions, unconverted, value FROM summary, cx.coalitions(summary)', 'TABLE expected_coalition');
CALL oracle.check_rows('sums', $$SELECT model, id, sum(credit)::bigint, CASE WHEN count(share) > 0 THEN round(sum(share)::numeric, 12) END FROM credit GROUP BY 1, 2$$,
	$$SELECT model, id, cx.conversions(summary), CASE WHEN cx.conversions(summary) > 0 THEN 1.000000000000 END FROM summary, unnest('{markov,markov_conversions,shapley}'::text[]) model
	WHERE cx.conversions(summary) > 0 OR EXISTS (SELECT FROM cx.coalitions(summary))$$);
-- exactly, and in another order
CALL oracle.check_rows('credits add up to the conversions', $$SELECT model, id, sum(credit ORDER BY credit), sum(credit ORDER BY credit DESC) FROM credit GROUP BY 1, 2$$,
	$$SELECT model, id, cx.conversions(summary)::float8, cx.conversions(summary)::float8 FROM credit JOIN summary USING (id) GROUP BY 1, 2, summary$$);
CALL oracle.check_rows('totals', 'SELECT id, cx.conversions(summary), cx.unconverted(summary), coalesce(cx.conversion_value(summary), 0) FROM summary',
	$$SELECT id, count(*) FILTER (WHERE buys), (SELECT count(*) FROM (SELECT journey, (array_agg(touchpoint ORDER BY at DESC, touchpoint DESC))[1] AS last FROM touch u WHERE u.id = t.id GROUP BY journey) s WHERE last NOT IN ('buy', '~buy')),
		coalesce(sum(coalesce(value, 1)) FILTER (WHERE buys), 0) FROM (SELECT *, touchpoint IN ('buy', '~buy') AS buys FROM touch) t GROUP BY id$$);

-- merged from parts, in any order; values are whole, so nothing is rounded
CALL oracle.check_rows('merged from three parts', $$SELECT id, cx.rollup(part ORDER BY md5(part::text || id))::text FROM (
		SELECT id, number % 3, cx.attribution_agg(journey, 'buy | "~buy"', markov_order::int) FROM question JOIN journey USING (id) GROUP BY 1, 2) s (id, n, part) GROUP BY id$$,
	'SELECT id, summary::text FROM summary');
CALL oracle.check_rows('merged from single journeys, in reverse', $$SELECT id, cx.rollup(part ORDER BY number DESC) = summary FROM (
		SELECT id, number, cx.attribution_agg(journey, 'buy | "~buy"', markov_order::int ORDER BY number) FROM question JOIN journey USING (id) GROUP BY 1, 2) s (id, number, part) JOIN summary USING (id) GROUP BY id, summary$$,
	'SELECT id, true FROM summary');
CALL oracle.check_rows('read from text, jsonb and binary', $$SELECT id, summary::text::cx.attribution_summary = summary, summary::jsonb::cx.attribution_summary = summary FROM summary$$, 'SELECT id, true, true FROM summary');
CREATE TABLE by_order AS SELECT o AS markov_order, cx.attribution_agg(journey, 'buy | "~buy"', o) AS summary FROM journey, generate_series(1, 4) o GROUP BY o;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 3; SET parallel_leader_participation = off;
DO $$
DECLARE plan text;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, FORMAT JSON) SELECT cx.attribution_agg(journey, ''buy | "~buy"'', 3) FROM journey' INTO plan;
	IF plan !~ '"Partial Mode": "Partial"' OR plan !~ '"Workers Launched": [1-9]' THEN
		RAISE 'not parallel: %', plan;
	END IF;
END $$;
CALL oracle.check_rows('parallel', $$SELECT 1, (SELECT cx.attribution_agg(journey, 'buy | "~buy"', 1) FROM journey)::text UNION ALL SELECT 2, (SELECT cx.attribution_agg(journey, 'buy | "~buy"', 2) FROM journey)::text
	UNION ALL SELECT 3, (SELECT cx.attribution_agg(journey, 'buy | "~buy"', 3) FROM journey)::text UNION ALL SELECT 4, (SELECT cx.attribution_agg(journey, 'buy | "~buy"', 4) FROM journey)::text$$,
	'SELECT markov_order, summary::text FROM by_order');
CALL oracle.check_rows('there are conversions without a path, paths without conversion, loops', $$SELECT bool_or(direct), bool_or(unconverted), bool_or(loops) FROM (
	SELECT EXISTS (SELECT FROM credit c WHERE c.id = s.id AND touchpoint IS NULL), cx.unconverted(summary) > 0, EXISTS (SELECT FROM cx.markov_transitions(summary) t WHERE t.source = 'a' AND t.target = 'b') FROM summary s) x (direct, unconverted, loops)$$, 'SELECT true, true, true');
\set end :here '/lib/end.sql'
\i :end
SQL
