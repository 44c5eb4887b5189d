-- What every benchmark uses: timing of queries side by side.
--
-- bench.race() runs its queries in turn, round after round, so that a machine whose speed drifts treats them alike,
-- and keeps each query's best time.  All queries of a race must give the same answer, unless it says that they differ.

\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS bench;

CREATE TABLE bench.time (race text, query text, ms float8, rounds int, PRIMARY KEY (race, query));

CREATE FUNCTION bench.run(sql text, OUT ms float8, OUT answer text)
LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz := clock_timestamp();
BEGIN
	EXECUTE sql INTO answer;
	ms := 1000 * extract(epoch FROM clock_timestamp() - began);
END $$;

-- The node types of a query's plan, to be sure that a race compares what it says.
CREATE FUNCTION bench.plan(sql text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	line text;
	nodes text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || sql LOOP
		nodes := nodes || line || E'\n';
	END LOOP;
	RETURN nodes;
END $$;

-- Keeps the best time of a query.
CREATE PROCEDURE bench.note(race text, query text, ms float8)
BEGIN ATOMIC
	INSERT INTO bench.time AS t VALUES (race, query, ms, 1)
	ON CONFLICT ON CONSTRAINT time_pkey DO UPDATE SET ms = least(t.ms, excluded.ms), rounds = t.rounds + 1;
END;

CREATE PROCEDURE bench.race(race text, rounds int, plan_has text, same_answer boolean, VARIADIC queries text[])
LANGUAGE plpgsql AS $$
DECLARE
	result record;
	answer text;
BEGIN
	FOR i IN 2 .. cardinality(queries) BY 2 LOOP
		IF bench.plan(queries[i]) !~ plan_has THEN
			RAISE EXCEPTION 'race "%": the plan of "%" has no %', race, queries[i - 1], plan_has
				USING DETAIL = bench.plan(queries[i]);
		END IF;
	END LOOP;
	FOR round IN 1 .. rounds LOOP
		answer := NULL;
		FOR i IN 2 .. cardinality(queries) BY 2 LOOP
			result := bench.run(queries[i]);
			IF same_answer AND answer IS NOT NULL AND answer <> result.answer THEN
				RAISE EXCEPTION 'race "%": "%" answers %, others %', race, queries[i - 1], result.answer, answer;
			END IF;
			answer := result.answer;
			CALL bench.note(race, queries[i - 1], result.ms);
		END LOOP;
	END LOOP;
END $$;

CREATE FUNCTION bench.ms(race text, query text) RETURNS float8
RETURN (SELECT t.ms FROM bench.time t WHERE t.race = ms.race AND t.query = ms.query);

-- a / b, with the bound it must keep ('<= 1.25', '>= 1.25', or NULL for a figure that is only reported)
CREATE TABLE bench.ratio (id int GENERATED ALWAYS AS IDENTITY, what text, ratio float8, must text);

CREATE FUNCTION bench.holds(ratio float8, must text) RETURNS text
RETURN CASE
	WHEN must IS NULL THEN ''
	WHEN must LIKE '<=%' AND ratio <= substr(must, 3)::float8 THEN 'yes'
	WHEN must LIKE '>=%' AND ratio >= substr(must, 3)::float8 THEN 'yes'
	ELSE 'NO' END;
