-- Splitting: cases out of a customer's journey; the parts make the whole.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(17);

CREATE TEMP TABLE j AS SELECT '[{"at": "2026-01-01T09:00:00Z", "touchpoint": "call", "channel": "voice", "team": "care", "attrs": {"case": "c2"}},
	{"at": "2026-01-01T10:00:00Z", "touchpoint": "visit", "channel": "web"},
	{"at": "2026-01-02T09:00:00Z", "touchpoint": "mail", "channel": "mail", "team": "care", "attrs": {"case": "c10"}},
	{"at": "2026-01-03T09:00:00Z", "touchpoint": "call", "channel": "voice", "team": "back", "attrs": {"case": "c2", "urgent": true}},
	{"at": "2026-01-04T09:00:00Z", "touchpoint": "visit", "channel": "web", "attrs": {"case": 7}}]'::cx.journey AS j;
SELECT results_eq('SELECT label, cx.path(journey) FROM j, cx.split(j, ''case'')', $$VALUES (NULL, 'visit'), ('7', 'visit'), ('c10', 'mail'), ('c2', 'call > call')$$, 'a row a case, first what belongs to none, then bytewise');
SELECT results_eq('SELECT label, cx.touch_count(journey) FROM j, cx.split(j, ''touchpoint'')', $$VALUES ('call', 2), ('mail', 1), ('visit', 2)$$, 'by touchpoint');
SELECT results_eq('SELECT label, cx.touch_count(journey) FROM j, cx.split(j, ''channel'')', $$VALUES ('mail', 1), ('voice', 2), ('web', 2)$$, 'by channel');
SELECT results_eq('SELECT label, cx.touch_count(journey) FROM j, cx.split(j, ''team'')', $$VALUES (NULL, 2), ('back', 1), ('care', 2)$$, 'by team');
SELECT results_eq('SELECT label, cx.touch_count(journey) FROM j, cx.split(j, ''urgent'')', $$VALUES (NULL, 4), ('true', 1)$$, 'by an attribute, as text');
SELECT results_eq('SELECT label, journey FROM j, cx.split(j, ''no such key'')', 'SELECT NULL::text, j FROM j', 'by an attribute that no touch has: the whole without label');
SELECT is((SELECT cx.journey_agg(journey) FROM j, cx.split(j, by)), (SELECT j FROM j), 'the parts by ' || by || ' make the whole') FROM unnest(ARRAY['touchpoint', 'channel', 'team', 'case', 'urgent', '']) AS by;
SELECT results_eq('SELECT array_agg(t ORDER BY step) FROM j, cx.split(j, ''case'') s, LATERAL (SELECT step, channel || coalesce(team, '''') AS t FROM cx.touches(s.journey)) AS t WHERE label = ''c2''', $$VALUES ('{voicecare,voiceback}'::text[])$$, 'touches keep their other fields');
SELECT is_empty($$SELECT * FROM cx.split('[]', 'channel')$$, 'an empty journey has no parts');
SELECT is_empty($$SELECT * FROM cx.split(NULL, 'channel')$$, 'nor has NULL');
SELECT is_empty($$SELECT s.* FROM j, cx.split(j, NULL) s$$, 'by NULL nothing is split');
SELECT results_eq($$SELECT label FROM cx.split('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "b"}, {"at": "2026-01-01T00:00:00Z", "touchpoint": "B"}, {"at": "2026-01-01T00:00:00Z", "touchpoint": "ä"}, {"at": "2026-01-01T00:00:00Z", "touchpoint": "a.b"}, {"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}]', 'touchpoint')$$,
	$$VALUES ('B'), ('a'), ('a.b'), ('b'), ('ä')$$, 'labels are ordered by their bytes, not by the database''s collation');

SELECT * FROM finish();
ROLLBACK;
