-- Other touchpoints: coarser, renamed, or by channel, team and attribute.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(21);

CREATE TEMP TABLE j AS SELECT '[{"at": "2026-01-01T09:00:00Z", "touchpoint": "support.billing.refund", "channel": "voice", "team": "care", "value": 4, "attrs": {"device": "phone", "n": 2}},
	{"at": "2026-01-01T09:00:00Z", "touchpoint": "shop", "channel": "web", "lasted": 30, "ref": 8, "attrs": {"device": "ios", "n": 2.0, "member": true}},
	{"at": "2026-01-02T09:00:00Z", "touchpoint": "support.billing", "team": "back", "attrs": {"device": ""}}]'::cx.journey AS j;
CREATE FUNCTION pg_temp.rest(j cx.journey) RETURNS text LANGUAGE sql AS $$ SELECT string_agg(ROW(at, channel, team, value, lasted_seconds, ref, attrs)::text, ' ' ORDER BY at, ref) FROM cx.touches(j) $$;

SELECT is(cx.path(cx.truncate(j, 1)), 'shop > support > support', 'truncate keeps the first labels of a dotted path') FROM j;
SELECT is(cx.path(cx.truncate(j, 2)), 'shop > support.billing > support.billing', 'as many as asked for') FROM j;
SELECT is(cx.truncate(j, 3), j, 'deep enough, nothing changes') FROM j;
SELECT is(pg_temp.rest(cx.truncate(j, 1)), pg_temp.rest(j), 'all but the touchpoints stays') FROM j;
SELECT is(cx.path(cx.truncate('[{"at": "2026-01-01T00:00:00Z", "touchpoint": ".hidden"}]', 1)), '.hidden', 'a touchpoint never becomes empty');
SELECT throws_ok($$SELECT cx.truncate('[]', 0)$$, '22023', 'depth must be at least 1', 'depth 0 would leave nothing');

SELECT is(cx.path(cx.rename(j, '{shop}', '{store}')), 'store > support.billing.refund > support.billing', 'rename gives another name; touches of the same time are ordered anew') FROM j;
SELECT is(cx.path(cx.rename(j, '{shop,support.billing}', '{support.billing,shop}')), 'support.billing > support.billing.refund > shop', 'names can be exchanged') FROM j;
SELECT is(cx.path(cx.rename(j, '{support.billing.refund,support.billing}', '{help,help}')), 'help > shop > help', 'two can become one') FROM j;
SELECT is(cx.rename(j, '{support,Shop}', '{x,y}'), j, 'only whole names count, and case') FROM j;
SELECT is(pg_temp.rest(cx.rename(j, '{shop}', '{store}')), pg_temp.rest(j), 'all but the touchpoints stays') FROM j;
SELECT throws_ok($$SELECT cx.rename('[]', '{a,a}', '{x,y}')$$, '22023', 'old_names contains "a" twice', 'one name cannot get two');
SELECT throws_ok($$SELECT cx.rename('[]', '{a}', '{}')$$, '2202E', 'old_names and new_names must have the same length', 'each name needs one');

SELECT is(cx.touchpoints(cx.by_channel(j)), '{voice,web}', 'by_channel: touches without channel are left out') FROM j;
SELECT is(cx.touchpoints(cx.by_team(j)), '{care,back}', 'by_team: touches without team are left out') FROM j;
SELECT is(cx.channels(cx.by_channel(j)), cx.touchpoints(cx.by_channel(j)), 'the channel stays where it was, too') FROM j;
SELECT is(cx.touchpoints(cx.by_attr(j, 'device')), '{ios,phone}', 'by_attr: touches without the key, or with an empty value, are left out') FROM j;
SELECT is(cx.touchpoints(cx.by_attr(j, 'n')), '{2,2}', 'numbers as text, 2.0 is 2') FROM j;
SELECT is(cx.touchpoints(cx.by_attr(j, 'member')), '{true}', 'booleans as text') FROM j;
SELECT is(cx.by_attr(j, 'none'), '[]', 'by a key that no touch has, nothing is left') FROM j;
SELECT throws_ok($$SELECT cx.by_attr(cx.journey('{2026-01-01Z}', '{a}', attrs => ARRAY[jsonb_build_object('k', repeat('x', 256))]), 'k')$$, '22023', NULL, 'a value that is too long for a label is refused');

SELECT * FROM finish();
ROLLBACK;
