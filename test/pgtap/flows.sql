-- Flows around an anchor, rework and conformance: what their numbers mean.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(34);

-- A journey from 'a b#care c': touchpoints and teams, an hour apart.
CREATE FUNCTION pg_temp.hours(touches text) RETURNS cx.journey LANGUAGE sql STABLE AS $$
	SELECT coalesce(cx.journey_agg('2026-01-05 13:00Z'::timestamptz + n * interval '1 hour', split_part(touch, '#', 1), NULL, nullif(split_part(touch, '#', 2), '')), '[]')
	FROM unnest(string_to_array(touches, ' ')) WITH ORDINALITY u (touch, n)
$$;
CREATE FUNCTION pg_temp.flow(journeys text[], anchor cx.selector, before int, after int) RETURNS cx.flow_summary LANGUAGE sql STABLE AS $$
	SELECT cx.flow_agg(pg_temp.hours(touches), anchor, before, after) FROM unnest(journeys) touches
$$;
CREATE FUNCTION pg_temp.edges(flow cx.flow_summary, min_share float8 DEFAULT 0) RETURNS text[] LANGUAGE sql STABLE AS $$
	SELECT array_agg(format('%s > %s: %s', source, target, journeys)) FROM cx.flow_edges(flow, min_share)
$$;

-- flows
SELECT is(pg_temp.edges(pg_temp.flow('{a b stop c d}', 'stop', 2, 1)), '{-2 a > -1 b: 1,-1 b > 0 stop: 1,0 stop > +1 c: 1}', 'a flow shows the steps before and after the anchor, no further');
SELECT is(pg_temp.edges(pg_temp.flow('{stop a stop b}', 'stop', 1, 1)), '{-1 (start) > 0 stop: 1,0 stop > +1 a: 1}', 'the anchor is the first touch that fits');
SELECT is(pg_temp.edges(pg_temp.flow('{b stop}', 'stop', 3, 0)), '{-2 (start) > -1 b: 1,-1 b > 0 stop: 1}', 'where a journey began within the steps, it comes from (start), and from nowhere before');
SELECT is(pg_temp.edges(pg_temp.flow('{a b stop}', 'stop', 2, 0)), '{-2 a > -1 b: 1,-1 b > 0 stop: 1}', 'before the first step shown there is nothing, whether or not it began there');
SELECT is(pg_temp.edges(pg_temp.flow('{stop b}', 'stop', 0, 3)), '{0 stop > +1 b: 1,+1 b > +2 (end): 1}', 'where it ended within the steps, it goes to (end), and nowhere after');
SELECT is(pg_temp.edges(pg_temp.flow('{a a stop,a stop}', 'stop', 2, 0)), '{-2 (start) > -1 a: 1,-2 a > -1 a: 1,-1 a > 0 stop: 2}', 'the same touchpoint at two steps is two nodes: no cycle');
SELECT is((SELECT ARRAY[cx.flow_journeys(f), cx.flow_without_anchor(f)] FROM pg_temp.flow('{a stop,a,"",stop,b}', 'stop', 1, 1) f), '{2,3}'::bigint[], 'journeys without anchor are counted apart');
SELECT is((SELECT array_agg(share) FROM cx.flow_edges(pg_temp.flow('{a stop,b stop,b stop,b stop,c}', 'stop', 1, 0))), '{0.25,0.75}'::float8[], 'shares are of the journeys with an anchor');
SELECT is(pg_temp.edges(pg_temp.flow('{a stop,b stop,c stop,c stop}', 'stop', 1, 0), 0.5), '{-1 c > 0 stop: 2,-1 (other) > 0 stop: 2}', 'rare labels are merged, and none of their journeys gets lost');
SELECT is(pg_temp.edges(pg_temp.flow('{a b stop,b a stop,a c stop,c a stop}', 'stop', 2, 0), 0.5), '{-2 a > -1 (other): 2,-2 (other) > -1 a: 2,-1 a > 0 stop: 2,-1 (other) > 0 stop: 2}', 'rare or not is decided step by step');
SELECT is(pg_temp.edges(pg_temp.flow('{a stop,a stop,stop}', 'stop', 1, 1), 1), '{-1 (start) > 0 stop: 1,-1 (other) > 0 stop: 2,0 stop > +1 (end): 3}', 'starts and ends are not merged with the rest');
SELECT is((SELECT cx.rollup(f) FROM (SELECT pg_temp.flow('{a stop,b}', 'stop', 1, 1) AS f UNION ALL SELECT pg_temp.flow('{b stop c}', 'stop', 1, 1)) s), pg_temp.flow('{a stop,b,b stop c}', 'stop', 1, 1), 'rollup is the flow of all journeys together');
SELECT throws_ok($$SELECT pg_temp.flow('{a}', 'stop', 101, 0)$$, '22023', 'steps before the anchor must be 0 to 100', 'at most 100 steps');
SELECT throws_ok($$SELECT cx.rollup(f) FROM (SELECT pg_temp.flow('{a}', 'a', 1, 1) AS f UNION ALL SELECT pg_temp.flow('{a}', 'b', 1, 1)) s$$, '22023', 'cannot combine flows with different anchors', 'what was asked differently does not add up');

-- rework
CREATE FUNCTION pg_temp.rework(touches text) RETURNS bigint[] LANGUAGE sql STABLE AS $$
	SELECT ARRAY[touches, self_loops, repeat_self_loops, redo_self_loops, repetitions, repeat_repetitions, redo_repetitions] FROM cx.repeats(pg_temp.hours(touches)) WHERE touchpoint = 'a'
$$;
SELECT is(pg_temp.rework('a#x b a#x'), '{2,0,0,0,1,1,0}', 'again after others is a repetition; by the same team: repeat');
SELECT is(pg_temp.rework('a#x b a#y'), '{2,0,0,0,1,0,1}', 'by another team: redo');
SELECT is(pg_temp.rework('a#x a#x a#x'), '{3,2,2,0,0,0,0}', 'again at once is a self-loop, each time');
SELECT is(pg_temp.rework('a#x a#y a#x'), '{3,2,0,2,0,0,0}', 'compared is the latest one before, not the first');
SELECT is(pg_temp.rework('a#x a a#x'), '{3,2,0,0,0,0,0}', 'where a team is unknown, it is neither repeat nor redo');
SELECT is(pg_temp.rework('a b c'), '{1,0,0,0,0,0,0}', 'a touchpoint without rework has its row, so that shares can be computed');
SELECT is((SELECT sum(touches) FROM cx.repeats(pg_temp.hours('a b a a c b'))), 6::numeric, 'every touch is in one row');

-- conformance
CREATE FUNCTION pg_temp.conforms(touches text, ideal text[]) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT format('%s skipped %s unexpected %s out of order %s repeated %s', round(fitness::numeric, 3), skipped, unexpected, out_of_order, repeated) FROM cx.conformance(pg_temp.hours(touches), ideal)
$$;
SELECT is(pg_temp.conforms('a b c', '{a,b,c}'), '1.000 skipped {} unexpected {} out of order 0 repeated 0', 'the ideal path itself');
SELECT is(pg_temp.conforms('a c', '{a,b,c}'), '0.800 skipped {b} unexpected {} out of order 0 repeated 0', 'a step left out: 1 of 5 without partner');
SELECT is(pg_temp.conforms('a x b c', '{a,b,c}'), '0.857 skipped {} unexpected {x} out of order 0 repeated 0', 'a touch that no step admits: 1 of 7');
SELECT is(pg_temp.conforms('a b b c', '{a,b,c}'), '0.857 skipped {} unexpected {} out of order 0 repeated 1', 'a step again');
SELECT is(pg_temp.conforms('a b c a', '{a,b,c}'), '0.857 skipped {} unexpected {} out of order 0 repeated 1', 'also much later');
SELECT is(pg_temp.conforms('a c b c', '{a,b,c}'), '0.857 skipped {} unexpected {} out of order 1 repeated 0', 'a step too early, and again when its turn comes');
SELECT is(pg_temp.conforms('a c b', '{a,b,c}'), '0.667 skipped {b} unexpected {} out of order 1 repeated 0', 'two in the wrong order: the earlier touch counts as the step');
SELECT is(pg_temp.conforms('x x y x', '{a}'), '0.000 skipped {a} unexpected {x,y} out of order 0 repeated 0', 'nothing of it; unexpected touchpoints come once');
SELECT is(pg_temp.conforms('', '{a,b}'), '0.000 skipped {a,b} unexpected {} out of order 0 repeated 0', 'a journey without touches left out all');
SELECT is(pg_temp.conforms('a c', '{a,b | c}'), '1.000 skipped {} unexpected {} out of order 0 repeated 0', 'steps are selectors');
SELECT is(pg_temp.conforms('a b', '{a,b,a,b}'), '0.667 skipped {a,b} unexpected {} out of order 0 repeated 0', 'of a step that comes twice the earlier one is taken');
SELECT is((SELECT aligned FROM cx.conformance(pg_temp.hours('x a b'), '{a,b,c}')), 2, 'aligned is how many steps were taken in order, whatever else happened');
SELECT throws_ok($$SELECT cx.conformance('[]', '{}')$$, '22023', 'ideal path must have at least one step', 'an ideal path has steps');

SELECT * FROM finish();
ROLLBACK;
