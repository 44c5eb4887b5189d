-- Ownership: what the configuration tables refuse, look-ups, and when they see changes.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
INSERT INTO cx.team (team, active) VALUES ('care', '(,)'), ('billing', '(,)'), ('web', '(,2024-01-01Z)'), ('a b', '(,)');
INSERT INTO cx.channel (channel, assisted) VALUES ('voice', true), ('chat', true);

-- What is refused, and by which constraint; nothing is kept.
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	name text;
BEGIN
	EXECUTE statement;
	RAISE EXCEPTION 'accepted' USING ERRCODE = 'P0002';
EXCEPTION
	WHEN no_data_found THEN RETURN 'accepted';
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS name = CONSTRAINT_NAME;
		RETURN SQLSTATE || coalesce(' ' || nullif(name, ''), ' ' || SQLERRM);
END $$;
SELECT glob, pg_temp.refusal(format('INSERT INTO cx.ownership_rule (touchpoint, team) VALUES (%L, ''care'')', glob))
FROM unnest(ARRAY['a', '*', '**', 'a.b.c', '*.a.**', '**.*.**', 'über.größe', 'a b.c/d', repeat('a', 255), '', '.', 'a.', '.a', 'a..b', 'a*', '*a', 'a.b*.c', '***', '**.**', 'a.**.**', ' a', 'a ', E'a\nb', E'a\tb', repeat('a', 256), repeat('ä', 128), NULL]) WITH ORDINALITY u (glob, n) ORDER BY n;
SELECT columns, pg_temp.refusal(format('INSERT INTO cx.ownership_rule (touchpoint, %s', columns)) FROM unnest(ARRAY[
	'team) VALUES (''a'', ''nobody'')', 'team, channel) VALUES (''a'', ''care'', ''fax'')', 'team, segment) VALUES (''a'', ''care'', '''')', 'team, territory) VALUES (''a'', ''care'', ''de..by'')', 'team, territory) VALUES (''a'', ''care'', ''de.by'')',
	'team, role) VALUES (''a'', ''care'', ''X'')', 'team, role) VALUES (''a'', ''care'', NULL)', 'team) VALUES (''a'', NULL)', 'unowned) VALUES (''a'', true)', 'team, unowned) VALUES (''a'', ''care'', true)', 'unowned, role) VALUES (''a'', true, ''R'')',
	'team, valid) VALUES (''a'', ''care'', ''empty'')', 'team, valid) VALUES (''a'', ''care'', ''[2026-01-01Z,2026-02-01Z]'')', 'team, valid) VALUES (''a'', ''care'', ''(2026-01-01Z,)'')', 'team, valid) VALUES (''a'', ''care'', NULL)', 'team, recorded) VALUES (''a'', ''care'', ''empty'')',
	'team, review_every) VALUES (''a'', ''care'', ''-1 day'')', 'team, review_every) VALUES (''a'', ''care'', ''0'')', 'team, note) VALUES (''a'', ''care'', E''two\nlines'')', 'team, priority) VALUES (''a'', ''care'', NULL)']) WITH ORDINALITY u (columns, n) ORDER BY n;
SELECT statement, pg_temp.refusal('INSERT INTO cx.' || statement) FROM unnest(ARRAY['team (team) VALUES ('''')', 'team (team) VALUES ('' care'')', 'team (team) VALUES (repeat(''a'', 256))', 'team (team, active) VALUES (''x'', ''empty'')', 'team (team) VALUES (''care'')',
	'channel (channel, assisted) VALUES (''x'', NULL)', 'channel (channel, assisted, unit_cost) VALUES (''x'', true, -1)', 'channel (channel, assisted, unit_cost) VALUES (''x'', true, ''NaN'')', 'channel (channel, assisted, cost_per_minute) VALUES (''x'', true, ''infinity'')', 'channel (channel, assisted, cost_per_minute) VALUES (''x'', true, 0)',
	'touchpoint (touchpoint) VALUES (''a.*'')', 'touchpoint (touchpoint) VALUES (''a.'')', 'touchpoint (touchpoint, line) VALUES (''a'', ''sky'')', 'touchpoint (touchpoint, weight) VALUES (''a'', -1)', 'touchpoint (touchpoint, weight) VALUES (''a'', ''NaN'')', 'touchpoint (touchpoint, weight) VALUES (''a'', 0)',
	'team_parent VALUES (''care'', ''care'')', 'team_parent VALUES (''care'', ''billing''), (''billing'', ''web''), (''web'', ''care'')', 'team_parent VALUES (''care'', ''billing''), (''billing'', ''web'')', 'team_parent VALUES (''care'', ''web''), (''care'', ''billing'')']) WITH ORDINALITY u (statement, n) ORDER BY n;

-- One accountable rule for one condition and time; other conditions, times, beliefs, priorities and roles are others.
INSERT INTO cx.ownership_rule (rule_id, touchpoint, channel, segment, territory, team, valid, recorded) VALUES (1, 'a.*', 'voice', 's', 'de', 'care', '[2026-01-01Z,2026-02-01Z)', '[2026-01-01Z,)');
SELECT change, pg_temp.refusal(format('WITH r AS (SELECT (jsonb_populate_record(r, jsonb ''{"rule_id": 2, "team": "billing"}'' || %L)).* FROM cx.ownership_rule r WHERE rule_id = 1) INSERT INTO cx.ownership_rule SELECT * FROM r', change))
FROM unnest(ARRAY['{}', '{"team": null, "unowned": true}', '{"valid": "[2026-02-01Z,)"}', '{"valid": "[2026-01-31 23:59:59.999999Z,)"}', '{"valid": "(,2026-01-01Z)"}', '{"valid": "(,)"}', '{"recorded": "(,2026-01-01Z)"}', '{"recorded": "(,)"}', '{"touchpoint": "a.b"}', '{"channel": "chat"}', '{"channel": null}', '{"segment": "t"}', '{"segment": null}', '{"territory": "de.by"}', '{"territory": null}', '{"priority": 1}', '{"role": "R"}']) WITH ORDINALITY u (change, n) ORDER BY n;
INSERT INTO cx.ownership_rule (touchpoint, team, role) VALUES ('a', 'care', 'R'), ('a', 'billing', 'R'), ('a', 'care', 'C');
SELECT pg_temp.refusal('INSERT INTO cx.ownership_rule (touchpoint, team, role) VALUES (''a'', ''care'', ''R'')') AS "responsible twice";

-- Look-ups: NULL, names, limits, errors.
SELECT cx.owner_of(NULL, now()), cx.owner_of('a.b', NULL), cx.ownership_state(NULL, now()), cx.ownership_state('a.b', NULL), cx.ownership_state('a.b', now(), NULL, NULL, NULL, NULL);
SELECT count(*) FROM (SELECT FROM cx.ownership_explain(NULL, now()) UNION ALL SELECT FROM cx.ownership_explain('a.b', NULL) UNION ALL SELECT FROM cx.ownership_explain('a.b', now(), role => NULL)) s;
SELECT cx.owner_of(touchpoint => 'a.b', at => '2026-01-05Z', channel => 'voice', segment => 's', territory => 'de.by.munich', known_at => '2026-01-01Z') AS care, cx.owner_of('a.b', '2026-01-05Z', 'voice', 's', 'de', '2025-12-31 23:59:59.999999Z') AS "before it was recorded",
	cx.owner_of('a.b', '2026-02-01Z', 'voice', 's', 'de') AS "the end is out", cx.owner_of('a.b', '2026-01-31 23:59:59.999999Z', 'voice', 's', 'de') AS "just before", cx.owner_of('a.b', '2026-01-05Z', 'voice', 's') AS "territory unknown", cx.owner_of('a.b', '2026-01-05Z', 'voice', 's', 'deu') AS elsewhere, cx.owner_of('a.b.c', '2026-01-05Z', 'voice', 's', 'de') AS deeper;
SELECT question, pg_temp.outcome(format('SELECT cx.owner_of(%s)', question)) FROM unnest(ARRAY['''''', '''''::text, now()', 'repeat(''a'', 256), now()', 'repeat(''a.'', 127) || ''b'', now()', '''a'', now(), territory => ''''', '''a'', now(), territory => repeat(''a'', 256)', '''a'', ''-infinity''', '''a'', ''infinity''', '''a'', now(), channel => '''', segment => ''''']) WITH ORDINALITY u (question, n) ORDER BY n;
SELECT role, pg_temp.outcome(format('SELECT string_agg(team, '','' ORDER BY rank) FROM cx.ownership_explain(''a'', now(), role => %L)', role)) FROM unnest(ARRAY['A', 'R', 'S', 'C', 'I', 'a', '', 'AR']) WITH ORDINALITY u (role, n) ORDER BY n;
SELECT cx.with_owner(NULL), cx.with_owner('[]'), cx.with_owner(journey => '[]', segment => 's', territory => 'de', known_at => now());
SELECT count(*) FROM (SELECT FROM cx.owned_touches('[]') UNION ALL SELECT FROM cx.owned_touches(NULL)) s;
SELECT pg_temp.outcome('SELECT cx.with_owner(''[]'', territory => '''')');

-- Order of rules: a criterion at a time, the better rule first.
DELETE FROM cx.ownership_rule;
INSERT INTO cx.ownership_rule (rule_id, touchpoint, channel, segment, territory, team, unowned, priority, valid) VALUES
	(1, '**', NULL, NULL, NULL, 'care', false, 0, '(,)'), (2, '**', NULL, NULL, 'de', 'care', false, 0, '(,)'), (3, '**', NULL, NULL, 'de.by', NULL, true, 0, '(,)'), (4, '**', 'voice', NULL, NULL, 'web', false, 0, '(,)'), (5, '**', 'voice', 's', NULL, 'care', false, 0, '(,)'),
	(6, '*.*', NULL, NULL, NULL, 'care', false, 0, '(,)'), (7, '*.**', NULL, NULL, NULL, 'care', false, 0, '(,)'), (8, 'a.**', NULL, NULL, NULL, 'care', false, 0, '(,)'), (9, 'a.*', NULL, NULL, NULL, 'care', false, 0, '(,)'), (10, '*.b', NULL, NULL, NULL, 'care', false, 0, '(,)'),
	(11, 'a.b', NULL, NULL, NULL, 'care', false, 0, '[2025-01-01Z,)'), (12, 'a.b.**', NULL, NULL, NULL, 'care', false, 0, '(,)'), (13, '**.a.**.b.**', NULL, NULL, NULL, 'care', false, 0, '(,)'), (14, '*.b', NULL, NULL, 'de', 'care', false, 0, '[2025-06-01Z,)'), (15, '**', NULL, NULL, NULL, 'care', false, 1, '(,)'), (16, '**', NULL, NULL, NULL, 'care', false, -1, '(,)'),
	(17, 'a.*', NULL, NULL, 'de', 'billing', false, 0, '[2026-01-01Z,2026-01-06Z)'), (18, '**.*', NULL, NULL, NULL, 'care', false, 0, '(,)');
SELECT rank, rule_id, rule_touchpoint, rule_channel, rule_segment, rule_territory, priority, team, state, decided_by FROM cx.ownership_explain('a.b', '2026-01-05Z', 'voice', 's', 'de.by.munich') ORDER BY rank;

-- Changes inside of a transaction: the same call site sees each at once, and a rollback too.
CREATE FUNCTION pg_temp.look() RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN cx.owner_of('shop.cart', '2026-01-05Z');
END $$;
CREATE FUNCTION pg_temp.watch() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	seen text[];
BEGIN
	DELETE FROM cx.ownership_rule;
	INSERT INTO cx.ownership_rule (rule_id, touchpoint, team) VALUES (1, 'shop.**', 'care');
	FOR i IN 1 .. 3 LOOP
		seen := seen || pg_temp.look() || cx.owner_of('shop.cart', '2026-01-05Z');
		UPDATE cx.ownership_rule SET team = (ARRAY['billing', 'web', 'care'])[i] WHERE rule_id = 1;
		seen := seen || pg_temp.look();
		BEGIN
			UPDATE cx.ownership_rule SET team = 'a b' WHERE rule_id = 1;
			seen := seen || pg_temp.look();
			RAISE EXCEPTION 'back';
		EXCEPTION WHEN raise_exception THEN
			seen := seen || pg_temp.look();
		END;
	END LOOP;
	RETURN seen;
END $$;
SELECT pg_temp.watch();
-- one statement sees the rules as they were when it began, also those that it writes
SELECT cx.owner_of('shop.cart', now()) AS "before it";
WITH gone AS (UPDATE cx.ownership_rule SET team = 'billing' RETURNING cx.owner_of('shop.cart', now())) SELECT owner_of AS "in the statement" FROM gone;
SELECT cx.owner_of('shop.cart', now()) AS "after it";
-- a savepoint
BEGIN;
SAVEPOINT s;
DELETE FROM cx.ownership_rule;
SELECT cx.owner_of('shop.cart', now()) AS deleted;
ROLLBACK TO SAVEPOINT s;
SELECT cx.owner_of('shop.cart', now()) AS "back again";
UPDATE cx.team SET team = 'accounts' WHERE team = 'billing';
SELECT cx.owner_of('shop.cart', now()) AS renamed;
ROLLBACK;
SELECT cx.owner_of('shop.cart', now()) AS "back again";

-- Few compiled copies stay, however often rules change.
CREATE FUNCTION pg_temp.changes(n int) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. n LOOP
		UPDATE cx.ownership_rule SET priority = i;
		PERFORM pg_temp.look();
	END LOOP;
	RETURN (SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'cx_analytics ownership rules');
END $$;
SELECT pg_temp.changes(100) <= 10 AS "few copies", pg_temp.changes(100) <= 10 AS "and no more";

-- Privileges: all of the tables or an error; writing needs no privilege on the token.
CREATE ROLE ownership_analyst;
CREATE ROLE ownership_editor;
GRANT SELECT ON cx.ownership_rule, cx.team TO ownership_editor;
GRANT UPDATE ON cx.ownership_rule TO ownership_editor;
SET ROLE ownership_analyst;
SELECT pg_temp.outcome('SELECT cx.owner_of(''shop.cart'', now())');
RESET ROLE;
GRANT SELECT ON cx.ownership_rule TO ownership_analyst;
SET ROLE ownership_analyst;
SELECT pg_temp.outcome('SELECT cx.owner_of(''shop.cart'', now())'), pg_temp.outcome('UPDATE cx.configuration_token SET token = 0'), pg_temp.outcome('CREATE TRIGGER t AFTER INSERT ON cx.ownership_rule EXECUTE FUNCTION cx._configuration_changed()');
RESET ROLE;
GRANT SELECT ON cx.team TO ownership_analyst;
SET ROLE ownership_analyst;
SELECT cx.owner_of('shop.cart', now());
SET ROLE ownership_editor;
UPDATE cx.ownership_rule SET team = 'web';
SELECT cx.owner_of('shop.cart', '2023-01-05Z');
RESET ROLE;
ALTER TABLE cx.ownership_rule ENABLE ROW LEVEL SECURITY;
SET ROLE ownership_analyst;
SELECT pg_temp.outcome('SELECT cx.owner_of(''shop.cart'', now())');
RESET ROLE;
SELECT cx.owner_of('shop.cart', now()), cx.ownership_state('shop.cart', now());
ALTER TABLE cx.ownership_rule DISABLE ROW LEVEL SECURITY;
REVOKE ALL ON cx.ownership_rule, cx.team FROM ownership_analyst, ownership_editor;
DROP ROLE ownership_analyst, ownership_editor;

-- Rows that no constraint has checked are refused by number.
BEGIN;
ALTER TABLE cx.ownership_rule DROP CONSTRAINT ownership_rule_touchpoint_is_a_glob, DROP CONSTRAINT ownership_rule_role_is_known, DROP CONSTRAINT ownership_rule_team_or_unowned, DROP CONSTRAINT ownership_rule_valid_is_half_open, DROP CONSTRAINT ownership_rule_territory_is_a_path, ALTER touchpoint DROP NOT NULL,
	DROP CONSTRAINT ownership_rule_unowned_is_accountable;
SELECT change, pg_temp.outcome(format('WITH r AS (UPDATE cx.ownership_rule SET %s RETURNING 1) SELECT count(*) FROM r', change)) AS rows, pg_temp.outcome('SELECT cx.owner_of(''shop.cart'', now())')
FROM unnest(ARRAY['touchpoint = ''a..b''', 'touchpoint = ''''', 'touchpoint = ''a*''', 'touchpoint = ''**.**''', 'touchpoint = repeat(''a'', 300)', 'touchpoint = NULL', 'touchpoint = ''shop.**'', role = ''Z''', 'role = ''A'', team = NULL', 'unowned = true, role = ''R''', 'team = ''web''', 'unowned = false, role = ''A'', valid = ''empty''', 'valid = ''[2026-01-01Z,2026-02-01Z]''', 'valid = ''(,)'', territory = ''de..by''', 'territory = NULL']) WITH ORDINALITY u (change, n) ORDER BY n;
ROLLBACK;
BEGIN;
DELETE FROM cx.configuration_token;
SELECT pg_temp.outcome('SELECT cx.owner_of(''shop.cart'', now())');
DELETE FROM cx.team WHERE false;
SELECT cx.owner_of('shop.cart', now());
ROLLBACK;
SELECT cx._configuration_changed();

-- Globs with many ** against a long path: neither time nor memory that explodes.
SET statement_timeout = '20s';
INSERT INTO cx.ownership_rule (touchpoint, team) SELECT string_agg('**.a', '.') || '.**.z', 'care' FROM generate_series(1, 50);
INSERT INTO cx.ownership_rule (touchpoint, team) SELECT repeat('*.', n) || '**.a', 'care' FROM generate_series(1, 100) n;
SELECT count(cx.owner_of(rtrim(repeat('a.', 127), '.'), now() + n * interval '1 second')) FROM generate_series(1, 1000) n;
RESET statement_timeout;
DELETE FROM cx.ownership_rule;
DELETE FROM cx.channel;
DELETE FROM cx.team;
