--
-- Erlang B, C and A against their definitions in decimal arithmetic of 50 digits, state by state; that every agent
-- helps; and that the number of agents needed is the least.
--
\ir lib/begin.sql

-- The definitions: states of birth and death processes, weighed against the one with all agents busy and nobody waiting.
CREATE FUNCTION pg_temp.free(a numeric, n int) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE term numeric := 1; total numeric := 0;
BEGIN
	FOR k IN REVERSE n .. 1 LOOP
		term := round(term * k / a, 50);
		total := total + term;
	END LOOP;
	RETURN total;
END $$;
CREATE FUNCTION pg_temp.loss(a numeric, n int) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN 1 / (1 + pg_temp.free(a, n));
CREATE FUNCTION pg_temp.waiting(a numeric, n int) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN (n / (n - a)) / (pg_temp.free(a, n) + n / (n - a));

-- With patience: who finds j others waiting is answered within t if the agents get through them before, which takes
-- a time of which exp(-time / patience) has a beta distribution of x = n * patience and j + 1.
CREATE FUNCTION pg_temp.palm(a numeric, n int, patience numeric, t numeric, OUT wait numeric, OUT abandon numeric, OUT within numeric, OUT busy numeric, OUT answer numeric)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	term numeric := 1; free numeric := pg_temp.free(a, n); total numeric; waits numeric := 0; queue numeric := 0; early numeric := 0; harmonic numeric := 0; waited numeric := 0;
	x numeric := n * patience; u numeric := exp(round(-t / patience, 50)); part numeric; sum numeric; j int := 0;
BEGIN
	part := exp(round(-t / patience * (x + 1), 120));
	sum := part;
	LOOP
		waits := waits + term;
		queue := queue + j * term;
		early := early + round(term * x / (x + j + 1) * (1 - sum), 50);
		harmonic := harmonic + round(1 / (x + 1 + j), 50);
		waited := waited + round(term * x / (x + j + 1) * harmonic, 50);
		j := j + 1;
		part := round(part * (x + j) / j * (1 - u), 120);
		sum := sum + part;
		term := round(term * a * patience / (x + j), 50);
		EXIT WHEN term < waits * 1e-20 AND j > (a - n) * patience;
	END LOOP;
	total := free + waits;
	wait := waits / total;
	abandon := queue / patience / a / total;
	within := (free + early) / total;
	busy := a * (1 - abandon) / n;
	answer := waited / (free + waits - queue / patience / a) * patience;
END $$;

CREATE FUNCTION pg_temp.near(got float8, expected numeric) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN abs(got::numeric - expected) <= 1e-12 * expected + 1e-300;

CREATE TABLE load AS SELECT g AS id, least(n * 1.5 + 3, CASE g % 4 WHEN 0 THEN 1 + oracle.dice(g, :seed, 'a', 40) WHEN 1 THEN oracle.dice(g, :seed, 'a', 12000) / 100.0 + 0.01 WHEN 2 THEN n * 0.99 ELSE n * 1.25 END)::numeric AS a, n,
	((ARRAY[0.01, 0.1, 0.5, 1, 1.6666666666666667, 5, 30])[1 + oracle.dice(g, :seed, 'patience', 7)])::numeric AS patience, ((ARRAY[0, 0.01, 0.111, 0.5, 2])[1 + oracle.dice(g, :seed, 't', 5)])::numeric AS t
FROM (SELECT g, 1 + oracle.dice(g, :seed, 'n', 120)::int AS n FROM generate_series(1, 300 * :scale) g) s;

CALL oracle.check_rows('Erlang B', 'SELECT id FROM load WHERE pg_temp.near(cx.erlang_b(a::float8, n), pg_temp.loss(a, n))', 'SELECT id FROM load');
CALL oracle.check_rows('Erlang C', 'SELECT id FROM load WHERE pg_temp.near(cx.erlang_c(a::float8, n), CASE WHEN a < n THEN pg_temp.waiting(a, n) ELSE 1 END)', 'SELECT id FROM load');
CALL oracle.check_rows('Erlang C: service level, wait', $$SELECT id FROM load WHERE CASE WHEN a >= n THEN cx.erlang_c_service_level(a::float8, n, 180, 180 * t::float8) = 0 AND cx.erlang_c_wait(a::float8, n, 180) IS NULL
	ELSE abs(cx.erlang_c_service_level(a::float8, n, 180, 180 * t::float8)::numeric - (1 - pg_temp.waiting(a, n) * exp((a - n) * t))) < 1e-13 AND pg_temp.near(cx.erlang_c_wait(a::float8, n, 180), pg_temp.waiting(a, n) * 180 / (n - a)) END$$, 'SELECT id FROM load');
CREATE TABLE palm AS SELECT id, a, n, patience, t, (cx.erlang_a(a::float8, n, 180, 180 * patience::float8, 180 * t::float8)).*, (pg_temp.palm(a, n, patience, t)).* FROM load;
CALL oracle.check_rows('Erlang A: who waits', 'SELECT id FROM palm WHERE pg_temp.near(wait_share, wait)', 'SELECT id FROM load');
CALL oracle.check_rows('Erlang A: who hangs up', 'SELECT id FROM palm WHERE pg_temp.near(abandon_rate, abandon)', 'SELECT id FROM load');
CALL oracle.check_rows('Erlang A: service level', 'SELECT id FROM palm WHERE abs(service_level_rate::numeric - within) <= 1e-12 * within + 1e-18', 'SELECT id FROM load');
CALL oracle.check_rows('Erlang A: occupancy, mean wait, queue', 'SELECT id FROM palm WHERE pg_temp.near(occupancy_share, busy) AND pg_temp.near(mean_wait_seconds, abandon * patience * 180) AND pg_temp.near(mean_waiting, a * abandon * patience)', 'SELECT id FROM load');
CALL oracle.check_rows('Erlang A: mean wait of those answered', 'SELECT id FROM palm WHERE pg_temp.near(mean_answer_seconds, answer * 180)', 'SELECT id FROM load');
-- impatient callers are lost calls, patient ones wait for ever
CALL oracle.check_rows('Erlang A without patience is B', 'SELECT id FROM load WHERE abs((cx.erlang_a(a::float8, n, 180, 1e-9, 0)).abandon_rate / cx.erlang_b(a::float8, n) - 1) < 1e-9', 'SELECT id FROM load');
CALL oracle.check_rows('Erlang A with all patience is C', 'SELECT id FROM load, cx.erlang_a(a::float8, n, 180, 1e14, 180 * t::float8) p WHERE a < n * 0.98 AND abs(wait_share - cx.erlang_c(a::float8, n)) < 1e-7 AND abs(service_level_rate - cx.erlang_c_service_level(a::float8, n, 180, 180 * t::float8)) < 1e-7',
	'SELECT id FROM load WHERE a < n * 0.98');

-- Every agent helps, also when there are ten thousand.
CREATE TABLE ladder AS SELECT id, n, a, cx.erlang_b(a, n) AS b, cx.erlang_c(a, n) AS c, (cx.erlang_a(a, n, 240, patience, 20)).*
FROM (SELECT g AS id, oracle.dice(g, :seed, 'load', 1000000) / 1e6 * (ARRAY[3, 100, 12000])[1 + g % 3] + 1e-6 AS a, (ARRAY[1e-6, 20, 300, 1e7])[1 + oracle.dice(g, :seed, 'p', 4)]::float8 AS patience, (ARRAY[0, 90, 10000])[1 + g % 3] AS base FROM generate_series(1, 300 * :scale) g) s,
	LATERAL (SELECT base + k AS n FROM generate_series(0, 8) k) k;
CALL oracle.check_rows('shares are shares', $$SELECT id, n FROM ladder WHERE b BETWEEN 0 AND 1 AND c BETWEEN 0 AND 1 AND wait_share BETWEEN 0 AND 1 AND abandon_rate BETWEEN 0 AND 1 AND service_level_rate BETWEEN 0 AND 1 + 1e-12
	AND (n = 0 OR occupancy_share BETWEEN 0 AND 1 + 1e-12) AND mean_wait_seconds >= 0 AND mean_waiting >= 0$$, 'SELECT id, n FROM ladder');
CALL oracle.check_rows('every agent helps', $$SELECT l.id, l.n FROM ladder l JOIN ladder m ON m.id = l.id AND m.n = l.n + 1 WHERE m.b <= l.b AND m.c <= l.c AND m.wait_share <= l.wait_share * (1 + 1e-12) AND m.abandon_rate <= l.abandon_rate * (1 + 1e-12)
	AND m.service_level_rate >= l.service_level_rate - 1e-12$$, 'SELECT l.id, l.n FROM ladder l JOIN ladder m ON m.id = l.id AND m.n = l.n + 1');

CREATE TABLE needed AS SELECT *, cx.agents_needed(a, 240, target, 20) AS c, cx.agents_needed(a, 240, target, 20, patience) AS p
FROM (SELECT g AS id, oracle.dice(g, :seed, 'load', 1000000) / 1e6 * (ARRAY[3, 100, 9000])[1 + g % 3] + 1e-6 AS a, (ARRAY[0.1, 0.5, 0.8, 0.95, 0.999])[1 + oracle.dice(g, :seed, 'target', 5)]::float8 AS target, (ARRAY[20, 300, 1e7])[1 + oracle.dice(g, :seed, 'p', 3)]::float8 AS patience FROM generate_series(1, 150 * :scale) g) s;
CALL oracle.check_rows('agents needed are the least', $$SELECT id FROM needed WHERE cx.erlang_c_service_level(a, c, 240, 20) >= target AND cx.erlang_c_service_level(a, c - 1, 240, 20) < target
	AND (cx.erlang_a(a, p, 240, patience, 20)).service_level_rate >= target AND (cx.erlang_a(a, p - 1, 240, patience, 20)).service_level_rate < target$$, 'SELECT id FROM needed');

\ir lib/end.sql
