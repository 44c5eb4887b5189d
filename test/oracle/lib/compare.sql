--
-- Comparing: what the extension returns against what plain SQL says, with a count of every case and no tolerance.
--

CREATE TABLE oracle.result (
	number int GENERATED ALWAYS AS IDENTITY,
	what text NOT NULL,
	cases bigint NOT NULL,
	differences bigint NOT NULL,
	example text,
	at timestamptz DEFAULT clock_timestamp()
);

-- The canonical text of attrs: keys by length, then bytewise; numbers without trailing zeros.
CREATE FUNCTION oracle.attrs_text(attrs jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT '{' || coalesce(string_agg(to_json(key)::text || ': ' || CASE jsonb_typeof(value)
			WHEN 'number' THEN trim_scale((value #>> '{}')::numeric)::text
			WHEN 'string' THEN to_json(value #>> '{}')::text
			ELSE value #>> '{}' END, ', '
		ORDER BY octet_length(key), convert_to(key, getdatabaseencoding())), '') || '}'
	FROM jsonb_each(attrs);
END;

-- An interval without months in milliseconds, halves up.
CREATE FUNCTION oracle.milliseconds(lasted interval) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN round((extract(day FROM lasted) * 86400 + extract(hour FROM lasted) * 3600 + extract(minute FROM lasted) * 60
	+ extract(second FROM lasted)) * 1000)::bigint;

-- Microseconds since 2000 began.  By way of an interval: extract(epoch) itself rounds close to the end of time.
CREATE FUNCTION oracle.microseconds(at timestamptz) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN extract(epoch FROM at - timestamptz '2000-01-01 00:00:00+00') * 1000000;

CREATE FUNCTION oracle.duration(milliseconds bigint) RETURNS interval
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN make_interval(days => (milliseconds / 86400000)::int, secs => (milliseconds % 86400000) / 1000.0);

-- A touch as it is stored; attrs as canonical text, lasted in milliseconds.
CREATE TYPE oracle.touch AS (
	id text,
	at timestamptz,
	touchpoint text COLLATE "C",
	channel text COLLATE "C",
	team text COLLATE "C",
	attrs text COLLATE "C",
	value float8,
	lasted bigint,
	ref bigint
);

CREATE TYPE oracle.numbered_touch AS (
	id text,
	step bigint,
	at timestamptz,
	touchpoint text COLLATE "C",
	channel text COLLATE "C",
	team text COLLATE "C",
	attrs text COLLATE "C",
	value float8,
	lasted bigint,
	ref bigint
);

-- The touches that a query returns, numbered in canonical order.
CREATE FUNCTION oracle.numbered(query text) RETURNS SETOF oracle.numbered_touch
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format(
		'SELECT id::text, row_number() OVER (PARTITION BY id ORDER BY at, touchpoint COLLATE "C",
			channel COLLATE "C" NULLS FIRST, team COLLATE "C" NULLS FIRST, attrs COLLATE "C" NULLS FIRST,
			value NULLS FIRST, lasted NULLS FIRST, ref NULLS FIRST),
			at, touchpoint, channel, team, attrs, value, lasted, ref
		FROM (%s) s (id, at, touchpoint, channel, team, attrs, value, lasted, ref)', query);
END $$;

-- From a table of profiles makes PREFIXraw (rows as a user has them), PREFIXtouch (the same as they should be stored)
-- and PREFIXjourney (id, journey); profiles without touches have the empty journey.
CREATE PROCEDURE oracle.make(profiles text, prefix text DEFAULT '')
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE %I AS SELECT r.* FROM %I p, oracle.rows(p) r', prefix || 'raw', profiles);
	EXECUTE format('CREATE TABLE %I AS SELECT id::text, at, touchpoint, channel, team, oracle.attrs_text(attrs) AS attrs,
			CASE WHEN value <> 0 THEN value WHEN value = 0 THEN 0 END AS value, oracle.milliseconds(lasted) AS lasted, ref
		FROM %I', prefix || 'touch', prefix || 'raw');
	EXECUTE format('CREATE TABLE %I AS SELECT p.id,
			coalesce(cx.journey_agg(r.at, r.touchpoint, r.channel, r.team, r.value, r.lasted, r.ref, r.attrs), ''[]'') AS journey
		FROM %I p LEFT JOIN %I r USING (id) GROUP BY p.id', prefix || 'journey', profiles, prefix || 'raw');
	EXECUTE format('ANALYZE %I, %I, %I', prefix || 'raw', prefix || 'touch', prefix || 'journey');
END $$;

-- Records a comparison of two queries with the same columns; every row is a case.
CREATE PROCEDURE oracle.check_rows(what text, got text, expected text)
LANGUAGE plpgsql AS $$
DECLARE
	cases bigint;
	differences bigint;
	example text;
BEGIN
	EXECUTE format('CREATE TEMP TABLE oracle_got AS SELECT s::text AS s FROM (%s) s', got);
	EXECUTE format('CREATE TEMP TABLE oracle_expected AS SELECT s::text AS s FROM (%s) s', expected);
	SELECT greatest((SELECT count(*) FROM oracle_got), (SELECT count(*) FROM oracle_expected)) INTO cases;
	WITH unexpected AS (TABLE oracle_got EXCEPT ALL TABLE oracle_expected),
	missing AS (TABLE oracle_expected EXCEPT ALL TABLE oracle_got)
	SELECT (SELECT count(*) FROM unexpected) + (SELECT count(*) FROM missing),
		format('got %s, expected %s', coalesce((SELECT left(min(s), 300) FROM unexpected), 'nothing'),
			coalesce((SELECT left(min(s), 300) FROM missing), 'nothing'))
	INTO differences, example;
	INSERT INTO oracle.result (what, cases, differences, example)
	VALUES (what, cases, differences, CASE WHEN differences > 0 THEN example END);
	DROP TABLE oracle_got, oracle_expected;
END $$;

-- Records a comparison of journeys with the touches they should have.
--
-- got returns (id, journey); expected returns the touches in any order: (id, at, touchpoint, channel, team, attrs as
-- canonical text, value, lasted in ms, ref).  Compared are the rows of cx.touches in their order, and the stored bytes
-- with those of the journey that is aggregated from the expected touches; a journey that expected says nothing about
-- must be empty.  Every journey is a case.
CREATE PROCEDURE oracle.check_journeys(what text, got text, expected text)
LANGUAGE plpgsql AS $$
DECLARE
	cases bigint;
	touches bigint;
	differences bigint;
	example text;
BEGIN
	EXECUTE format('CREATE TEMP TABLE oracle_got AS SELECT id::text, journey FROM (%s) s (id, journey)', got);
	EXECUTE format('CREATE TEMP TABLE oracle_expected AS SELECT * FROM oracle.numbered(%L)', expected);
	SELECT count(*) INTO cases FROM oracle_got;

	WITH unexpected AS (
		SELECT g.id, t.step::bigint, t.at, t.touchpoint, t.channel, t.team, t.attrs::text, t.value::text,
			round(t.lasted_seconds::numeric * 1000)::bigint, t.ref
		FROM oracle_got g, cx.touches(g.journey) t
		EXCEPT ALL
		SELECT e.id, e.step, e.at, e.touchpoint, e.channel, e.team, e.attrs, e.value::text, e.lasted, e.ref
		FROM oracle_expected e
	), counted AS (
		SELECT (SELECT count(*) FROM oracle_got g, cx.touches(g.journey)) AS got,
			(SELECT count(*) FROM oracle_expected) AS expected
	)
	SELECT c.got, (SELECT count(*) FROM unexpected) + abs(c.got - c.expected),
		format('got %s touches, expected %s; first difference %s', c.got, c.expected,
			(SELECT left(min(s::text), 300) FROM unexpected s))
	INTO touches, differences, example
	FROM counted c;

	IF differences = 0 THEN
		WITH rebuilt AS (
			SELECT e.id, cx.journey_agg(e.at, e.touchpoint, e.channel, e.team, e.value, oracle.duration(e.lasted), e.ref,
				e.attrs::jsonb) AS journey
			FROM oracle_expected e
			GROUP BY e.id
		), wrong AS (
			SELECT id, g.journey
			FROM oracle_got g
			FULL JOIN rebuilt r USING (id)
			WHERE cx._bytes(g.journey) IS DISTINCT FROM cx._bytes(coalesce(r.journey, '[]'))
				OR cx.check(g.journey) IS NOT NULL
		)
		SELECT count(*), 'the bytes differ from the aggregate''s: journey ' || min(id)
		INTO differences, example
		FROM wrong;
	END IF;
	INSERT INTO oracle.result (what, cases, differences, example)
	VALUES (format('%s (%s touches)', what, touches), cases, differences, CASE WHEN differences > 0 THEN example END);
	DROP TABLE oracle_got, oracle_expected;
END $$;

-- The results so far, a line a comparison.
CREATE FUNCTION oracle.report() RETURNS SETOF text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT format('%s  %s: %s cases', CASE differences WHEN 0 THEN 'ok' ELSE 'NOT OK' END, what, cases)
		|| CASE WHEN differences > 0 THEN format(', %s differences, as in: %s', differences, example) ELSE '' END
	FROM oracle.result
	ORDER BY number;
END;

-- An error when anything differed, or when nothing was compared.
CREATE FUNCTION oracle.verdict() RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	cases bigint;
	differences bigint;
BEGIN
	SELECT sum(r.cases), sum(r.differences) INTO cases, differences FROM oracle.result r;
	IF coalesce(cases, 0) = 0 THEN
		RAISE 'nothing was compared';
	ELSIF differences > 0 THEN
		RAISE '% differences in % cases', differences, cases;
	END IF;
	RETURN format('%s cases compared, 0 differences', cases);
END $$;

-- A fingerprint of the journeys of a table (id, journey), whatever the order of its rows.
CREATE FUNCTION oracle.fingerprint(relation regclass) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('SELECT count(*) || '' journeys '' || md5(string_agg(md5(cx._bytes(journey)), '''' ORDER BY id)) FROM %s', relation)
		INTO result;
	RETURN result;
END $$;

-- Runs a query that returns (id, journey) and records whether its plan, as executed, has everything that it must have
-- (regular expressions on the JSON form) and its journeys the same bytes as those of a table.
CREATE PROCEDURE oracle.check_plan(what text, query text, same_as regclass, VARIADIC must text[] DEFAULT '{}')
LANGUAGE plpgsql AS $$
DECLARE
	plan text;
	pattern text;
	problem text;
	journeys bigint;
BEGIN
	EXECUTE format('EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON)
		CREATE TEMP TABLE oracle_got AS SELECT * FROM (%s) s (id, journey)', query) INTO plan;
	FOREACH pattern IN ARRAY must LOOP
		IF plan !~ pattern THEN
			problem := format('no %s in the plan %s', pattern, regexp_replace(plan, '\s+', ' ', 'g'));
		END IF;
	END LOOP;
	IF problem IS NULL AND oracle.fingerprint('oracle_got') IS DISTINCT FROM oracle.fingerprint(same_as) THEN
		EXECUTE format('SELECT ''other bytes in '' || count(*) || '' journeys, such as '' || min(id)
			FROM %s FULL JOIN oracle_got g USING (id) WHERE cx._bytes(g.journey) IS DISTINCT FROM cx._bytes(%1$s.journey)', same_as)
			INTO problem;
	END IF;
	SELECT count(*) INTO journeys FROM oracle_got;
	INSERT INTO oracle.result (what, cases, differences, example)
	VALUES (what, journeys, (problem IS NOT NULL)::int, problem);
	DROP TABLE oracle_got;
END $$;
