-- Who owned it: a small company with a catch-all, a hand-over, a gap that is meant, a territory and a dissolved team.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(46);

INSERT INTO cx.team (team, active) VALUES ('cx', '(,)'), ('cc', '(,)'), ('billing', '(,)'), ('web', '(,2024-01-01)'), ('field_by', '(,)'), ('mkt', '(,)'), ('social', '(,)');
INSERT INTO cx.channel (channel, assisted) VALUES ('phone', true), ('chat', true), ('web', false);
INSERT INTO cx.ownership_rule (rule_id, touchpoint, team, channel, territory, unowned, valid, recorded) VALUES
	(1, '**', 'cx', NULL, NULL, false, '(,)', '(,)'), (2, 'support.**', 'cc', NULL, NULL, false, '(,)', '(,)'), (3, 'support.billing.*', 'billing', NULL, NULL, false, '[2025-01-01,)', '(,)'), (4, 'support.legacy.**', NULL, NULL, NULL, true, '(,)', '(,)'),
	(5, 'support.**', 'field_by', NULL, 'de.by', false, '(,)', '(,)'), (6, 'marketing.**', 'mkt', NULL, NULL, false, '(,)', '(,)'), (7, '**.email', 'social', NULL, NULL, false, '(,)', '(,)'), (8, 'shop.**', 'mkt', NULL, NULL, false, '(,)', '(,)'),
	(9, 'support.tech.**', 'web', NULL, NULL, false, '(,)', '(,)'), (10, 'support.**', 'social', 'chat', NULL, false, '(,)', '(,)');

-- winners, states and what decided, on one day
CREATE TEMP TABLE wanted (touchpoint text, team text, state text, decided_by text);
INSERT INTO wanted VALUES ('support.billing.refund', 'billing', 'owned', 'literal labels'), ('support.billing', 'cc', 'owned', 'literal labels'), ('support', 'cc', 'owned', 'literal labels'), ('support.legacy.fax', NULL, 'unowned', 'literal labels'),
	('legal.contract.wording', 'cx', 'fallback', 'only match'), ('marketing.promo.email', 'mkt', 'owned', 'tie'), ('support.tech.outage', 'web', 'stale', 'literal labels');
SELECT is(cx.owner_of(touchpoint, '2026-01-05'), team, touchpoint || ' has its owner') FROM wanted;
SELECT is(cx.ownership_state(touchpoint, '2026-01-05'), state, touchpoint || ' is ' || state) FROM wanted;
SELECT is((SELECT e.decided_by FROM cx.ownership_explain(touchpoint, '2026-01-05') e WHERE rank = 1), decided_by, touchpoint || ' was decided by ' || decided_by) FROM wanted;
SELECT is(cx.ownership_state('support.tech.outage', '2023-12-31 23:59:59.999999'), 'owned', 'the team owned it as long as it existed');
SELECT is(cx.ownership_state('support.tech.outage', '2024-01-01'), 'stale', 'and still has the duty after it ended: no silent fall-through to a broader rule');

-- time
SELECT is(cx.owner_of('support.billing.refund', '2024-06-01'), 'cc', 'before 2025 the contact centre owned refunds');
SELECT is(cx.owner_of('support.billing.refund', '2025-01-01'), 'billing', 'from the first instant of the rule on billing does');
SELECT is(cx.current_owner('support.billing.refund'), 'billing', 'and today');

-- territory and channel
SELECT is(cx.owner_of('support.order.status', '2026-01-05', territory => 'de.by.munich'), 'field_by', 'in Munich the field team of Bavaria');
SELECT is(cx.owner_of('support.order.status', '2026-01-05', territory => 'de.hh'), 'cc', 'in Hamburg the contact centre');
SELECT is(cx.owner_of('support.tech.outage', '2026-01-05', territory => 'de.by.munich'), 'web', 'literal labels come before territory');
SELECT is(cx.owner_of('support.order.status', '2026-01-05', 'chat', territory => 'de.by.munich'), 'social', 'channel comes before territory');
SELECT is(cx.current_owner('support.order.status', 'chat'), 'social', 'the current owner takes the same conditions');
SELECT results_eq($$SELECT rank, rule_id, decided_by FROM cx.ownership_explain('support.order.status', '2026-01-05', 'chat', territory => 'de.by')$$,
	$$VALUES (1, 10::bigint, 'dimensions'), (2, 5, 'territory'), (3, 2, 'literal labels'), (4, 1, 'last match')$$, 'the whole ranking, with what separated each from the next');
DELETE FROM cx.ownership_rule WHERE rule_id = 10;
SELECT is(cx.owner_of('support.order.status', '2026-01-05', 'chat', territory => 'de.by'), 'field_by', 'without the first the second wins');

-- globs
DELETE FROM cx.ownership_rule;
CREATE TEMP TABLE vector (n int GENERATED ALWAYS AS IDENTITY, path text, glob text, fits boolean);
INSERT INTO vector (path, glob, fits) VALUES ('a', 'a.**', true), ('a.b', 'a.**', true), ('ab', 'a.**', false), ('a', 'a.*', false), ('a.b', 'a.*', true), ('a.b.c', 'a.*', false), ('b', '**.b', true), ('x.y.b', '**.b', true), ('a.b', 'a.**.b', true), ('a.x.y.b', 'a.**.b', true), ('a.xb', 'a.**.b', false), ('any.thing', '**', true);
CREATE FUNCTION pg_temp.fits(path text, glob text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM cx.ownership_rule;
	INSERT INTO cx.ownership_rule (touchpoint, team) VALUES (glob, 'cx');
	RETURN cx.owner_of(path, now()) IS NOT NULL;
END $$;
SELECT is(pg_temp.fits(path, glob), fits, path || CASE WHEN fits THEN ' fits ' ELSE ' does not fit ' END || glob) FROM vector ORDER BY n;
SELECT is((SELECT array_agg(pg_temp.fits(path, glob) ORDER BY n) FROM vector), (SELECT array_agg(cx.count(cx.journey('{2026-01-05}', ARRAY[path]), glob::cx.selector) = 1 ORDER BY n) FROM vector), 'selectors agree');

SELECT * FROM finish();
ROLLBACK;
