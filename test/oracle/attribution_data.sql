--
-- 10,000 paths with published figures (ChannelAttribution's PathData): attribution by rule, by Markov chains and by
-- Shapley value against numbers that other programs computed.
-- Variable: data, the folder with the files (default ../shared/data, beside the checkout).
--
\if :{?data} \else \set data ../shared/data \endif
\setenv CX_DATA :data
\set there `test -f "$CX_DATA/models/PathData.csv" && echo true || echo false`
\if :there
\else
\echo skipped: no paths in :data
\quit
\endif

\ir lib/begin.sql

CREATE TABLE path (path text, conversions int, value float8, others int);
\copy path FROM PROGRAM 'cat "$CX_DATA/models/PathData.csv"' (FORMAT csv, HEADER)
CREATE TABLE file (line text);
\copy file FROM PROGRAM 'tr -d "\n" <"$CX_DATA/models/reference.json" | sed "s/NaN/null/g"' (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
CREATE TABLE figure AS SELECT key AS name, value AS facts FROM file, jsonb_each(line::jsonb -> 'attribution');

-- a journey for each customer on a path, a touch a day; a conversion has its share of the path's value
CREATE TABLE journey AS
SELECT CASE WHEN k <= conversions THEN cx.merge(touches, cx.journey('{2027-01-01Z}', '{conversion}', amounts => ARRAY[value / conversions])) ELSE touches END AS journey
FROM (SELECT *, string_to_array(path, ' > ') AS labels FROM path) p
CROSS JOIN LATERAL (SELECT cx.journey(array_agg(timestamptz '2026-01-01Z' + i * interval '1 day'), labels) AS touches FROM generate_series(1, cardinality(labels)) i) j
CROSS JOIN LATERAL generate_series(1, conversions + others) k;

CREATE FUNCTION pg_temp.close(a float8, b float8) RETURNS boolean LANGUAGE sql AS 'SELECT coalesce(abs(a - b) <= 1e-9 * abs(b), false)';
-- Records a comparison of two queries (key text, number float8).
CREATE PROCEDURE pg_temp.check_figures(what text, got text, expected text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('INSERT INTO oracle.result (what, cases, differences, example)
		SELECT %L, count(*), count(*) FILTER (WHERE NOT pg_temp.close(g.number, e.number)), min(concat_ws('' '', key, g.number, e.number)) FILTER (WHERE NOT pg_temp.close(g.number, e.number))
		FROM (%s) g (key, number) FULL JOIN (%s) e (key, number) USING (key)', what, got, expected);
END $$;
SELECT format('CALL pg_temp.check_figures(%L, %L, %L)', label || ', ' || what,
	format('SELECT touchpoint, sum(%s) FROM journey, cx.attribute(journey, ''conversion'', %L, %L) GROUP BY 1', CASE what WHEN 'value' THEN 'credit' ELSE 'share' END, model, half_life),
	format('SELECT key, value::float8 FROM figure, jsonb_each_text(facts -> %L) WHERE name = %L', label, 'heuristics/' || what))
FROM (VALUES ('first', 'first', NULL), ('last', 'last', NULL), ('linear', 'linear', NULL), ('position_40_20_40', 'position', NULL), ('time_decay_halflife_7steps', 'time_decay', NULL),
	('time_decay_geometric_0.5', 'time_decay', '1 day')) s (label, model, half_life), (VALUES ('conversions'), ('value')) w (what)
\gexec

CREATE TABLE summary AS SELECT markov_order, cx.attribution_agg(journey, 'conversion', markov_order) AS summary FROM journey, generate_series(1, 4) markov_order GROUP BY 1;
CALL oracle.check_rows('totals', 'SELECT markov_order, cx.conversions(summary), cx.unconverted(summary), round(cx.conversion_value(summary)::numeric, 8) FROM summary',
	'SELECT o, c.facts::bigint, u.facts::bigint, round((v.facts #>> ''{}'')::numeric, 8) FROM generate_series(1, 4) o, figure c, figure u, figure v WHERE c.name = ''_total_conversions'' AND u.name = ''_total_null'' AND v.name = ''_total_value''');
SELECT format('CALL pg_temp.check_figures(%L, %L, %L)', format('Markov chain of order 1, %s, %s', paths, fact),
	format('SELECT touchpoint, %s FROM summary, cx.markov_credits(summary, %L) WHERE markov_order = 1', got, paths = 'conversions_only'),
	format('SELECT key, value::float8 FROM figure, jsonb_each_text(facts -> %L) WHERE name = %L', fact, 'markov/order1/' || paths))
FROM (VALUES ('with_null'), ('conversions_only')) p (paths), (VALUES ('total_conversion', 'credit'), ('removal_effect_conversion', 'removal_effect'), ('total_conversion_value', 'value')) f (fact, got)
\gexec
SELECT format('CALL pg_temp.check_figures(%L, %L, %L)', 'transitions, ' || paths, format('SELECT source || ''>'' || target, share FROM summary, cx.markov_transitions(summary, %L) WHERE markov_order = 1', paths = 'conversions_only'),
	format('SELECT key, value::float8 FROM figure, jsonb_each_text(facts -> ''transition_matrix'') WHERE name = %L', 'markov/order1/' || paths))
FROM (VALUES ('with_null'), ('conversions_only')) p (paths)
\gexec
SELECT format('CALL pg_temp.check_figures(%L, %L, %L)', 'Shapley value, ' || what, format('SELECT touchpoint, %s FROM summary, cx.shapley_credits(summary) WHERE markov_order = %s', got, markov_order),
	format('SELECT key, value::float8 FROM figure, jsonb_each_text(facts) WHERE name = %L', 'shapley/coalition_sum_' || what))
FROM (VALUES ('conversions', 'credit', 1), ('value', 'value', 3)) f (what, got, markov_order)
\gexec
CALL oracle.check_rows('sets of touchpoints', 'SELECT markov_order, count(*) FROM summary, cx.coalitions(summary) GROUP BY 1', 'SELECT o, 484 FROM generate_series(1, 4) o');
-- orders 2 to 4, conversions only, to the three digits that are published; states without the end, the start included
CALL oracle.check_rows('Markov chains of order 2 to 4', $$SELECT touchpoint, array_agg(round(credit::numeric, 3) ORDER BY markov_order) FROM summary, cx.markov_credits(summary, conversions_only => true) WHERE markov_order > 1 GROUP BY 1$$,
	$$VALUES ('alpha', '{5563.519,5716.474,5787.369}'::numeric[]), ('beta', '{2461.831,2416.529,2404.958}'), ('delta', '{4.608,4.752,4.826}'), ('epsilon', '{620.822,624.463,625.161}'), ('eta', '{3399.088,3400.908,3402.270}'),
	('gamma', '{175.342,178.985,180.379}'), ('iota', '{3812.758,3792.469,3777.027}'), ('kappa', '{268.361,263.840,259.961}'), ('lambda', '{1193.789,1150.768,1138.286}'), ('mi', '{2.048,2.112,2.145}'), ('theta', '{1898.176,1856.028,1826.966}'), ('zeta', '{384.656,377.671,375.652}')$$);
CALL oracle.check_rows('states', $$SELECT markov_order, conversions_only, count(DISTINCT source) FROM summary, unnest('{t,f}'::bool[]) conversions_only, cx.markov_transitions(summary, conversions_only) GROUP BY 1, 2$$,
	'VALUES (1, true, 13), (2, true, 118), (3, true, 897), (4, true, 3569), (1, false, 13), (2, false, 121), (3, false, 934), (4, false, 3976)');
CALL oracle.check_rows('credits add up exactly', $$SELECT markov_order, conversions_only, sum(credit), round(sum(share)::numeric, 14) FROM summary, unnest('{t,f}'::bool[]) conversions_only, cx.markov_credits(summary, conversions_only) GROUP BY 1, 2
	UNION ALL SELECT 0, NULL, sum(credit), round(sum(share)::numeric, 14) FROM summary, cx.shapley_credits(summary) WHERE markov_order = 1$$,
	$$SELECT o, c, 19785::float8, 1.00000000000000 FROM generate_series(1, 4) o, unnest('{t,f}'::bool[]) c UNION ALL SELECT 0, NULL, 19785, 1.00000000000000$$);
\ir lib/end.sql
