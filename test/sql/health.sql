-- RFM scores and cells; health scores, their coverage and explanation.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup

-- A score is 1 plus the cut points below the value: ties together, on a cut point the lower score.
SELECT value, cx.rfm_score(value, '{10,20,30,40}') AS plain, cx.rfm_score(value, '{1,1,1,20}') AS tied, cx.rfm_score(value, '{}') AS none, cx.rfm_score(value, '{-Infinity,0,Infinity}') AS wide, cx.rfm_score(value, '{10}') AS one
FROM unnest('{-Infinity,-1,0,1,1.5,10,10.000001,20,30,40,41,Infinity}'::float8[]) value;
SELECT cx.rfm_score(NULL, '{1}'), cx.rfm_score(1, NULL);
SELECT points, pg_temp.outcome(format('SELECT cx.rfm_score(%L, %L)', value, points)) AS refused FROM (VALUES ('1', '{2,1}'), ('1', '{1,NULL}'), ('1', '{1,NaN}'), ('1', '{{1,2}}'), ('NaN', '{1}')) v (value, points);
SELECT cx.rfm_score('NaN', '{1}');
-- quintiles: a customer's score depends on the value alone
SELECT value, count(*), min(score), max(score) FROM (SELECT v AS value, cx.rfm_score(v, (SELECT percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY v) FROM unnest('{1,1,1,1,1,1,2,2,3,9}'::float8[]) v)) AS score FROM unnest('{1,1,1,1,1,1,2,2,3,9}'::float8[]) v) s GROUP BY value ORDER BY value;

-- Each cell has one name.
SELECT frequency, string_agg(segment, ' | ' ORDER BY recency) AS "recency 1 to 5" FROM cx.rfm_cells() GROUP BY frequency ORDER BY frequency DESC;
SELECT count(*), count(segment), count(DISTINCT (recency, frequency)), count(DISTINCT segment) FROM cx.rfm_cells();
-- a third score counts half of the second: all 125 have the name of a cell
SELECT count(*) AS cells, count(*) FILTER (WHERE cx.rfm_segment(r, f, m) = cx.rfm_segment(r, ceil((f + m) / 2.0)::int)) AS right FROM generate_series(1, 5) r, generate_series(1, 5) f, generate_series(1, 5) m;
SELECT cx.rfm_segment(NULL, 1), cx.rfm_segment(1, NULL), cx.rfm_segment(1, 1, NULL), cx.rfm_segment(5, 4, 4) AS champion, cx.rfm_segment(5, 1, 1) AS new;
SELECT scores, pg_temp.outcome(format('SELECT cx.rfm_segment(%s)', scores)) AS refused FROM unnest('{"0, 1","6, 1","1, 0","1, 6","1, 1, 0","1, 1, 6","-2147483648, 1","1, 2147483647"}'::text[]) scores;

-- Health: what is known counts by its weight, each value within 0 to 100.
SELECT components, weights, cx.health(components, weights) AS health, cx.health_coverage(components, weights) AS coverage
FROM (VALUES ('{80,NULL,20}'::float8[], '{40,30,30}'::float8[]), ('{80,50,20}', '{1,0,0}'), ('{NULL,50}', '{1,0}'), ('{NULL,NULL}', '{1,1}'), ('{150,-20}', '{1,1}'), ('{Infinity,-Infinity}', '{3,1}'), ('{100,100,100}', '{0.1,0.7,0.3}'), ('{0,0}', '{1e300,1}'), ('{50}', '{1e-300}'), ('{}', '{}')) v (components, weights);
-- golden: 54.29 at a coverage of 0.7; not at all above it
SELECT least, round(cx.health('{80,NULL,20}', '{40,30,30}', least)::numeric, 2) AS health, round(cx.health('{80,NULL,20}', '{0.4,0.3,0.3}', least)::numeric, 2) AS "small weights", cx.health('{NULL}', '{1}', least) AS "nothing known" FROM unnest('{0,0.5,0.7,0.700001,1}'::float8[]) least;
SELECT cx.health(NULL, '{1}'), cx.health('{1}', NULL), cx.health('{1}', '{1}', NULL), cx.health_coverage(NULL, '{1}'), cx.health_coverage('{1}', NULL), (SELECT count(*) FROM cx.health_explain(NULL, '{1}', '{1}')) AS a, (SELECT count(*) FROM cx.health_explain('{a}', NULL, '{1}')) AS b, (SELECT count(*) FROM cx.health_explain('{a}', '{1}', NULL)) AS c, (SELECT count(*) FROM cx.health_explain('{}', '{}', '{}', '{}')) AS d;
SELECT arguments, pg_temp.outcome('SELECT cx.health(' || arguments || ')') AS refused
FROM unnest(ARRAY[$$'{1}', '{1,2}'$$, $$'{1,2}', '{1}'$$, $$'{}', '{1}'$$, $$'{1}', '{-1}'$$, $$'{1}', '{NaN}'$$, $$'{1}', '{Infinity}'$$, $$'{1}', '{NULL}'$$, $$'{1,2}', '{0,0}'$$, $$'{NaN}', '{1}'$$, $$'{{1,2}}', '{1,2}'$$, $$'{1,2}', '{{1,2}}'$$, $$'{1}', '{1e307}'$$, $$'{1}', '{1}', -0.1$$, $$'{1}', '{1}', 1.1$$, $$'{1}', '{1}', 'NaN'$$]) AS arguments;

-- Why: contributions sum up to the score, changes to its change.
CREATE FUNCTION pg_temp.r(number float8) RETURNS numeric LANGUAGE sql IMMUTABLE RETURN trim_scale(round(number::numeric, 6));
CREATE FUNCTION pg_temp.explain(now float8[], before float8[]) RETURNS TABLE (component text, value numeric, share numeric, contribution numeric, value_before numeric, contribution_before numeric, change numeric, change_by_value numeric, change_by_share numeric) LANGUAGE sql AS $$
	SELECT component, pg_temp.r(value), pg_temp.r(share), pg_temp.r(contribution), pg_temp.r(value_before), pg_temp.r(contribution_before), pg_temp.r(change), pg_temp.r(change_by_value), pg_temp.r(change_by_share) FROM cx.health_explain('{usage,nps,tickets}', now, '{40,30,30}', before)
$$;
SELECT * FROM pg_temp.explain('{80,NULL,120}', NULL);
-- a value fell by 20 with a share of 0.4: 8 points; nothing else happened
SELECT * FROM pg_temp.explain('{60,50,20}', '{80,50,20}');
-- nothing happened
SELECT * FROM pg_temp.explain('{60,NULL,20}', '{60,NULL,20}');
-- a component became known: 100 is above the mean of both scores, 42.86 and 60
SELECT * FROM pg_temp.explain('{60,100,20}', '{60,NULL,20}');
-- all became unknown: nothing to compare
SELECT * FROM pg_temp.explain('{NULL,NULL,NULL}', '{60,NULL,20}');
SELECT * FROM pg_temp.explain('{60,NULL,20}', '{NULL,NULL,NULL}');
SELECT arguments, pg_temp.outcome('SELECT cx.health_explain(' || arguments || ')') AS refused
FROM unnest(ARRAY[$$'{a}', '{1,2}', '{1,2}'$$, $$'{a,b}', '{1}', '{1,2}'$$, $$'{a,b}', '{1,2}', '{1,2}', '{1}'$$, $$'{a,NULL}', '{1,2}', '{1,2}'$$, $$'{{a,b}}', '{1,2}', '{1,2}'$$, $$'{a}', '{1}', '{1}', '{NaN}'$$, $$'{a}', '{1}', '{-1}'$$]) AS arguments;
