-- Audits of ownership: a catalogue with one of each problem.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
-- nothing configured
SELECT count(*) FROM cx.ownership_problem;
SELECT count(*) FROM cx.ownership_coverage();
SELECT * FROM cx.ownership_concentration;

INSERT INTO cx.team (team, active) VALUES ('cx', '(,)'), ('cc', '(,)'), ('billing', '(,)'), ('web', '(,2024-01-01Z)'), ('new', '[9999-01-01Z,)'), ('field_by', '(,)'), ('mkt', '(,)'), ('social', '(,)');
INSERT INTO cx.channel (channel, assisted) VALUES ('phone', true), ('chat', true), ('web', false);
INSERT INTO cx.touchpoint (touchpoint, line, weight, active) VALUES ('support.billing.refund', 'frontstage', 5, '(,)'), ('support.billing.dispute', 'backstage', 0, '(,)'), ('support.tech.outage', 'frontstage', 1, '(,)'), ('marketing.promo.email', 'partner', 1, '(,)'), ('legal.contract.wording', 'frontstage', 2, '(,)'),
	('support.legacy.fax', 'frontstage', 1, '(,)'), ('support', 'frontstage', 1, '(,)'), ('legal.archive', 'support', 100, '(,)'), ('shop.old', 'frontstage', 1, '(,2024-01-01Z)');
INSERT INTO cx.ownership_rule (rule_id, touchpoint, team, channel, territory, role, unowned, valid, reviewed_at, review_every) VALUES
	(1, '**', 'cx', NULL, NULL, 'A', false, '(,)', 'infinity', '1 year'), (2, 'support.**', 'cc', NULL, NULL, 'A', false, '(,)', 'infinity', '1 year'), (3, 'support.billing.*', 'billing', NULL, NULL, 'A', false, '[2025-01-01,)', 'infinity', '1 year'),
	(4, 'support.legacy.**', NULL, NULL, NULL, 'A', true, '(,)', 'infinity', '1 year'), (5, 'support.**', 'field_by', NULL, 'de.by', 'A', false, '(,)', 'infinity', '1 year'), (6, 'marketing.**', 'mkt', NULL, NULL, 'A', false, '(,)', '2020-01-01Z', '1 year'),
	(7, '**.email', 'social', NULL, NULL, 'A', false, '(,)', 'infinity', '1 year'), (8, 'shop.**', 'mkt', NULL, NULL, 'A', false, '(,)', 'infinity', '1 year'), (9, 'support.tech.**', 'web', NULL, NULL, 'A', false, '(,)', 'infinity', '1 year'), (10, 'support.**', 'social', 'chat', NULL, 'A', false, '(,)', 'infinity', '1 year'),
	(11, 'support.billing.**', 'cc', NULL, NULL, 'R', false, '(,)', 'infinity', '1 year'), (12, '**.refund', 'cc', NULL, NULL, 'C', false, '(,2024-01-01Z)', '2020-01-01Z', '1 year');
SELECT problem, subject, rule_id, other_rule_id, team, detail FROM cx.ownership_problem ORDER BY problem COLLATE "C", rule_id, other_rule_id, subject COLLATE "C";
-- what mends them
UPDATE cx.ownership_rule SET priority = 1 WHERE rule_id IN (5, 10);
UPDATE cx.ownership_rule SET team = 'new' WHERE rule_id = 9;
UPDATE cx.ownership_rule SET reviewed_at = 'infinity' WHERE rule_id = 6;
UPDATE cx.touchpoint SET active = '(,)' WHERE touchpoint = 'shop.old';
INSERT INTO cx.ownership_rule (rule_id, touchpoint, team, role) VALUES (100, '**', 'cc', 'R');
DELETE FROM cx.ownership_rule WHERE rule_id IN (1, 7);
SELECT problem, subject, rule_id, other_rule_id, team, detail FROM cx.ownership_problem ORDER BY problem COLLATE "C", rule_id, other_rule_id, subject COLLATE "C";

SELECT touchpoint, line, weight, team, state, rule_id, decided_by FROM cx.current_ownership ORDER BY touchpoint COLLATE "C";
SELECT rule_id, role, rank, literals, any_labels, single_labels, dimensions, territory_labels, starts_at, ends_at, review_due_at FROM cx.current_rule WHERE rule_id <= 12 ORDER BY role, rank;
SELECT state, touchpoints, round(touchpoints_share::numeric, 4) AS touchpoints_share, weight, round(weight_share::numeric, 4) AS weight_share FROM cx.ownership_coverage();
SELECT * FROM cx.ownership_concentration;
SELECT * FROM cx.ownership_orphans('{support,x.email,NULL,x.email,shop.old,shop.new,legal.archive}');
SELECT count(*) FROM (SELECT FROM cx.ownership_orphans(NULL) UNION ALL SELECT FROM cx.ownership_orphans('{}')) s;
SELECT pg_temp.outcome('SELECT cx.ownership_orphans(''{""}'')');

-- journeys: touches and values by owner at the time
CREATE VIEW journeys AS SELECT * FROM (VALUES (1, '[{"at": "2024-06-01T00:00:00Z", "touchpoint": "support.billing.refund", "value": 10}, {"at": "2025-06-01T00:00:00Z", "touchpoint": "support.billing.refund", "value": 30}, {"at": "2025-06-02T00:00:00Z", "touchpoint": "support.legacy.fax"}]'::cx.journey),
	(2, '[{"at": "2025-06-01T00:00:00Z", "touchpoint": "support.billing.refund"}, {"at": "2025-06-01T00:00:00Z", "touchpoint": "nowhere", "value": 60}]'), (3, '[]'), (4, NULL)) v (id, journey);
SELECT id, c.* FROM journeys, cx.ownership_coverage(journey) c ORDER BY id, state COLLATE "C", team COLLATE "C";
SELECT sum(touches) FILTER (WHERE state = 'owned') / sum(touches) AS by_touches, sum(value) FILTER (WHERE state = 'owned') / sum(value) AS by_value FROM journeys, cx.ownership_coverage(journey, territory => 'fr') c;

-- one glob and one touchpoint
SELECT path, glob, cx.touchpoint_fits(path, glob) FROM (VALUES ('a', '**'), ('a.b.c', '**.c'), ('a.b.c', '**.b'), ('a.b.a.b.c', '**.a.b.*'), ('a.a.a.b', '**.a.*.b'), ('', '*'), ('a..b', 'a.*.b'), ('a', ''), (NULL, 'a'), ('a', NULL)) v (path, glob);
SET statement_timeout = '20s';
SELECT bool_or(cx.touchpoint_fits(repeat('a.', 100000) || 'b', repeat('**.a.', 50) || 'c')) FROM generate_series(1, 3);
RESET statement_timeout;
-- the views ask with the rights of who reads
CREATE ROLE ownership_reader;
GRANT SELECT ON cx.ownership_problem, cx.ownership_concentration TO ownership_reader;
SET ROLE ownership_reader;
SELECT pg_temp.outcome('SELECT count(*) FROM cx.ownership_problem'), pg_temp.outcome('SELECT owners FROM cx.ownership_concentration');
RESET ROLE;
REVOKE ALL ON cx.ownership_problem, cx.ownership_concentration FROM ownership_reader;
DROP ROLE ownership_reader;
DROP VIEW journeys;
DELETE FROM cx.ownership_rule;
DELETE FROM cx.touchpoint;
DELETE FROM cx.channel;
DELETE FROM cx.team;
