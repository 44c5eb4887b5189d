-- Survey scores: summaries, what they say, and what they refuse.
\getenv srcdir PG_ABS_SRCDIR
\getenv builddir PG_ABS_BUILDDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
\set file :builddir '/results/score.data'

-- What is counted: scores of the scale; what is none of it is invalid, NULL is missing.
SELECT cx.score_agg(score) FROM unnest('{0,1,6,7,8,9,10,10,-0,NULL,-1,11,6.5,NaN,Infinity,-Infinity,1e300,10.000000000000002,-5e-324}'::float8[]) AS score;
-- any number type
SELECT cx.nps(s::int2), cx.nps(s::int4), cx.nps(s::int8), cx.nps(s::numeric), cx.nps(s::float4), cx.nps(s) FROM unnest('{10,9,8,3}'::float8[]) AS s;
-- other scales, also below zero and at the ends of integers
SELECT scale, cx.score_agg(score, 1, scale) FROM unnest('{"[1,5]","[-2,3)","(0,3]","[2147483646,2147483646]"}'::int4range[]) AS scale, unnest('{-3,-2,0,1,2,5,1e-17,2147483646,2147483647}'::float8[]) AS score WHERE upper(scale) - lower(scale) > 1 GROUP BY scale ORDER BY scale;
SELECT cx.scale(s), s FROM unnest('{"{\"scale\": [2147483646, 2147483647], \"counts\": [1, 2]}","{\"scale\": [-2147483648, -2147483647], \"counts\": [1, 2]}"}'::cx.score_summary[]) AS s;
SELECT scale, left(pg_temp.outcome(format('SELECT cx.score_agg(5, 1, %L::int4range)', scale)), 100) AS answer FROM unnest('{"[1,2]","[0,1000]","[0,1001]","[1,1]",empty,"[1,)","(,5]","(,)","[-2147483648,2147483646]",NULL}'::text[]) AS scale;
SELECT cx.score_agg(5, 1, 'empty');
-- weights
SELECT cx.score_agg(score, weight) FROM (VALUES (10, 0.37), (10, 0.37), (0, 2), (5, 0), (7, NULL), (NULL, NULL), (NULL, 3), (11, 3)) AS v (score, weight);
SELECT weight, pg_temp.outcome(format('SELECT cx.score_agg(3, %L, ''[3,4]'')', weight)) AS answer FROM unnest('{0,1,1e-12,4e-13,6e-13,1e-9,0.1,123456.789,1000000,1000000.1,-1e-300,NaN,Infinity,NULL}'::text[]) AS weight;
-- weights that are all 1 are none, however that came about
SELECT cx.score_agg(s) = cx.score_agg(s, 1) AS equal, cx.score_agg(s, 1) FROM generate_series(0, 10) AS s;
SELECT cx.score_agg(3, 2, '[1,5]') - cx.score_agg(3, 2, '[1,5]') AS nothing, cx.score_agg(3, 1, '[1,5]') + cx.score_agg(3, 2, '[1,5]') - cx.score_agg(3, 2, '[1,5]') = cx.score_agg(3, 1, '[1,5]') AS equal;
-- of one scale and kind
SELECT cx.score_agg(9, 1, '[0,10]', 'relational'), cx.kind(cx.score_agg(9, 1, '[0,10]', 'été "1"')), cx.score_agg(9, 1, '[0,10]', NULL);
SELECT pg_temp.outcome(query) FROM unnest(ARRAY[$$SELECT cx.score_agg(1, 1, '[0,10]', repeat('x', 255))$$, $$SELECT cx.score_agg(1, 1, '[0,10]', repeat('é', 128))$$, $$SELECT cx.score_agg(1, 1, '[0,10]', '')$$,
	$$SELECT cx.score_agg(1, 1, '[0,10]', kind) FROM unnest('{a,a,b}'::text[]) AS kind$$, $$SELECT cx.score_agg(1, 1, '[0,10]', kind) FROM unnest('{a,NULL}'::text[]) AS kind$$, $$SELECT cx.score_agg(1, 1, scale) FROM unnest('{"[0,10]","[0,5]"}'::int4range[]) AS scale$$,
	$$SELECT cx.score_agg(1) + cx.score_agg(1, 1, '[1,11]')$$, $$SELECT cx.score_agg(1, 1, '[1,5]', 'employee') - cx.score_agg(1, 1, '[1,5]', 'relational')$$]) AS query;
SELECT cx.rollup(s) FROM (SELECT cx.score_agg(1, 1, '[1,5]', kind) AS s FROM unnest('{transactional,relational}'::text[]) AS kind GROUP BY kind ORDER BY kind) r;

-- What a summary says.
CREATE TEMP TABLE survey (name text, summary cx.score_summary);
INSERT INTO survey VALUES ('70 20 10', '{"scale": [0, 10], "counts": [10, 0, 0, 0, 0, 0, 0, 20, 0, 0, 70]}'), ('all alike', '{"scale": [0, 10], "counts": [0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 6], "missing": 10, "invalid": 5}'), ('one', '{"scale": [0, 10], "counts": [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}'),
	('nobody', '{"scale": [0, 10], "counts": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "missing": 3}'), ('no weight', '{"scale": [0, 10], "counts": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], "weights": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "squares": 0}'),
	('tiny weights', '{"scale": [0, 10], "counts": [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "weights": [0.000000000001, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.000000000003], "squares": 0}'), ('nothing', NULL);
SELECT name, cx.responses(summary) AS n, cx.invalid(summary) AS invalid, cx.missing(summary) AS missing, round(cx.response_rate(summary)::numeric, 4) AS rate, cx.effective_n(summary) AS n_eff, cx.promoters(summary) AS pro, cx.passives(summary) AS pas, cx.detractors(summary) AS det, cx.scale(summary) AS scale FROM survey;
SELECT name, cx.nps(summary) AS nps, round(cx.nps_low(summary)::numeric, 4) AS low, round(cx.nps_high(summary)::numeric, 4) AS high, round(cx.nps_low(summary, 0.8)::numeric, 4) AS low80, round(cx.nps_low(summary, method => 'adjusted')::numeric, 4) AS adjusted_low, round(cx.nps_high(summary, method => 'adjusted')::numeric, 4) AS adjusted_high FROM survey;
SELECT name, cx.csat(summary) AS csat, round(cx.csat_low(summary)::numeric, 4) AS low, round(cx.csat_high(summary)::numeric, 4) AS high, cx.csat(summary, 4) AS top4, cx.mean(summary) AS mean, round(cx.mean_low(summary)::numeric, 4) AS mean_low, round(cx.mean_high(summary)::numeric, 4) AS mean_high, cx.ces(summary) AS ces, round(cx.ces_low(summary)::numeric, 4) AS ces_low FROM survey;
SELECT * FROM cx.scores('{"scale": [-1, 1], "counts": [3, 0, 1], "weights": [1.5, 0, 4.5], "squares": 21}');
SELECT * FROM cx.scores('{"scale": [0, 1], "counts": [0, 0]}');
-- fewer than at_least: NULL
SELECT k, cx.nps(s, k), cx.nps_low(s, at_least => k) IS NULL AS low, cx.nps_high(s, at_least => k) IS NULL AS high, cx.csat(s, at_least => k) AS csat, cx.csat_low(s, at_least => k) IS NULL AS clow, cx.csat_high(s, at_least => k) IS NULL AS chigh, cx.ces(s, at_least => k) AS ces,
	cx.ces_low(s, at_least => k) IS NULL AS elow, cx.ces_high(s, at_least => k) IS NULL AS ehigh, cx.mean(s, k) AS mean, cx.mean_low(s, at_least => k) IS NULL AS mlow, cx.mean_high(s, at_least => k) IS NULL AS mhigh FROM unnest('{-1,0,100,101}'::int[]) AS k, survey v (name, s) WHERE name = '70 20 10';
-- NULL in, NULL out; no rows, no summary
SELECT cx.nps(summary, NULL), cx.nps_low(summary, NULL), cx.nps_low(summary, method => NULL), cx.csat(summary, NULL), cx.ces(summary, NULL), cx.mean(summary, NULL), summary + NULL, summary - NULL, (SELECT count(*) FROM cx.scores(NULL)) AS rows FROM survey WHERE name = 'one';
SELECT cx.score_agg(1), cx.score_agg(1, 1), cx.nps(1), cx.nps(1, 1), cx.csat(1), cx.ces(1), cx.rollup(summary) FROM survey WHERE false;
SELECT cx.rollup(NULL::cx.score_summary), cx.nps(NULL::int), cx.csat(NULL::int), cx.ces(NULL::int), cx.score_agg(NULL), cx.nps(11), cx.nps(10, 0);
-- one step
SELECT cx.nps(s), cx.nps(s, 1 + s), cx.csat(s), cx.csat(s, 2), cx.ces(s), cx.ces(s, 8 - s) FROM generate_series(1, 7) AS s;
-- the three methods of the effort score
SELECT method, round(cx.ces(s, method)::numeric, 6) AS ces, round(cx.ces_low(s, method)::numeric, 6) AS low, round(cx.ces_high(s, method)::numeric, 6) AS high FROM unnest('{mean,agree,index}'::text[]) AS method, (VALUES ('{"scale": [1, 7], "counts": [80, 210, 140, 110, 160, 180, 120]}'::cx.score_summary)) AS v (s);
SELECT method, low, cx.ces(s, method) AS empty, cx.ces_low(s, method) AS low, cx.ces_high(s, method) AS high FROM unnest('{mean,agree,index}'::text[]) AS method, (SELECT low, cx.score_agg(low, 1, '[1,7]') AS s FROM unnest('{0,1,7}'::int[]) AS low GROUP BY low) v ORDER BY 2, 1;
-- refused
SELECT call, pg_temp.outcome(format('SELECT %s FROM (VALUES (''{"scale": [1, 5], "counts": [1, 0, 0, 0, 2]}''::cx.score_summary)) v (s)', call)) AS refused
FROM unnest(ARRAY['cx.nps(s)', 'cx.nps_low(s)', 'cx.nps_high(s)', 'cx.promoters(s)', 'cx.passives(s)', 'cx.detractors(s)', 'cx.nps_compare(s, s)', 'cx.csat(s, 0)', 'cx.csat(s, 5)', 'cx.csat(s, 4)', 'cx.csat(s, -2147483648)', 'cx.csat_low(s, 9)', 'cx.csat_low(s, 2, 1)', 'cx.csat_high(s, 2, ''NaN'')', 'cx.mean_low(s, 0)',
	'cx.ces(s, ''Mean'')', 'cx.ces(s, ''agree'')', 'cx.ces(s, ''index'')', 'cx.ces_high(s, '''')', 'cx.ces_low(s, ''mean'', 2)', 'cx.nps_low(cx.score_agg(1), method => ''wilson'') FROM (VALUES (1)) x --', 'cx.nps_high(cx.score_agg(1), -1) FROM (VALUES (1)) x --', 's - s - s', 's - (s + s)', 'cx._score_add(s, 1)', 'cx._score_combine(s, s)', 'cx._score_enter(s, s)', 'cx._score_leave(s, s)', 'cx._score_remove(s, 1)', 'cx._score_final(s)']) AS call;

-- Comparing.
SELECT a.name, b.name, c.difference, round(z::numeric, 6) AS z, round(p::numeric, 6) AS p, round(low::numeric, 4) AS low, round(high::numeric, 4) AS high FROM survey a, survey b, cx.nps_compare(a.summary, b.summary) c WHERE a.name <> 'nothing' ORDER BY 1, 2;
SELECT pg_temp.outcome($$SELECT cx.nps_compare(cx.score_agg(1, 1, '[0,10]', 'employee'), cx.score_agg(1, 1, '[0,10]', 'relational'))$$), cx.nps_compare(summary, NULL), cx.nps_compare(summary, summary, NULL), pg_temp.outcome(format('SELECT cx.nps_compare(%L, %1$L, 1)', summary)) FROM survey WHERE name = 'one';

-- Mix and rate: a group that stays, one that goes, one that comes, one of nobody, and one without a name.
CREATE TEMP TABLE segment AS SELECT name, cx.score_agg(score) FILTER (WHERE quarter = 1) AS before, cx.score_agg(score) FILTER (WHERE quarter = 2) AS after
FROM (VALUES (1, 'stays', 10), (1, 'stays', 5), (2, 'stays', 9), (2, 'stays', 8), (1, 'goes', 3), (1, 'goes', 10), (2, 'comes', 10), (1, 'nobody', NULL), (2, 'nobody', 11), (1, NULL, 7), (2, NULL, 0)) v (quarter, name, score) GROUP BY name;
SELECT d.* FROM (SELECT array_agg(name ORDER BY name) AS names, array_agg(before ORDER BY name) AS befores, array_agg(after ORDER BY name) AS afters FROM segment) s, cx.nps_decompose(names, befores, afters) d;
SELECT sum(rate), sum(mix), sum(rate + mix) AS change, cx.nps(cx.rollup(DISTINCT a)) - cx.nps(cx.rollup(DISTINCT b)) AS expected FROM (SELECT array_agg(name ORDER BY name) AS names, array_agg(before ORDER BY name) AS befores, array_agg(after ORDER BY name) AS afters, cx.rollup(before) AS b, cx.rollup(after) AS a FROM segment) s, cx.nps_decompose(names, befores, afters) d;
SELECT * FROM cx.nps_decompose('{a,b}', ARRAY[NULL, NULL]::cx.score_summary[], ARRAY['{"scale": [0, 10], "counts": [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]}', NULL]::cx.score_summary[]);
SELECT arguments, pg_temp.outcome('SELECT count(*) FROM cx.nps_decompose(' || arguments || ')') AS answer FROM unnest(ARRAY[$$'{}', '{}', '{}'$$, $$NULL, '{}', '{}'$$, $$'{a}', '{}', '{}'$$, $$'{a}', '{NULL}', '{NULL,NULL}'$$, $$'{{a}}', '{NULL}', '{NULL}'$$, $$'[5:5]={a}', '{NULL}', '[0:0]={NULL}'$$,
	$$'{a}', ARRAY['{"scale": [1, 5], "counts": [1, 0, 0, 0, 0]}'::cx.score_summary], '{NULL}'$$, $$'{a}', ARRAY[(SELECT cx.score_agg(1, 1, '[0,10]', 'x'))], ARRAY[(SELECT cx.score_agg(1, 1, '[0,10]', 'y'))]$$]) AS arguments;

-- Windows: rows leave as they came, and a frame without rows has no score.
SELECT n, score, cx.score_agg(score) OVER w AS summary, cx.nps(score) OVER w AS nps, cx.csat(score) OVER w AS csat, cx.ces(score) OVER w AS ces
FROM unnest('{10,4,NULL,99,7,1,0}'::float8[]) WITH ORDINALITY AS u (score, n) WINDOW w AS (ORDER BY n ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING);
SELECT n, cx.rollup(s) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS two FROM (VALUES (1, NULL), (2, NULL), (3, '{"scale": [1, 2], "counts": [1, 0]}'::cx.score_summary), (4, NULL), (5, NULL), (6, '{"scale": [0, 1], "counts": [0, 0]}'), (7, '{"scale": [0, 1], "counts": [0, 3]}'), (8, NULL), (9, NULL)) v (n, s);

-- Text, JSON and binary form: what is written reads back; what else is refused.
SELECT '{"missing": 2.0, "counts": [1, 0, 2], "scale": [1, 3], "kind": null, "weights": null, "other": 1}'::cx.score_summary AS canonical, '{"scale": [1, 2], "counts": [1, 1], "weights": [1, 1.000], "squares": 2.0}'::cx.score_summary AS no_weights, summary::jsonb::cx.score_summary = summary AS from_jsonb, summary::text::cx.score_summary = summary AS from_text FROM survey WHERE name = 'tiny weights';
SELECT '{"scale": [1, 2], "counts": [0, 9000000000000000000], "weights": [0, 9000000000000000000000000], "squares": 340282366920938463463.374607431768211455}'::cx.score_summary AS greatest;
SELECT input, pg_temp.outcome(format('SELECT %L::cx.score_summary', input)) AS refused
FROM unnest(ARRAY['', '5', '[]', '{}', '{"scale": [1, 2]}', '{"scale": 5, "counts": [1, 1]}', '{"scale": [1], "counts": [1]}', '{"scale": [1, 2, 3], "counts": [1, 1, 1]}', '{"scale": [2, 2], "counts": [1]}', '{"scale": [2, 1], "counts": []}', '{"scale": [1, 2.5], "counts": [1, 1]}', '{"scale": [0, 1001], "counts": []}', '{"scale": [-2147483649, 0], "counts": [1, 1]}', '{"scale": [2147483647, 2147483648], "counts": [1, 1]}',
	'{"scale": [1, 2], "counts": [1]}', '{"scale": [1, 2], "counts": [1, 1, 1]}', '{"scale": [1, 2], "counts": [1, -1]}', '{"scale": [1, 2], "counts": [1, null]}', '{"scale": [1, 2], "counts": [9223372036854775807, 1]}', '{"scale": [1, 2], "counts": [9223372036854775807, 0], "missing": 1}', '{"scale": [1, 2], "counts": [1, 1], "invalid": -1}', '{"scale": [1, 2], "counts": [1, 1], "missing": "1"}',
	'{"scale": [1, 2], "counts": [1, 1], "kind": ""}', '{"scale": [1, 2], "counts": [1, 1], "kind": 5}', '{"scale": [1, 2], "counts": [1, 1], "kind": "' || repeat('x', 256) || '"}', '{"scale": [1, 2], "counts": [1, 1], "weights": [1, 1]}', '{"scale": [1, 2], "counts": [1, 1], "weights": [1], "squares": 1}', '{"scale": [1, 2], "counts": [1, 1], "weights": [1, -1], "squares": 1}', '{"scale": [1, 2], "counts": [1, 1], "weights": [1, "1"], "squares": 1}',
	'{"scale": [1, 2], "counts": [1, 1], "weights": [1, 1.0000000000001], "squares": 1}', '{"scale": [1, 2], "counts": [1, 1], "weights": [1, 1000000.1], "squares": 1}', '{"scale": [1, 2], "counts": [1, 0], "weights": [1, 0.1], "squares": 1}', '{"scale": [1, 2], "counts": [0, 0], "weights": [0, 0], "squares": 1}', '{"scale": [1, 2], "counts": [1, 1], "weights": [1, 2], "squares": -5}',
	'{"scale": [1, 2], "counts": [1, 1], "weights": [1, 2], "squares": 1e-19}', '{"scale": [1, 2], "counts": [1, 1], "weights": [1, 2], "squares": 340282366920938463463.374607431768211456}', '{"scale": [1, 2], "counts": [1, 1], "weights": [1, 1e40], "squares": 1}']) AS input;
SELECT pg_temp.outcome(format($$SELECT %L::cx.score_summary + '{"scale": [1, 2], "counts": [1, 1], "weights": [1, 1.5], "squares": 3}'$$, s)) FROM unnest(ARRAY['{"scale": [1, 2], "counts": [9223372036854775807, 0]}', '{"scale": [1, 2], "counts": [1, 1], "weights": [1, 1.5], "squares": 340282366920938463463}', '{"scale": [1, 2], "counts": [1, 0], "missing": 9223372036854775806}']) AS s;
SELECT get_byte(b, 0) AS version, convert_from(substr(b, 2), 'UTF8') AS text FROM (SELECT cx._score_summary_send(summary) AS b FROM survey WHERE name = 'one') AS a;
SELECT set_config('cxtest.file', :'file', false) <> '' AS file;
CREATE TEMP TABLE received (summary cx.score_summary);
CREATE FUNCTION pg_temp.receive(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('COPY (SELECT %L::bytea) TO %L (FORMAT binary)', bytes, current_setting('cxtest.file'));
	EXECUTE format('COPY received FROM %L (FORMAT binary)', current_setting('cxtest.file'));
	DELETE FROM received RETURNING summary INTO result;
	RETURN result;
END $$;
SELECT message, pg_temp.outcome(format('SELECT pg_temp.receive(%L)', message::bytea)) AS answer
FROM unnest(ARRAY['\001{"scale": [1, 2], "counts": [1, 0]}', '', '\001', '\000{"scale": [1, 2], "counts": [1, 0]}', '\002{"scale": [1, 2], "counts": [1, 0]}', '\001{"scale": [1, 2], "counts": [1]}', '\001\377']) AS message;
-- comparison, storage and grouping
SELECT count(DISTINCT s) FROM (SELECT cx.score_agg(1) AS s UNION ALL SELECT cx.score_agg(1, 1)) u;
CREATE TEMP TABLE stored AS SELECT n, cx.score_agg(s, 1 + s / 7.0, int4range(0, 1001), 'slider') AS summary FROM generate_series(1, 3) n, generate_series(0, 1000, n) s GROUP BY n;
SELECT n, cx.responses(summary), round(cx.mean(summary)::numeric, 3) AS mean, cx.kind(summary), cx.score_agg(s, 1 + s / 7.0, int4range(0, 1001), 'slider') = summary AS equal FROM stored, generate_series(0, 1000, n) s GROUP BY n, summary ORDER BY n;

-- Stored bytes that no aggregate wrote: XX001, whatever asks.
BEGIN;
-- only a superuser can, and only so, make a summary of any bytes
SET client_min_messages = error;
CREATE TYPE raw;
CREATE FUNCTION raw_in(cstring) RETURNS raw AS 'byteain' LANGUAGE internal IMMUTABLE STRICT;
CREATE FUNCTION raw_out(raw) RETURNS cstring AS 'byteaout' LANGUAGE internal IMMUTABLE STRICT;
CREATE TYPE raw (INPUT = raw_in, OUTPUT = raw_out, LIKE = cx.score_summary);
CREATE CAST (raw AS cx.score_summary) WITHOUT FUNCTION;
CREATE CAST (cx.score_summary AS raw) WITHOUT FUNCTION;
CREATE TEMP TABLE sound AS SELECT cx.score_agg(score, weight, '[0,10]', 'employee')::raw::text::bytea AS weighted, cx.score_agg(score)::raw::text::bytea AS plain FROM (VALUES (9, 1.5), (3, 2)) v (score, weight);
CREATE FUNCTION pg_temp.ask(bytes bytea) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(DISTINCT CASE WHEN answer ~ '^XX001: stored score_summary is corrupted' THEN 'corrupted' WHEN answer ~ '^[0-9A-Z]{5}:' THEN left(answer, 5) ELSE 'answer' END, ', ')
	FROM unnest(ARRAY['s::text', 'cx.nps(s)', 'cx.csat(s, 1)', 'cx.mean_low(s)', 'cx.effective_n(s)', 'cx.kind(s)', 'cx.scale(s)', '(SELECT count(*) FROM cx.scores(s))', 's + s', 's - s', 'cx.rollup(s)', 'cx._score_final(s)', '(cx.nps_compare(s, s)).p', '(SELECT sum(mix) FROM cx.nps_decompose(''{a}'', ARRAY[s], ARRAY[s]))']) AS call,
		LATERAL (SELECT pg_temp.outcome(format('SELECT (%s)::text FROM (SELECT %L::raw::cx.score_summary AS s) x', call, bytes)) AS answer) a
$$;
SELECT pg_temp.ask(weighted) AS weighted, pg_temp.ask(plain) AS plain, length(weighted) AS weighted_bytes, length(plain) AS plain_bytes FROM sound;
-- bytes from 0: version, weighted, size of the kind (2), lowest (4), points (4), missing (8), invalid (8), squares (16), counts
SELECT what, pg_temp.ask(bytes) FROM sound, LATERAL (VALUES ('no bytes', ''::bytea), ('no counts', substr(plain, 1, 44)), ('cut', substr(plain, 1, 131)), ('longer', plain || '\x00'), ('version 0', set_byte(plain, 0, 0)), ('version 2', set_byte(plain, 0, 2)), ('weights that are not there', set_byte(plain, 1, 1)), ('no weights where there are some', set_byte(weighted, 1, 0)), ('weighted 2', set_byte(weighted, 1, 2)), ('a kind that is not there', set_byte(plain, 2, 8)), ('a kind too long', set_byte(plain, 3, 8)),
	('a scale beyond the integers', set_byte(set_byte(set_byte(set_byte(plain, 7, 127), 6, 255), 5, 255), 4, 255)), ('0 points', set_byte(plain, 8, 0)), ('1 point', set_byte(plain, 8, 1)), ('many points', set_byte(plain, 11, 255)), ('missing negative', set_byte(plain, 19, 128)), ('invalid negative', set_byte(plain, 27, 128)), ('rows overflow', set_byte(set_byte(plain, 19, 127), 27, 127)), ('squares without weights', set_byte(plain, 28, 1)),
	('count negative', set_byte(plain, 51, 128)), ('counts overflow', set_byte(set_byte(plain, 51, 127), 59, 127)), ('a zero in the kind', set_byte(weighted, length(weighted) - 8, 0))) AS v (what, bytes);
-- any bit that flips gives an answer, that error, or one about scales or size
SELECT string_agg(DISTINCT pg_temp.ask(set_bit(weighted, bit, 1 - get_bit(weighted, bit))), '; ') FROM sound, generate_series(0, 8 * 48 - 1) AS bit;
ROLLBACK;
