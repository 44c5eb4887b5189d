-- Service of a contact centre: what the figures mean, at examples.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'America/New_York';
SELECT plan(43);

CREATE FUNCTION pg_temp.equal(got float8, expected float8) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN abs(got / expected - 1) < 1e-9;

-- Erlang
SELECT ok(pg_temp.equal(cx.erlang_b(a, n), b), format('Erlang B of %s Erlang and %s agents', a, n))
FROM (VALUES (1::float8, 1, 0.5::float8), (1, 2, 0.2), (5, 10, 0.018384570336648136), (10, 14, 0.05681914338652085), (4.4612, 10, 0.010000289644411674), (84.064, 100, 0.009999682902650252), (1000, 1000, 0.02481191764616041),
	(10000, 10100, 0.0028623572207360655), (0.01, 3, 1.6500830569306707e-07)) v (a, n, b);
SELECT ok(pg_temp.equal(cx.erlang_c(a, n), c), format('Erlang C of %s Erlang and %s agents', a, n))
FROM (VALUES (5::float8, 10, 0.036105359158320194::float8), (10, 11, 0.6821182046893322), (10, 14, 0.17413193359504986), (100, 110, 0.23700750028505277), (1000, 1050, 0.07440177403742831), (9.99, 10, 0.9963431823647702), (0.5, 1, 0.5)) v (a, n, c);
SELECT is(round(cx.erlang_c_service_level(cx.traffic(100, 1800, 180), 14, 180, 20)::numeric, 6), 0.888350, '100 calls in half an hour, 3 minutes each, 14 agents: 88.8 % within 20 seconds');
SELECT is(round(cx.erlang_c_wait(10, 14, 180)::numeric, 4), 7.8359, 'who wait 7.8 seconds on average');
SELECT is(cx.erlang_c(14, 14), 1::float8, 'with as much traffic as agents everybody waits');
SELECT is(cx.erlang_c_wait(14, 14, 180), NULL, 'for ever');
SELECT is(array_agg(cx.agents_needed(cx.traffic(c, p, h), h, s, t) ORDER BY o), '{14,67,147,17,848}', 'agents needed, as others compute them')
FROM (VALUES (1, 100, 1800, 180, 0.8, 20), (2, 360, 1800, 300, 0.8, 20), (3, 1000, 1800, 240, 0.9, 10), (4, 50, 900, 240, 0.8, 20), (5, 5000, 1800, 300, 0.8, 20)) v (o, c, p, h, s, t);
SELECT is(ARRAY[round(wait_share::numeric, 6), round(abandon_rate::numeric, 6), round(occupancy_share::numeric, 6), round(service_level_rate::numeric, 6)], x, format('Erlang A of %s agents', n))
FROM (VALUES (10::float8, 14, 180, 300, '{0.145260,0.013984,0.704297,0.916792}'::numeric[]), (10, 10, 180, 300, '{0.599433,0.109438,0.890562,0.516810}'), (1000 / 7.5::float8, 130, 240, 180, '{0.583277,0.050925,0.973410,0.779021}')) v (a, n, h, p, x), cx.erlang_a(a, n, h, p, 20);
SELECT cmp_ok(cx.agents_needed(10, 180, 0.8, 20, 300), '<=', 14, 'impatience needs no more agents here');

-- Service level: 70 answered in time, 10 abandoned before, 20 exceeded it
CREATE TEMP TABLE summary AS SELECT cx.service_level_agg(CASE WHEN g <= 70 THEN 12 WHEN g <= 80 THEN 8 ELSE 35 END, g <= 70 OR g > 85, 20) AS s FROM generate_series(1, 100) g;
SELECT is(array_agg(round(cx.service_level(s, d)::numeric, 4) ORDER BY o), '{0.7778,0.7000,0.8000}', 'abandonments within the threshold ignored, held against, credited') FROM summary, unnest('{ignore,negative,positive}'::text[]) WITH ORDINALITY u (d, o);
SELECT is(cx.service_level(cx.service_level_agg(w, a, 20, 5), 'short'), 0.5::float8, 'a wait of exactly the short time is short, one of exactly the threshold is within it') FROM (VALUES (20, true), (21, true), (5, false)) v (w, a);
SELECT is(cx.service_level(cx.service_level_agg(w, NULL::boolean, 20)), x, t) FROM (VALUES (20, NULL::float8, 'who waits and may still be answered in time does not count'), (21, 0, 'who waits too long already does')) v (w, x, t) GROUP BY x, t;
SELECT is(cx.service_level_agg(w, a, 20), NULL, 'no contacts, no summary') FROM (VALUES (NULL::float8, NULL::boolean)) v (w, a);
SELECT is(cx.asa(cx.service_level_agg(w, a, 20)), 15::float8, 'the speed of answer is that of the answered') FROM (VALUES (10, true), (20, true), (500, false)) v (w, a);
SELECT throws_ok($$SELECT cx.rollup(s) FROM (SELECT cx.service_level_agg(1, true, t) AS s FROM (VALUES (20), (30)) v (t) GROUP BY t) s$$, '22023', 'cannot combine service levels with different thresholds', 'thresholds do not mix');

-- Resolution: contacts on days 0 (forwarded 10 minutes later), 3 and 20, known up to day 22
CREATE FUNCTION pg_temp.days(touchpoints text[], VARIADIC days float8[]) RETURNS cx.journey LANGUAGE sql AS $$ SELECT cx.journey_agg('2026-01-01Z'::timestamptz + d * interval '24 hours', t) FROM unnest(touchpoints, days) u (t, d) $$;
SELECT results_eq($$SELECT count(*) FILTER (WHERE state <> 'pending'), count(*) FILTER (WHERE state = 'repeated'), count(*) FILTER (WHERE state = 'pending') FROM cx.resolution(pg_temp.days('{call,call,call,call}', 0, 10 / 1440.0, 3, 20), 'call', '7 days', '2026-01-23Z')$$,
	$$VALUES (2::bigint, 1::bigint, 1::bigint)$$, 'two episodes are known, one of them came back, one is pending');
SELECT is((SELECT array_agg(state ORDER BY episode) FROM cx.resolution(pg_temp.days('{call,call}', 0, 7), 'call', '7 days', '2026-01-14Z')), '{repeated,pending}', 'a contact exactly at the end of the window is a repeat');
SELECT is((SELECT state FROM cx.resolution(pg_temp.days('{call,call}', 0, 1), 'call', '7 days', '2026-01-07Z') LIMIT 1), 'pending', 'a repeat does not count before the window is over');
SELECT is((SELECT contacts FROM cx.resolution(pg_temp.days('{call,call}', 0, 15 / 1440.0), 'call') LIMIT 1), 1, 'exactly forward_gap later is another episode');

-- Containment: contained; contained, then phoned after 5 hours; escalated
CREATE TEMP TABLE contained AS SELECT * FROM cx.containment(pg_temp.days('{bot,bot,call,bot,call}', 0, 2, 2 + 5 / 24.0, 5, 5 + 5 / 1440.0), 'bot', 'call');
SELECT is((SELECT avg(contained::int) FROM contained)::float8, 2 / 3::float8, 'raw: two of three');
SELECT is((SELECT avg((state = 'contained')::int) FROM contained)::float8, 1 / 3::float8, 'verified by re-contact: one of three');
SELECT is((SELECT state || coalesce(contained::text, ' unknown') FROM cx.containment(pg_temp.days('{bot}', 0), 'bot', 'call', as_of => '2026-01-01 00:10Z')), 'pending unknown', 'a session may go on');

-- Silence
SELECT is((SELECT array_agg(state) FROM cx.left_waiting(pg_temp.days('{mail,reply,mail,reply,mail,mail}', 0, 1, 2, 3.5, 5, 9), 'mail', 'reply', '1 day', '2026-01-20Z')), '{answered,late,unanswered}', 'an answer at the limit is in time; later mails are part of the same wait');
SELECT is((SELECT array_agg(contacts) FROM cx.contact_pressure(pg_temp.days('{ad,ad,ad}', 0, 6.9, 7), 'ad', '7 days', 2)), '{1,2,2}', 'a touch exactly a period ago does not count any more');

-- Control charts: viscosity of a chemical batch (Montgomery)
CREATE TEMP TABLE chart AS SELECT cx.xmr_agg('2026-01-01Z'::timestamptz + n * interval '1 day', x) AS c FROM unnest('{33.75,33.05,34,33.81,33.46,34.02,33.68,33.27,33.49,33.2,33.62,33,33.54,33.12,33.84}'::float8[]) WITH ORDINALITY u (x, n);
SELECT is(ARRAY[round(mean::numeric, 6), round(moving_range::numeric, 6), round(lower::numeric, 6), round(upper::numeric, 6), round(range_upper::numeric, 6)], '{33.523333,0.480714,32.244633,34.802033,1.570494}', 'limits as published') FROM chart, cx.xmr_limits(c);
SELECT is_empty('SELECT FROM chart, cx.xmr_points(c) WHERE signals <> ''{}''', 'nothing but chance');

SELECT * FROM finish();
ROLLBACK;
