-- Paths: what people group by.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(20);

CREATE TEMP TABLE j AS SELECT cx.journey(array_agg('2026-01-01Z'::timestamptz + n * '1 hour'::interval), array_agg(t), array_agg(nullif(c, '-')), array_agg(nullif(m, '-'))) AS j
FROM ROWS FROM (unnest('{visit,visit,call,visit,call,call,purchase}'::text[]), unnest('{web,app,voice,web,voice,-,store}'::text[]), unnest('{-,-,care,-,care,back,-}'::text[])) WITH ORDINALITY AS u (t, c, m, n);
SELECT is(cx.path(j), 'visit > visit > call > visit > call > call > purchase', 'a path is every touchpoint in order') FROM j;
SELECT is(cx.path(j, '{}'), cx.path(j), 'no transform changes nothing') FROM j;
SELECT is(cx.path(j, '{collapse}'), 'visit > call > visit > call > purchase', 'collapse: of each run one') FROM j;
SELECT is(cx.path(j, '{unique}'), 'visit > call > purchase', 'unique: of each label the first') FROM j;
SELECT is(cx.path(j, '{first}'), cx.path(j, '{unique}'), 'first is another name of it') FROM j;
SELECT is(cx.path(j, '{first 2}'), 'visit > visit', 'first N: where it began') FROM j;
SELECT is(cx.path(j, '{last 2}'), 'call > purchase', 'last N: where it ended') FROM j;
SELECT is(cx.path(j, '{last 100}'), cx.path(j), 'more than there are is all') FROM j;
SELECT is(cx.path(j, '{collapse,last 3}'), 'visit > call > purchase', 'transforms apply from left to right:') FROM j;
SELECT is(cx.path(j, '{last 3,collapse}'), 'call > purchase', 'the order makes a difference') FROM j;
SELECT is(cx.path(j, '{channels}'), 'web > app > voice > web > voice > store', 'channels instead of touchpoints; touches without one are left out') FROM j;
SELECT is(cx.path(j, '{teams,collapse}'), 'care > back', 'teams: who handled it, hand-offs only') FROM j;
SELECT is(cx.path(cx.collapse(j)), cx.path(j, '{collapse}'), 'collapse of the journey has that path') FROM j;
SELECT is(cx.path(cx.by_channel(j)), cx.path(j, '{channels}'), 'and the journey by channel that one') FROM j;
SELECT is(cx.path('[]'), NULL, 'an empty journey has no path');
SELECT is(cx.path(j, '{first 0}'), NULL, 'nor has a path of no labels text') FROM j;
SELECT is(cx.path(NULL), NULL, 'NULL has no path');
SELECT throws_ok($$SELECT cx.path('[]', '{shuffle}')$$, '22023', 'unknown path transform: "shuffle"', 'unknown transforms are refused, also for an empty journey');
SELECT throws_ok($$SELECT cx.path('[]', '{unique,teams}')$$, '22023', 'path transform "teams" must come first', 'teams and channels begin anew, so they come first');
SELECT throws_ok($$SELECT cx.path('[]', '{NULL}')$$, '22004', 'path transforms must not contain null', 'NULL is no transform');

SELECT * FROM finish();
ROLLBACK;
