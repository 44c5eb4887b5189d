-- Hand-offs, ping-pong and continuity.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
-- A journey from 'sales 09:00 30, care 10:00': teams, times of a day, minutes they lasted; - is no team.
CREATE FUNCTION pg_temp.day(touches text) RETURNS cx.journey LANGUAGE sql STABLE AS $$
	SELECT coalesce(cx.journey_agg(('2026-01-05 ' || part[2] || 'Z')::timestamptz, 'call', NULL, nullif(part[1], '-'), NULL, part[3]::float8 * interval '1 minute', NULL, part[4]::jsonb), '[]')
	FROM (SELECT string_to_array(touch, ' ') AS part FROM unnest(string_to_array(touches, ', ')) AS touch) AS s
$$;

-- Waiting begins when the touch before is over; an overlap is a warm hand-off, and unknown without lasted.
SELECT touches, wait_seconds, warm, waiting_since, received_at FROM unnest(ARRAY['sales 09:00, care 10:00', 'sales 09:00 30, care 10:00', 'sales 09:00 60, care 10:00', 'sales 09:00 90, care 10:00', 'sales 09:00 0, care 09:00']) WITH ORDINALITY t (touches, n),
	cx.handoffs(pg_temp.day(touches)) ORDER BY n;
-- The bound: inclusive, from the end of the touch before; further apart is another case, and nothing returns to it.
SELECT within, at, from_team, to_team, returned, ping_pong FROM unnest('{59 minutes 59.999999 seconds, 1 hour, NULL}'::interval[]) WITH ORDINALITY w (within, n), cx.handoffs(pg_temp.day('a 09:00, b 10:00, a 11:00 60, a 13:00, c 14:00, b 15:00'), within) ORDER BY n, at;
SELECT within, cx.handoff_count(j, within), cx.ping_pong(j, within) FROM unnest('{59 minutes, 1 hour, NULL}'::interval[]) WITH ORDINALITY w (within, n), (SELECT pg_temp.day('a 09:00, b 10:00, a 11:00 60, a 13:00, c 14:00, b 15:00')) s (j) ORDER BY n;
-- Touches without a team are left out, and so is what follows as_of.
SELECT from_team, to_team, step, wait_seconds FROM cx.handoffs(pg_temp.day('- 08:00, a 09:00, - 09:30 600, b 10:00, - 11:00'));
SELECT as_of, count(at) FROM unnest('{2026-01-05 09:59:59.999999Z, 2026-01-05 10:00Z}'::timestamptz[]) as_of LEFT JOIN LATERAL cx.handoffs(pg_temp.day('a 09:00, b 10:00'), as_of => as_of) h ON true GROUP BY 1 ORDER BY 1;
-- Hand-offs that were intended: received by whom, or pending, or dropped.
SELECT touches, as_of, from_team, to_team, intended_team, state, returned, received_at IS NULL AS open FROM (VALUES
	(1, 'a 09:00 0 {"handoff_to":"b"}, b 10:00', NULL), (2, 'a 09:00 0 {"handoff_to":"b"}, c 10:00', NULL), (3, 'a 09:00 0 {"handoff_to":"a"}', NULL), (4, 'a 09:00 0 {"handoff_to":"b"}', NULL),
	(5, 'a 09:00 0 {"handoff_to":"b"}', '10:59:59.999999'), (6, 'a 09:00 0 {"handoff_to":"b"}', '11:00'), (7, 'a 09:00 0 {"handoff_to":"b"}, b 11:00:00.000001', '12:00'), (8, 'a 09:00 0 {"handoff_to":"b"}, b 11:00', '12:00'),
	(9, 'a 09:00 0 {"handoff_to":"b"}, a 10:00, b 11:00', NULL), (10, 'a 09:00 0 {"handoff_to":"b"}, a 10:00, b 11:30', NULL), (11, 'a 09:00 0 {"handoff_to":"b"}, a 10:00 0 {"handoff_to":"b"}', '11:30'), (12, 'a 09:00 0 {"handoff_to":""}', NULL),
	(13, 'a 09:00 0 {"handoff_to":7}', NULL), (14, '- 09:00 0 {"handoff_to":"b"}', NULL), (15, 'a 09:00 0 {"handoff_to":"b"}', '08:00')) v (n, touches, as_of),
	cx.handoffs(pg_temp.day(touches), '2 hours', ('2026-01-05 ' || as_of || 'Z')::timestamptz) ORDER BY n, at;
-- Who opened the next contact.
SELECT attrs, h.carried_by AS by_direction, s.carried_by AS by_selector FROM unnest(ARRAY['{"direction":"inbound"}', '{"direction":"outbound"}', '{"direction":"internal"}', '{"direction":"INBOUND"}', '{"direction":true}', '{}']) WITH ORDINALITY a (attrs, n),
	LATERAL (SELECT pg_temp.day('a 09:00, b 10:00 0 ' || attrs)) j (j), cx.handoffs(j) h, cx.handoffs(j, opened_by_customer => '[direction = "INBOUND"]') s ORDER BY n;
-- Months go by the calendar; lasted may lead beyond all times.
SELECT h.within, h.n FROM unnest('{1 month, 27 days, 28 days}'::interval[]) w (w), LATERAL (SELECT w, cx.handoff_count('[{"at": "2026-01-31T00:00:00Z", "touchpoint": "x", "team": "a"}, {"at": "2026-02-28T00:00:00Z", "touchpoint": "x", "team": "b"}]', w)) h (within, n);
SELECT wait_seconds, warm, waiting_since FROM cx.handoffs('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "x", "team": "a", "lasted": 9223372036854.775}, {"at": "2026-01-02T00:00:00Z", "touchpoint": "x", "team": "b"}]', '0');

-- Ping-pong and continuity: the sequences of the definitions are in the specification; here what is at the edge of them.
SELECT touches, cx.handoff_count(j), cx.ping_pong(j), cx.continuity(j, 'hhi') AS hhi, cx.continuity(j, 'coc') AS coc, cx.continuity(j, 'upc') AS upc, cx.continuity(j, 'secon') AS secon
FROM unnest(ARRAY['', '- 09:00', 'a 09:00', '- 08:00, a 09:00, - 10:00', 'a 09:00, a 09:00', 'a 09:00, - 09:30, a 10:00, - 10:30, b 11:00', 'b 09:00, a 09:00']) WITH ORDINALITY t (touches, n), LATERAL (SELECT pg_temp.day(touches)) j (j) ORDER BY n;
SELECT cx.handoff_count(j), cx.ping_pong(j), round(cx.continuity(j, 'coc')::numeric, 6) AS coc, cx.continuity(j, 'secon') AS secon, (SELECT count(*) FROM cx.handoffs(j))
FROM (SELECT cx.journey_agg('2026-01-05Z'::timestamptz + n * interval '1 second', 'x', NULL, (n % 2)::text) AS j FROM generate_series(1, 10000) n) s;

-- NULL, arguments by name, and what is refused
SELECT cx.handoff_count(NULL), cx.ping_pong(NULL) IS NULL, cx.continuity(NULL, 'hhi'), cx.continuity('[]', NULL), (SELECT count(*) FROM cx.handoffs(NULL)), (SELECT count(*) FROM cx.handoffs('[]'));
SELECT cx.handoff_count(journey => '[]', within => '1 day'), cx.continuity(journey => '[]', index => 'hhi'), (SELECT count(*) FROM cx.handoffs(journey => '[]', within => NULL, as_of => NULL, opened_by_customer => NULL));
SELECT * FROM pg_temp.failures(ARRAY[
	['SELECT cx.handoff_count(''[]'', ''-1 day'')', '22023: within must not be negative | It is "-1 days".'],
	['SELECT cx.ping_pong(''[]'', ''-1 month 40 days'')', '22023: within must not be negative | It is "-1 mons +40 days".'],
	['SELECT count(*) FROM cx.handoffs(''[]'', ''-1 second'')', '22023: within must not be negative | It is "-00:00:01".'],
	['SELECT count(*) FROM cx.handoffs(''[]'', as_of => ''infinity'')', '22008: as_of must be finite'],
	['SELECT count(*) FROM cx.handoffs(''[]'', as_of => ''-infinity'')', '22008: as_of must be finite'],
	['SELECT count(*) FROM cx.handoffs(pg_temp.day(''a 09:00''), opened_by_customer => ''a ->'')', '22P02: invalid input syntax for type selector: "a ->" | Expected a selector at character 5, found the end.'],
	['SELECT cx.continuity(''[]'', ''HHI'')', '22023: unknown index of continuity: "HHI"'],
	['SELECT cx.continuity(''[]'', '''')', '22023: unknown index of continuity: ""']]);
