--
-- Real data: the published figures of a call centre, and the scores and words of a telecom supplier's customers.
-- Variable: data, the folder with the data sets (default ../shared/data, beside the checkout).
--
\if :{?data} \else \set data ../shared/data \endif
\setenv CX_DATA :data
\set there `test -f "$CX_DATA/pwc_call_centre/call_centre.csv.gz" -a -f "$CX_DATA/nps_verbatims/nps_verbatims.csv.gz" && echo true || echo false`
\if :there
\else
\echo skipped: no call centre or verbatims in :data
\quit
\endif

\ir lib/begin.sql

CREATE TABLE call (id text, agent text, day text, clock text, topic text, answered text, resolved text, wait float8, talk interval, rating float8, seconds float8, minutes float8);
\copy call FROM PROGRAM 'zcat "$CX_DATA/pwc_call_centre/call_centre.csv.gz"' (FORMAT csv, HEADER)
CREATE TABLE centre AS SELECT cx.service_level_agg(wait, answered = 'Y', 60, 10, extract(epoch FROM talk)::float8) AS summary FROM call;
-- published: 5,000 calls, 4,054 answered, 946 abandoned (18.92 %), speed of answer 67.52 s, handle time 224.92 s
CALL oracle.check_rows('published figures of the call centre', $$SELECT offered, answered, abandoned, round(100 * cx.abandon_rate(summary)::numeric, 2), round(cx.asa(summary)::numeric, 2), round(cx.aht(summary)::numeric, 2) FROM centre, cx.service_counts(summary)$$,
	'SELECT 5000::bigint, 4054::bigint, 946::bigint, 18.92, 67.52, 224.92');
-- published: 89.94 % of the answered are resolved, satisfaction 3.40
CALL oracle.check_rows('share resolved', $$SELECT round(100 * share::numeric, 2), low < share AND share < high FROM (SELECT count(*) FILTER (WHERE resolved = 'Y') AS k, count(*) AS n FROM call WHERE answered = 'Y') s, cx.proportion(k, n)$$, 'SELECT 89.94, true');
CALL oracle.check_rows('satisfaction', 'SELECT round(avg(rating)::numeric, 2) FROM call', 'SELECT 3.40');
CALL oracle.check_rows('agents, topics and months add up to the centre', $$SELECT by, cx.rollup(s)::text FROM (
		SELECT 'agent' AS by, cx.service_level_agg(wait, answered = 'Y', 60, 10, extract(epoch FROM talk)::float8) AS s FROM call GROUP BY agent
		UNION ALL SELECT 'topic', cx.service_level_agg(wait, answered = 'Y', 60, 10, extract(epoch FROM talk)::float8) FROM call GROUP BY topic
		UNION ALL SELECT 'month', cx.service_level_agg(wait, answered = 'Y', 60, 10, extract(epoch FROM talk)::float8) FROM call GROUP BY left(day, 7)) s GROUP BY by$$,
	$$SELECT by, summary::text FROM centre, unnest('{agent,topic,month}'::text[]) by$$);
CALL oracle.check_rows('service levels by agent', $$SELECT agent, cx.service_level(cx.service_level_agg(wait, answered = 'Y', 60)) FROM call GROUP BY agent$$,
	$$SELECT agent, avg(CASE WHEN answered = 'Y' AND wait <= 60 THEN 1.0 ELSE 0 END)::float8 FROM call GROUP BY agent$$);
CALL oracle.check_rows('abandoned calls have no wait', 'SELECT unknown_wait FROM centre, cx.service_counts(summary)', $$SELECT count(*) FROM call WHERE answered = 'N'$$);

CREATE TABLE verbatim (id bigint GENERATED ALWAYS AS IDENTITY, answered_at text, stage text, class text, score float8, body text, quarter text);
\copy verbatim (answered_at, stage, class, score, body, quarter) FROM PROGRAM 'zcat "$CX_DATA/nps_verbatims/nps_verbatims.csv.gz"' (FORMAT csv, HEADER)
INSERT INTO cx.theme (theme, language, query) VALUES ('engineer', 'english', 'engineer | technician'), ('engineer.missed', 'english', '(engineer | technician) & (miss | late | never | (not <-> turn))'),
	('communication', 'english', 'communic:* | inform:* | (told <-> differ:*)'), ('price', 'english', 'price | expens:* | cost | cheap:* | money'), ('speed', 'english', 'speed | slow | fast'), ('ease', 'english', 'easy & !(not <-> easy)'),
	('communication', 'simple', 'communication | email | emails');
CREATE TABLE tagged AS SELECT id, stage, CASE WHEN score >= 9 THEN 100 WHEN score >= 7 THEN 0 WHEN score >= 0 THEN -100 END AS points, cx.themes(body) AS themes, body FROM verbatim;
CALL oracle.check_rows('net promoter score', 'SELECT count(*), count(points), round(avg(points), 2) FROM tagged', 'SELECT 2385::bigint, 2353::bigint, -24.69');
-- without the table: each query written out
CALL oracle.check_rows('themes', 'SELECT id, themes FROM tagged', $$SELECT id, array_remove(ARRAY[
		CASE WHEN e @@ to_tsquery('english', 'communic:* | inform:* | (told <-> differ:*)') OR to_tsvector('simple', coalesce(body, '')) @@ to_tsquery('simple', 'communication | email | emails') THEN 'communication' END,
		CASE WHEN e @@ to_tsquery('english', 'easy & !(not <-> easy)') THEN 'ease' END,
		CASE WHEN e @@ to_tsquery('english', 'engineer | technician') THEN 'engineer' END,
		CASE WHEN e @@ to_tsquery('english', '(engineer | technician) & (miss | late | never | (not <-> turn))') THEN 'engineer.missed' END,
		CASE WHEN e @@ to_tsquery('english', 'price | expens:* | cost | cheap:* | money') THEN 'price' END,
		CASE WHEN e @@ to_tsquery('english', 'speed | slow | fast') THEN 'speed' END], NULL)
	FROM verbatim, LATERAL to_tsvector('english', coalesce(body, '')) e WHERE body IS NOT NULL
	UNION ALL SELECT id, NULL FROM verbatim WHERE body IS NULL$$);
CALL oracle.check_rows('tags are themes', 'SELECT id, array_agg(DISTINCT theme ORDER BY theme) FROM verbatim, cx.theme_tags(body) GROUP BY id', $$SELECT id, themes FROM tagged WHERE themes <> '{}'$$);
CALL oracle.check_rows('impact of themes', $$SELECT theme, round(difference::numeric, 9), round(high::numeric - low::numeric, 7) FROM (SELECT DISTINCT unnest(themes) AS theme FROM tagged) t,
	LATERAL (SELECT count(*) FILTER (WHERE has) AS a, avg(points) FILTER (WHERE has) AS am, var_samp(points) FILTER (WHERE has) AS av, count(*) FILTER (WHERE NOT has) AS b, avg(points) FILTER (WHERE NOT has) AS bm, var_samp(points) FILTER (WHERE NOT has) AS bv
		FROM (SELECT points, theme = ANY (themes) AS has FROM tagged WHERE points IS NOT NULL) s) s, cx.mean_difference(a, am::float8, av::float8, b, bm::float8, bv::float8, at_least => 2)$$,
	$$SELECT theme, round(regr_slope(points, (theme = ANY (themes))::int)::numeric, 9),
		round((2 * 1.959963984540054 * sqrt(var_samp(points) FILTER (WHERE theme = ANY (themes)) / count(*) FILTER (WHERE theme = ANY (themes)) + var_samp(points) FILTER (WHERE NOT theme = ANY (themes)) / count(*) FILTER (WHERE NOT theme = ANY (themes))))::numeric, 7)
	FROM (SELECT DISTINCT unnest(themes) AS theme FROM tagged) t, tagged WHERE points IS NOT NULL GROUP BY theme$$);

\ir lib/end.sql
