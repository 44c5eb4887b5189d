-- Rules as text in the life of a company: a review, a hand-over, a mistake.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(13);
INSERT INTO cx.team (team) VALUES ('cx'), ('care'), ('web');
INSERT INTO cx.ownership_rule (touchpoint, team, recorded, reviewed_at) VALUES ('**', 'cx', '[2020-01-01,)', '2026-01-01'), ('support.**', 'care', '[2020-01-01,)', '2026-01-01');
SELECT is(cx.ownership_to_text(), E'** @cx reviewed=2026-01-01\nsupport.** @care reviewed=2026-01-01\n', 'a rule a line');
SELECT is_empty('SELECT * FROM cx.ownership_from_text(cx.ownership_to_text())', 'what was written is read without a difference');
-- a hand-over
SELECT results_eq($$SELECT line, action FROM cx.ownership_from_text(E'** @cx\nsupport.** @care until=2026-07-01\nsupport.** @web from=2026-07-01\n')$$, $$VALUES (2, 'added'), (3, 'added'), (NULL, 'ended')$$, 'a hand-over is two rules for one');
SELECT is(cx.owner_of('support.call', '2026-08-01'), 'care', 'a dry run changes nothing');
SELECT lives_ok($$SELECT cx.ownership_from_text(E'** @cx\nsupport.** @care until=2026-07-01\nsupport.** @web from=2026-07-01\n', false)$$, 'the hand-over');
SELECT is(ARRAY[cx.owner_of('support.call', '2026-06-30'), cx.owner_of('support.call', '2026-07-01')], '{care,web}', 'owned by one team before and by the other after');
SELECT is(cx.owner_of('support.call', '2026-08-01', known_at => '2025-01-01'), 'care', 'what was believed before is known');
SELECT is((SELECT count(*) FROM cx.ownership_rule), 4::bigint, 'nothing is lost');
-- a mistake
SELECT throws_ok($$SELECT cx.ownership_from_text(E'** @cx\nsupport.** @nope', false)$$, '22P02', 'the text of the ownership rules has errors', 'an unknown team is refused');
SELECT throws_ok($$SELECT cx.ownership_from_text(E'** @cx\n** @care', false)$$, '22P02', 'the text of the ownership rules has errors', 'two accountable teams are refused');
SELECT results_eq($$SELECT line, message FROM cx.ownership_from_text(E'** @cx\n** @care\n')$$, $$VALUES (2, 'the same condition at the same time as in line 1')$$, 'with the line of the other');
SELECT is_empty($$SELECT * FROM cx.ownership_from_text(E'** @cx\n** @care until=2020-01-01\n** @care role=R\n** @cx role=R') WHERE action = 'error' AND line > 2$$, 'but several are responsible');
SELECT is(cx.owner_of('support.call', '2026-08-01'), 'web', 'a refused text changes nothing');
SELECT * FROM finish();
ROLLBACK;
