-- Ownership rules as text: what is written, what is read, what is refused; drift and mixed units.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
ALTER SEQUENCE cx.ownership_rule_rule_id_seq RESTART;
-- nothing configured
SELECT cx.ownership_to_text() = '' AS empty;
SELECT * FROM cx.ownership_from_text('');
SELECT * FROM cx.ownership_from_text(NULL, false);

INSERT INTO cx.team (team) VALUES ('cx'), ('care'), ('web team'), ('o"no'), ('#1'), ('@at');
INSERT INTO cx.channel (channel, assisted) VALUES ('live chat', true), ('web', false);
-- everything that a rule can say, with everything that must be quoted
INSERT INTO cx.ownership_rule (touchpoint, channel, segment, territory, role, team, unowned, valid, recorded, priority, reviewed_at, review_every, note) VALUES
	('**', NULL, NULL, NULL, 'A', 'cx', false, '(,)', '[2020-01-01Z,)', 0, '2026-01-01Z', '1 year', NULL),
	('a b."q".#x', 'live chat', '="', 'de.by m', 'R', 'o"no', false, '[2025-01-01 12:00:00.5Z,2026-01-01Z)', '[2020-01-01Z,)', -3, 'infinity', '1 mon 3 days 00:00:01.5', '# why "so"'),
	('x', 'live chat', NULL, NULL, 'A', '#1', false, '[-infinity,infinity)', '[2020-01-01Z,)', 2147483647, '0044-03-15Z BC', '-1 days 100 years', 'n'),
	('x', NULL, NULL, NULL, 'A', '@at', false, '[12345-01-01Z,)', '[2021-01-01Z,)', 0, '2024-02-29Z', '2 days', NULL),
	('nobody', NULL, NULL, NULL, 'A', NULL, true, '(,)', '(,)', -2147483648, '2024-02-29 23:59:59.999999Z', '12 mons', NULL),
	('x', NULL, NULL, NULL, 'A', 'cx', false, '(,)', '[2020-01-01Z,2021-01-01Z)', 0, '2024-02-29Z', '2 days', 'no longer believed');
SELECT cx.ownership_to_text() AS text \gset
\echo :text
-- the same whatever the settings, and read back without a difference
SET TimeZone = 'America/St_Johns';
SET DateStyle = 'SQL, DMY';
SET IntervalStyle = 'sql_standard';
SELECT cx.ownership_to_text() = :'text' AS same, (SELECT count(*) FROM cx.ownership_from_text(:'text')) AS differences, (SELECT count(*) FROM cx.ownership_from_text(replace(:'text', E'\n', E' \t\r\n'), false)) AS with_returns;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';

-- loaded where there is nothing
CREATE TABLE before AS SELECT touchpoint, channel, segment, territory, role, team, unowned, valid, priority, reviewed_at, review_every, note FROM cx.ownership_rule WHERE upper_inf(recorded);
BEGIN;
DELETE FROM cx.ownership_rule;
SELECT line, action FROM cx.ownership_from_text(:'text', false);
SELECT count(*) AS rules FROM (SELECT touchpoint, channel, segment, territory, role, team, unowned, valid, priority, reviewed_at, review_every::text, note FROM cx.ownership_rule
	INTERSECT SELECT touchpoint, channel, segment, territory, role, team, unowned, valid, priority, reviewed_at, review_every::text, note FROM before) s;
SELECT cx.ownership_to_text() = :'text' AS same;
ROLLBACK;

-- all that is wrong, at once, by line
SELECT line, action, message FROM cx.ownership_from_text($$# header

a.b @nope channel=zzz from=2025-02-30 until=yesterday role=X priority=99999999999
a* care
** nobody role=R colour=red colour=red
x "a
y @care review_every=PT0S reviewed=2025-01-01T10:00:00
z @care from=2025-01-02 until=2025-01-02
** @care
** @cx from=2026-01-01
"" @care
a.**.**.b @care segment="" territory=de..by priority=1e3
q @care reviewed=2025-01-01T24:00:00Z # q
r @care reviewed=4714-01-01
s @care reviewed="4714-01-01 BC" review_every=P-1M
t @care until=2025-01-01T00:00:00+16:00
u
v @care #	tab	inside
w @"" priority=-
$$);
SELECT pg_temp.outcome($$SELECT action FROM cx.ownership_from_text(E'x @nope\n** @care\nx care', false)$$);
-- none of it was done
SELECT cx.ownership_to_text() = :'text' AS same;
-- what times and durations are
SELECT w, cx._text_to_time(w) FROM unnest('{2024-02-29,2023-02-29,1900-02-29,2000-02-29,2025-01-01T00:30Z,2025-01-01T00:30+01:00,2025-01-01T00:30:15.25-05:30,infinity,-infinity,0001-12-31 BC,0000-01-01,2025-13-01,2025-00-01,2025-01-00,294275-12-31,294276-01-01,2025-1-1,4713-11-30 BC,4713-12-01 BC,2025-01-01T00:30:60Z,2025-01-01T00:60Z,""}'::text[]) AS w;
SELECT w, cx._text_to_period(w) FROM unnest('{P1Y,P6M,P30D,P1Y2M3DT4.5S,P,PT,P1W,1 year,PT1H,P1234567Y,P-1M2D}'::text[]) AS w;

-- a change of team, of a review and a note; a new rule, the end of the others; comments
BEGIN;
SELECT line, action, rule, message FROM cx.ownership_from_text($$
# about the file

# the catch-all
#
# of all
** @care reviewed=2026-02-02  # really

# not about x

x @@at from=12345-01-01 reviewed=2024-02-29 review_every=P3D
new @care
# at the end
$$, false);
SELECT touchpoint, team, rule_id <= 6 AS old, valid, lower(recorded) = now() AS from_now, upper(recorded) = now() AS till_now, upper_inf(recorded) AS believed, reviewed_at = now() AS reviewed_now, review_every, note FROM cx.ownership_rule ORDER BY rule_id;
-- what was believed before is still known; the past is another one now
SELECT cx.owner_of('y', '2024-01-01Z') AS owner, cx.owner_of('y', '2024-01-01Z', known_at => '2022-01-01Z') AS as_known_in_2022;
SELECT * FROM cx.ownership_from_text(cx.ownership_to_text());
-- what was recorded in this transaction is gone without a trace, the rest has ended
SELECT count(*) AS ended FROM cx.ownership_from_text('', false) WHERE action = 'ended';
SELECT rule_id, upper_inf(recorded) AS believed FROM cx.ownership_rule ORDER BY rule_id;
ROLLBACK;

-- a dry run needs no right to write, also where nothing can be written
CREATE ROLE cx_text_reader;
GRANT USAGE ON SCHEMA cx TO cx_text_reader;
GRANT SELECT ON cx.ownership_rule, cx.team, cx.channel TO cx_text_reader;
SET ROLE cx_text_reader;
BEGIN READ ONLY;
SELECT line, action FROM cx.ownership_from_text('** @cx reviewed=2026-01-01');
ROLLBACK;
SELECT * FROM cx.ownership_from_text('** @care', false);
RESET ROLE;
REVOKE ALL ON cx.ownership_rule, cx.team, cx.channel FROM cx_text_reader;
REVOKE ALL ON SCHEMA cx FROM cx_text_reader;
DROP ROLE cx_text_reader;
DROP TABLE before;

-- who handled it and who should have: care is responsible for refunds, and only on the phone
INSERT INTO cx.team (team) VALUES ('billing'), ('shop');
INSERT INTO cx.channel (channel, assisted) VALUES ('phone', true);
SELECT count(*) FROM cx.ownership_from_text($$
shop.** @shop
pay.** @billing
pay.refund @care role=R channel=phone
pay.closed nobody
$$, false);
CREATE TABLE j AS SELECT cx.journey(('{' || string_agg(format('2026-01-%s 00:00Z', 10 + n), ',') || '}')::timestamptz[], array_agg(touchpoint ORDER BY n), array_agg(channel ORDER BY n), array_agg(team ORDER BY n), array_agg(value ORDER BY n)) AS journey
FROM (VALUES (1, 'pay.refund', 'phone', 'care', 1::float8), (2, 'pay.refund', 'phone', 'care', 2), (3, 'pay.refund', 'web', 'care', 4), (4, 'pay.refund', 'web', 'billing', NULL), (5, 'pay.closed', NULL, 'billing', 8),
	(6, 'shop.cart', 'web', NULL, 16), (7, 'shop.cart', 'fax', 'shop', 32), (8, 'else', NULL, 'shop', NULL)) AS t (n, touchpoint, channel, team, value);
SELECT d.* FROM j, cx.ownership_drift(journey) d;
SELECT count(*) FROM cx.ownership_drift(NULL);
SELECT count(*) FROM cx.ownership_drift(cx.journey('{}', '{}'));
-- before the rules were recorded
SELECT count(*) FILTER (WHERE drifted) AS drifted, count(*) FROM j, cx.ownership_drift(journey, known_at => '2020-01-01Z');

-- what values mean
INSERT INTO cx.touchpoint (touchpoint, value_unit, active) VALUES ('pay.refund', 'EUR', '(,)'), ('pay.closed', 'points', '(,)'), ('pay.extra', NULL, '(,)'), ('shop.cart', 'EUR', '(,)'), ('shop.a.b', 'EUR', '(,)'), ('shop.a.c', 'USD', '(,)'), ('shop.a.d', 'USD', '(,)'), ('shop.gone', 'JPY', '(,2020-01-01Z)'), ('single', 'BTC', '(,)');
SELECT v.* FROM j, cx.value_units(journey) v;
SELECT count(*) FROM cx.value_units(NULL);
SELECT * FROM cx.mixed_value_unit ORDER BY kind, subject;
DROP TABLE j;
