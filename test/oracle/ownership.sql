--
-- Owners against a resolver in plain SQL: regular expressions for globs, range operators for times, ORDER BY for the
-- order of rules.  Random rules that overlap, tie and end at the instants that are asked about.
--
\ir lib/begin.sql
SELECT (6000 * :scale)::int AS questions \gset

INSERT INTO cx.team (team, active)
SELECT 'team ' || n, (ARRAY['(,)', '[2026-01-05 03:00Z,)', '(,2026-01-05 05:00Z)', '[2026-01-05 02:00Z,2026-01-05 06:00Z)'])[1 + n % 4]::tstzrange FROM generate_series(1, 9) n;
INSERT INTO cx.channel (channel, assisted) VALUES ('x', true), ('y', false), ('z', true);

CREATE TABLE glob AS
SELECT n, string_agg((ARRAY['a', 'b', 'c', 'a+', 'B', 'ä', '*', '*', '**', '**', '**', '-'])[1 + oracle.dice(:seed, n * 10 + k, 'glob', 12)], '.' ORDER BY k) AS glob
FROM generate_series(1, 1500) n, generate_series(1, 5) k WHERE k <= 1 + oracle.dice(:seed, n, 'labels', 5) GROUP BY n;
DELETE FROM glob WHERE glob LIKE '%**.**%';
-- touchpoints as customers' data has them: also with empty labels, and with labels that look like globs
CREATE TABLE place AS
SELECT n, string_agg((ARRAY['a', 'a', 'b', 'b', 'c', 'a+', 'B', 'ä', 'aa', '', '*', '**', '-'])[1 + oracle.dice(:seed, n * 10 + k, 'place', CASE WHEN n % 5 = 0 THEN 13 ELSE 8 END)], '.' ORDER BY k) AS touchpoint
FROM generate_series(1, 700) n, generate_series(1, 6) k WHERE k <= 1 + oracle.dice(:seed, n, 'labels of it', 6) GROUP BY n;
DELETE FROM place WHERE touchpoint = '';
-- matched against the path with a dot behind it, so that ** can be no label
CREATE FUNCTION expression(glob text) RETURNS text IMMUTABLE
RETURN (SELECT '^' || string_agg(CASE label WHEN '**' THEN '(?:[^.]*\.)*' WHEN '*' THEN '[^.]*\.' ELSE regexp_replace(label, '([^[:alnum:]])', '\\\1', 'g') || '\.' END, '' ORDER BY n) || '$'
	FROM string_to_table(glob, '.') WITH ORDINALITY t (label, n));
CREATE TABLE fit AS
SELECT touchpoint, glob FROM (SELECT DISTINCT glob, expression(glob) AS e FROM glob) g, LATERAL (SELECT DISTINCT touchpoint FROM place WHERE touchpoint || '.' ~ e) p;
CREATE INDEX ON fit (touchpoint);
ANALYZE fit;

-- Hours of one day, the ends of time among them.
CREATE FUNCTION hour(k bigint) RETURNS timestamptz STABLE RETURN CASE k WHEN 10 THEN '-infinity'::timestamptz WHEN 11 THEN 'infinity' ELSE timestamptz '2026-01-05 00:00Z' + k * interval '1 hour' END;
CREATE FUNCTION hours(a bigint, b bigint) RETURNS tstzrange STABLE RETURN CASE WHEN a = b THEN '(,)' WHEN a > 8 THEN tstzrange(NULL, hour(b)) WHEN b > 8 THEN tstzrange(hour(a), NULL) ELSE tstzrange(hour(least(a, b)), hour(greatest(a, b))) END;
CREATE TABLE question AS
SELECT n, touchpoint, hour(oracle.dice(:seed, n, 'at', 12)) - CASE WHEN oracle.dice(:seed, n, 'just before', 4) = 0 THEN interval '1 microsecond' ELSE interval '0' END AS at,
	(ARRAY['x', 'y', 'z', 'other', NULL])[1 + oracle.dice(:seed, n, 'channel', 5)] AS channel, (ARRAY['s', 't', 'u', NULL])[1 + oracle.dice(:seed, n, 'segment', 4)] AS segment,
	(ARRAY['de', 'de.by', 'de.by.m', 'de.b', 'deu', 'fr.by', '.de', 'de.', NULL])[1 + oracle.dice(:seed, n, 'territory', 9)] AS territory,
	CASE WHEN n % 2 = 0 THEN hour(oracle.dice(:seed, n, 'known', 12)) END AS known_at
FROM (SELECT q AS n, 1 + oracle.dice(:seed, q, 'touchpoint', 700) AS place FROM generate_series(1, :questions) q) s JOIN (SELECT n AS place, touchpoint FROM place) p USING (place);
ANALYZE question;

-- Random rules, at most count of them; identical conditions at the same time are refused by the table.
CREATE PROCEDURE fill(seed bigint, count bigint) BEGIN ATOMIC
	DELETE FROM cx.ownership_rule;
	INSERT INTO cx.ownership_rule (rule_id, touchpoint, channel, segment, territory, role, team, unowned, valid, recorded, priority)
	SELECT id, glob, channel, segment, territory, role, CASE WHEN NOT unowned THEN team END, unowned, valid, recorded, priority
	FROM (SELECT
			-- in an order that has nothing to do with their numbers
			oracle.dice(seed, rule.n, 'id', 1000000000000) AS id,
			CASE WHEN oracle.dice(seed, rule.n, 'all', 20) = 0 THEN '**' ELSE (SELECT glob FROM glob g WHERE g.n >= 1 + oracle.dice(seed, rule.n, 'which', 1490) ORDER BY g.n LIMIT 1) END AS glob,
			(ARRAY['x', 'y', 'z'])[1 + oracle.dice(seed, rule.n, 'channel', 8)] AS channel, (ARRAY['s', 't'])[1 + oracle.dice(seed, rule.n, 'segment', 6)] AS segment,
			(ARRAY['de', 'de.by', 'de.by.m', 'de.b', 'fr'])[1 + oracle.dice(seed, rule.n, 'territory', 12)] AS territory,
			(ARRAY['A', 'A', 'A', 'A', 'A', 'R', 'R', 'S', 'C', 'I'])[1 + oracle.dice(seed, rule.n, 'role', 10)] AS role,
			'team ' || 1 + oracle.dice(seed, rule.n, 'team', 9) AS team,
			oracle.dice(seed, rule.n, 'unowned', 10) = 0 AND (ARRAY['A', 'A', 'A', 'A', 'A', 'R', 'R', 'S', 'C', 'I'])[1 + oracle.dice(seed, rule.n, 'role', 10)] = 'A' AS unowned,
			hours(oracle.dice(seed, rule.n, 'from', 11), oracle.dice(seed, rule.n, 'to', 11)) AS valid, hours(oracle.dice(seed, rule.n, 'since', 11), oracle.dice(seed, rule.n, 'till', 14)) AS recorded,
			(ARRAY[0, 0, 0, 0, 0, 0, 1, -2147483648, 2147483647])[1 + oracle.dice(seed, rule.n, 'priority', 9)] AS priority
		FROM generate_series(1, count) rule (n)) s
	ON CONFLICT DO NOTHING;
END;

CREATE VIEW ranked AS
SELECT n, row_number() OVER w AS rank, rule_id, rule_touchpoint, rule_channel, rule_segment, rule_territory, priority, team,
	CASE WHEN unowned THEN 'unowned' WHEN NOT active @> at THEN 'stale' WHEN rule_touchpoint = '**' AND dims = 0 AND rule_territory IS NULL THEN 'fallback' ELSE 'owned' END AS state,
	CASE WHEN lead(rule_id) OVER w IS NULL THEN CASE WHEN row_number() OVER w = 1 THEN 'only match' ELSE 'last match' END
		WHEN lead(priority) OVER w <> priority THEN 'priority' WHEN lead(literals) OVER w <> literals THEN 'literal labels' WHEN lead(manys) OVER w <> manys THEN 'fewer **' WHEN lead(ones) OVER w <> ones THEN 'fewer *'
		WHEN lead(dims) OVER w <> dims THEN 'dimensions' WHEN lead(size) OVER w <> size THEN 'territory' WHEN lead(start) OVER w <> start THEN 'later start' ELSE 'tie' END AS decided_by,
	role
FROM (SELECT q.n, q.at, r.rule_id, r.touchpoint AS rule_touchpoint, r.channel AS rule_channel, r.segment AS rule_segment, r.territory AS rule_territory, r.priority, r.team, r.unowned, r.role, t.active,
		(SELECT count(*) FROM string_to_table(r.touchpoint, '.') l WHERE l NOT IN ('*', '**')) AS literals,
		(SELECT count(*) FROM string_to_table(r.touchpoint, '.') l WHERE l = '**') AS manys,
		(SELECT count(*) FROM string_to_table(r.touchpoint, '.') l WHERE l = '*') AS ones,
		num_nonnulls(r.channel, r.segment) AS dims, coalesce(cardinality(string_to_array(r.territory, '.')), 0) AS size, coalesce(lower(r.valid), '-infinity') AS start
	FROM question q JOIN fit f USING (touchpoint) JOIN cx.ownership_rule r ON r.touchpoint = f.glob LEFT JOIN cx.team t USING (team)
	WHERE r.valid @> q.at AND CASE WHEN known_at IS NULL THEN upper_inf(r.recorded) ELSE r.recorded @> known_at END
		AND (r.channel IS NULL OR r.channel = q.channel) AND (r.segment IS NULL OR r.segment = q.segment)
		AND (r.territory IS NULL OR r.territory = q.territory OR starts_with(q.territory, r.territory || '.'))) s
WINDOW w AS (PARTITION BY n, role ORDER BY priority DESC, literals DESC, manys, ones, dims DESC, size DESC, start DESC, rule_id);

-- Each set of rules: who wins, and the whole ranking in a role.
CREATE PROCEDURE ask(what text, seed bigint) LANGUAGE plpgsql AS $$
DECLARE
	role text := (ARRAY['A', 'A', 'R', 'S'])[1 + seed % 4];
BEGIN
	ANALYZE cx.ownership_rule;
	CALL oracle.check_rows(what || ': owners', 'SELECT n, cx.owner_of(touchpoint, at, channel, segment, territory, known_at), cx.ownership_state(touchpoint, at, channel, segment, territory, known_at) FROM question',
		'SELECT q.n, r.team, coalesce(state, ''unmatched'') FROM question q LEFT JOIN ranked r ON r.n = q.n AND r.role = ''A'' AND rank = 1');
	CALL oracle.check_rows(what || ': ranking', format('SELECT n, e.* FROM question, cx.ownership_explain(touchpoint, at, channel, segment, territory, known_at, %L) e WHERE n %% 3 = 0', role),
		format('SELECT n, rank, rule_id, rule_touchpoint, rule_channel, rule_segment, rule_territory, priority, team, state, decided_by FROM ranked WHERE n %% 3 = 0 AND role = %L', role));
END $$;

-- The sets change in one transaction, so every look-up must see what the transaction did last.
CREATE PROCEDURE ask_all(seed bigint) LANGUAGE plpgsql AS $$
DECLARE
	size bigint;
	k int := 0;
BEGIN
	FOREACH size IN ARRAY ARRAY[0, 1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1000, 1500, 2000, 2000, 5, 300, 300, 300] LOOP
		k := k + 1;
		CALL fill(seed * 100 + k, size);
		CALL ask(format('%s. up to %s rules', k, size), k);
	END LOOP;
	-- the same rules in another order of rows, then some of them changed, then gone
	CREATE TEMP TABLE kept AS TABLE cx.ownership_rule;
	DELETE FROM cx.ownership_rule;
	INSERT INTO cx.ownership_rule SELECT * FROM kept ORDER BY rule_id DESC;
	CALL ask('the same in another order', 0);
	UPDATE cx.team SET active = '(,)' WHERE team IN ('team 1', 'team 2');
	CALL ask('teams changed', 0);
	UPDATE cx.ownership_rule SET priority = 7 WHERE rule_id % 3 = 0;
	CALL ask('priorities changed', 2);
	DELETE FROM cx.ownership_rule WHERE rule_id % 2 = 0;
	CALL ask('half of them deleted', 0);
END $$;
-- touches and rules meet by way of what fits
SET enable_nestloop = off;
BEGIN;
CALL ask_all(:seed);
COMMIT;
RESET enable_nestloop;

-- Journeys: the owner of each touch, and the journey with owners.
CALL fill(:seed * 100 + 77, 400);
CREATE TABLE journeys AS
SELECT n % 700 AS id, min(segment) AS segment, min(territory) AS territory, min(known_at) AS known_at, cx.journey_agg(at, touchpoint, channel, 'handler ' || n % 3, (n % 5)::float8) AS journey
FROM question WHERE isfinite(at) GROUP BY n % 700;
CREATE TABLE touch AS SELECT id, segment, territory, known_at, t.* FROM journeys, cx.touches(journey) t;
CALL oracle.check_rows('owned touches', 'SELECT id, o.* FROM journeys, cx.owned_touches(journey, segment, territory, known_at) o',
	'SELECT id, step, at, touchpoint, channel, team, value, cx.owner_of(touchpoint, at, channel, segment, territory, known_at), cx.ownership_state(touchpoint, at, channel, segment, territory, known_at) FROM touch');
CALL oracle.check_rows('journeys with owners', 'SELECT id, cx._bytes(cx.with_owner(journey, segment, territory, known_at)) FROM journeys',
	'SELECT id, cx._bytes(cx.journey_agg(at, touchpoint, channel, cx.owner_of(touchpoint, at, channel, segment, territory, known_at), value)) FROM touch GROUP BY id');

-- Audits: one glob against one touchpoint, and rules that are called shadowed can go without changing who owns what.
CALL oracle.check_rows('globs', 'SELECT touchpoint, glob FROM place, glob WHERE cx.touchpoint_fits(touchpoint, glob) AND glob.n % 3 = 0 GROUP BY 1, 2', 'SELECT touchpoint, glob FROM fit WHERE glob IN (SELECT glob FROM glob WHERE n % 3 = 0)');
CALL fill(:seed * 100 + 79, 300);
CREATE TABLE timeless AS TABLE cx.ownership_rule;
DELETE FROM cx.ownership_rule;
INSERT INTO cx.ownership_rule SELECT (jsonb_populate_record(t, '{"valid": "(,)", "recorded": "(,)"}')).* FROM timeless t ORDER BY rule_id ON CONFLICT DO NOTHING;
INSERT INTO cx.touchpoint (touchpoint) SELECT DISTINCT touchpoint FROM place WHERE touchpoint !~ '\*|(^|\.)(\.|$)' ON CONFLICT DO NOTHING;
CREATE TABLE context AS
SELECT touchpoint, channel, segment, territory FROM cx.touchpoint, unnest('{x,y,z,NULL}'::text[]) channel, unnest('{s,t,NULL}'::text[]) segment, unnest('{de,de.by,de.by.m,de.b,fr,NULL}'::text[]) territory;
CREATE TABLE owner_before AS SELECT c.*, rule_id FROM context c LEFT JOIN LATERAL cx.ownership_explain(touchpoint, now(), channel, segment, territory) e ON rank = 1;
CREATE TABLE shadowed AS SELECT rule_id FROM cx.ownership_problem WHERE problem = 'shadowed rule';
DELETE FROM cx.ownership_rule WHERE rule_id IN (TABLE shadowed);
CALL oracle.check_rows('without shadowed rules', 'SELECT c.*, rule_id FROM context c LEFT JOIN LATERAL cx.ownership_explain(touchpoint, now(), channel, segment, territory) e ON rank = 1', 'TABLE owner_before');
CALL oracle.check_rows('there are shadowed rules, and others', 'SELECT (SELECT count(*) > 10 FROM shadowed), (SELECT count(*) > 10 FROM cx.ownership_rule)', 'VALUES (true, true)');

-- Parallel workers see what the leader sees, its own changes included.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ALTER TABLE question SET (parallel_workers = 2);
BEGIN;
CALL fill(:seed * 100 + 78, 200);
CALL oracle.check_rows('in parallel', 'SELECT n, max(cx.owner_of(touchpoint, at, channel, segment, territory, known_at)) FROM question GROUP BY n',
	'SELECT q.n, max(r.team) FROM question q LEFT JOIN ranked r ON r.n = q.n AND r.role = ''A'' AND rank = 1 GROUP BY q.n');
COMMIT;
\ir lib/end.sql
