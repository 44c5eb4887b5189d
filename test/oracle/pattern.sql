--
-- Selectors and patterns against a naive matcher that makes every match and picks afterwards (lib/pattern.pl), and the
-- functions of a selector against plain SQL over rows.
--
\ir lib/begin.sql
\setenv CX_SEED :seed
SELECT (200000 * :scale)::int AS pairs, (30000 * :scale)::int AS selectors \gset
\setenv CX_PAIRS :pairs
\setenv CX_SELECTORS :selectors

CREATE TABLE pair (id bigint, journey cx.journey, pattern text, matches text, as_of timestamptz, state text);
\copy pair FROM PROGRAM 'perl test/oracle/lib/pattern.pl pairs "$CX_SEED" "$CX_PAIRS"'

-- Records the rows of a table that fail a condition; every row is a case.
CREATE PROCEDURE pg_temp.check(what text, relation text, condition text, shown text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('INSERT INTO oracle.result (what, cases, differences, example)
		SELECT %1$L, count(*), count(*) FILTER (WHERE (%2$s) IS NOT TRUE), min(concat_ws(%3$L, %4$s)) FILTER (WHERE (%2$s) IS NOT TRUE) FROM %5$s',
		what, condition, E'\n', shown, relation);
END $$;

-- refs are places in the canonical order, from 0
CREATE FUNCTION pg_temp.refs(journey cx.journey) RETURNS text LANGUAGE sql
BEGIN ATOMIC
	SELECT string_agg(ref::text, ',' ORDER BY step) FROM cx.touches(journey);
END;

CREATE TABLE got AS
SELECT pair.*, touchpoints, nullif(string_to_array(split_part(matches, ';', 1), ',')::int[], '{}') AS first,
	cx.has(journey, compiled) AS has, journey OPERATOR(cx.@@) compiled AS operator, cx.match(journey, compiled) AS match,
	pg_temp.refs(cx.match(journey, compiled)) AS match_refs,
	(SELECT string_agg(pg_temp.refs(m), ';' ORDER BY n) FROM cx.matches(journey, compiled) WITH ORDINALITY AS s (m, n)) AS matches_refs,
	cx.match_count(journey, compiled) AS match_count, cx.match_state(journey, compiled, as_of) AS match_state,
	cx.next_touchpoint(journey, compiled) AS next, cx.previous_touchpoint(journey, compiled) AS previous,
	compiled::text AS normal
FROM pair, LATERAL (SELECT pattern::cx.pattern AS compiled, cx.touchpoints(journey) AS touchpoints OFFSET 0) AS s;

\set shown '''journey '' || journey, ''pattern '' || pattern, ''matches '' || matches, ''as of '' || as_of'
CALL pg_temp.check('touches in canonical order', 'pair', $$pg_temp.refs(journey) IS NOT DISTINCT FROM
	(SELECT string_agg(n::text, ',' ORDER BY n) FROM generate_series(0, cx.touch_count(journey) - 1) n)$$, 'journey::text');
CALL pg_temp.check('has', 'got', $$has = (matches <> '')$$, :'shown');
CALL pg_temp.check('@@', 'got', $$operator = (matches <> '')$$, :'shown');
CALL pg_temp.check('match_count', 'got', $$match_count = CASE matches WHEN '' THEN 0 ELSE cardinality(string_to_array(matches, ';')) END$$,
	:'shown' || ', ''got '' || match_count');
CALL pg_temp.check('match: which touches', 'got', $$match_refs IS NOT DISTINCT FROM nullif(split_part(matches, ';', 1), '')$$,
	:'shown' || ', ''got '' || coalesce(match_refs, ''none'')');
CALL pg_temp.check('match: touches as they are', 'got WHERE match IS NOT NULL',
	$$(journey OPERATOR(cx.-) match) OPERATOR(cx.||) match OPERATOR(cx.=) journey AND cx.check(match) IS NULL$$, :'shown');
CALL pg_temp.check('matches', 'got', $$matches_refs IS NOT DISTINCT FROM nullif(matches, '')$$, :'shown' || ', ''got '' || coalesce(matches_refs, ''none'')');
CALL pg_temp.check('next_touchpoint', 'got', $$next IS NOT DISTINCT FROM touchpoints[first[cardinality(first)] + 2]$$, :'shown');
CALL pg_temp.check('previous_touchpoint', 'got', $$previous IS NOT DISTINCT FROM touchpoints[first[1]]$$, :'shown');
CALL pg_temp.check('match_state', 'got', $$match_state = state$$, :'shown' || ', ''state '' || state, ''got '' || match_state');

-- the normal form is the same value, and means the same
CALL pg_temp.check('normal form', 'got', $$normal::cx.pattern OPERATOR(cx.=) pattern::cx.pattern AND normal::cx.pattern::text = normal$$,
	'''pattern '' || pattern, ''normal form '' || normal');
CALL pg_temp.check('matches of the normal form', 'got', $$matches_refs IS NOT DISTINCT FROM
	(SELECT string_agg(pg_temp.refs(m), ';' ORDER BY n) FROM cx.matches(journey, normal) WITH ORDINALITY AS s (m, n))$$,
	:'shown' || ', ''normal form '' || normal');

-- Functions of a selector.
CREATE TABLE ask (id bigint, touches int, journey cx.journey, a text, fits_a int[], b text, fits_b int[], n int, span interval);
\copy ask (id, touches, journey, a, fits_a, b, fits_b) FROM PROGRAM 'perl test/oracle/lib/pattern.pl selectors "$CX_SEED" "$CX_SELECTORS"'
UPDATE ask SET n = 1 + oracle.dice(:seed, id, 'n', 4),
	span = (ARRAY['0', '1 microsecond', '1 second', '1 hour', '01:00:00.000001', '1 day', '25 hours', '2 days'])[1 + oracle.dice(:seed, id, 'span', 8)]::interval;
CREATE TABLE touch AS
SELECT id, ref AS number, t.at, t.touchpoint, t.channel, t.team, t.value, ref = ANY (fits_a) AS fits_a, ref = ANY (fits_b) AS fits_b
FROM ask, LATERAL (SELECT * FROM jsonb_to_recordset(journey::jsonb)
	AS r (at timestamptz, touchpoint text, channel text, team text, value float8, ref int)) AS t;
CREATE INDEX ON touch (id, number);
ANALYZE ask, touch;

CALL oracle.check_rows('count, first_at, last_at, nth_at', $$SELECT id, cx.count(journey, a)::bigint, cx.first_at(journey, a), cx.last_at(journey, a), cx.nth_at(journey, a, n) FROM ask$$,
	$$SELECT id, count(number), min(at), max(at), (array_agg(at ORDER BY number))[n] FROM ask LEFT JOIN (SELECT * FROM touch WHERE touch.fits_a) t USING (id) GROUP BY id, n$$);
CALL oracle.check_rows('total', $$SELECT id, cx.total(journey, a) FROM ask$$,
	$$SELECT id, sum(value ORDER BY number) FROM ask LEFT JOIN (SELECT * FROM touch WHERE touch.fits_a) t USING (id) GROUP BY id$$);
CALL oracle.check_rows('filter, since, until', $$SELECT id, pg_temp.refs(cx.filter(journey, a)), pg_temp.refs(cx.since(journey, a)), pg_temp.refs(cx.until(journey, a)) FROM ask$$,
	$$SELECT id, string_agg(number::text, ',' ORDER BY number) FILTER (WHERE t.fits_a), string_agg(number::text, ',' ORDER BY number) FILTER (WHERE number >= first),
		string_agg(number::text, ',' ORDER BY number) FILTER (WHERE first IS NULL OR number <= first)
	FROM ask LEFT JOIN (SELECT *, min(number) FILTER (WHERE touch.fits_a) OVER (PARTITION BY id) AS first FROM touch) t USING (id) GROUP BY id$$);
CALL oracle.check_rows('filter, since, until: touches as they are', $$SELECT id, cx.check(f) IS NULL AND (journey OPERATOR(cx.-) f) OPERATOR(cx.||) f OPERATOR(cx.=) journey
		AND cx.touch_count(journey OPERATOR(cx.-) f) = touches - cx.touch_count(f)
	FROM ask, LATERAL (VALUES (cx.filter(journey, a)), (cx.since(journey, a)), (cx.until(journey, a))) AS v (f)$$, 'SELECT id, true FROM ask, generate_series(1, 3)');
CALL oracle.check_rows('instances', $$SELECT id, i.n, pg_temp.refs(i.journey) FROM ask, cx.instances(ask.journey, span, a) WITH ORDINALITY AS i (journey, n)$$,
	$$SELECT id, row_number() OVER (PARTITION BY id ORDER BY instance), string_agg(number::text, ',' ORDER BY number)
	FROM (SELECT id, number, count(*) FILTER (WHERE begins) OVER (PARTITION BY id ORDER BY number) AS instance
		FROM (SELECT id, number, coalesce(lag(t.fits_a) OVER w OR at > lag(at) OVER w + span, true) AS begins FROM touch t JOIN ask USING (id)
			WINDOW w AS (PARTITION BY id ORDER BY number)) s) s
	GROUP BY id, instance$$);
CALL oracle.check_rows('time_between', $$SELECT id, w, cx.time_between(journey, a, b, w) FROM ask, unnest('{first,last,shortest,longest}'::text[]) w$$,
	$$SELECT ask.id, w, CASE w WHEN 'first' THEN (array_agg(took ORDER BY number))[1] WHEN 'last' THEN (array_agg(took ORDER BY number DESC))[1] WHEN 'shortest' THEN min(took) ELSE max(took) END
	FROM ask LEFT JOIN (SELECT id, number, (SELECT min(at) FROM touch u WHERE u.id = t.id AND u.number > t.number AND u.fits_b) - at AS took FROM touch t WHERE t.fits_a) t
		ON t.id = ask.id AND took IS NOT NULL, unnest('{first,last,shortest,longest}'::text[]) w
	GROUP BY ask.id, w$$);
CALL oracle.check_rows('time_between, without which', $$SELECT id, cx.time_between(journey, a, b) FROM ask$$, $$SELECT id, cx.time_between(journey, a, b, 'first') FROM ask$$);
CALL oracle.check_rows('preceding', $$SELECT id, p.* FROM ask, cx.preceding(journey, a, b) p
	UNION ALL SELECT -id, p.* FROM ask, cx.preceding(journey, a, b, span) p$$,
	$$WITH found AS (SELECT t.id, t.at AS target_at, t.value AS target_value, l.* FROM touch t LEFT JOIN LATERAL (SELECT u.at, u.touchpoint, u.channel, u.team, extract(epoch FROM t.at - u.at)::float8 AS before
			FROM touch u WHERE u.id = t.id AND u.fits_b AND u.number < t.number ORDER BY u.number DESC LIMIT 1) l ON true WHERE t.fits_a)
	SELECT id, target_at, target_value, at, touchpoint, channel, team, before FROM found
	UNION ALL SELECT -f.id, target_at, target_value, CASE WHEN near THEN f.at END, CASE WHEN near THEN touchpoint END, CASE WHEN near THEN channel END, CASE WHEN near THEN team END,
		CASE WHEN near THEN before END FROM found f JOIN ask USING (id), LATERAL (SELECT f.at + span >= target_at AS near) s$$);
-- the selector is the same value as its normal form, and as a pattern has the same touches
CALL pg_temp.check('normal form of selectors', 'ask', $$a::cx.selector::text::cx.selector OPERATOR(cx.=) a::cx.selector
	AND cx.count(journey, a::cx.selector::text) = cardinality(fits_a) AND cx.match_count(journey, a::cx.selector) = cardinality(fits_a)$$, 'a, journey');

\ir lib/end.sql
