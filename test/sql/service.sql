-- Staffing, service levels, resolution, containment, silence and control charts: limits, NULLs, what is refused.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
-- Erlang at the ends of its ranges.
SELECT * FROM pg_temp.failures(ARRAY[
	['SELECT cx.traffic(100, 1800, 180)', '10'],
	['SELECT cx.traffic(0, 1800, 180)', '0'],
	['SELECT cx.traffic(1, 0, 180)', '22023: per_seconds must be a finite number above 0 | It is 0.'],
	['SELECT cx.traffic(-1, 1, 180)', '22023: number of contacts must be a finite number of at least 0 | It is -1.'],
	['SELECT cx.traffic(1, 1, ''NaN'')', '22023: handle_seconds must be a finite number of at least 0 | It is NaN.'],
	['SELECT cx.traffic(1e200, 1e-200, 1)', '22003: value out of range: overflow'],
	['SELECT cx.erlang_b(0, 0)', '1'],
	['SELECT cx.erlang_b(0, 1)', '0'],
	['SELECT cx.erlang_b(3, 0)', '1'],
	['SELECT cx.erlang_b(1e-300, 100)', '0'],
	['SELECT cx.erlang_b(1e300, 100)', '1'],
	['SELECT cx.erlang_b(NULL, 1)', NULL],
	['SELECT cx.erlang_b(''Infinity'', 1)', '22023: traffic must be a finite number of at least 0 | It is Infinity.'],
	['SELECT cx.erlang_b(1, -1)', '22023: number of agents must be between 0 and 10000000 | It is -1.'],
	['SELECT cx.erlang_b(1, 10000001)', '22023: number of agents must be between 0 and 10000000 | It is 10000001.'],
	['SELECT cx.erlang_c(0, 0)', '1'],
	['SELECT cx.erlang_c(0, 1)', '0'],
	['SELECT cx.erlang_c(1, 1)', '1'],
	['SELECT cx.erlang_c_service_level(1, 1, 180, 20)', '0'],
	['SELECT cx.erlang_c_service_level(0, 1, 180, 0)', '1'],
	['SELECT cx.erlang_c_service_level(0.5, 1, 0, 20)', '22023: handle_seconds must be a finite number above 0 | It is 0.'],
	['SELECT cx.erlang_c_service_level(0.5, 1, 180, -1)', '22023: threshold_seconds must be a finite number of at least 0 | It is -1.'],
	-- one agent: C is the traffic, the wait C * 180 / (1 - 0.5)
	['SELECT cx.erlang_c(0.5, 1)', '0.5'],
	['SELECT cx.erlang_c_wait(0.5, 1, 180)', '180'],
	['SELECT cx.erlang_c_wait(2, 1, 180)', NULL],
	['SELECT cx.erlang_a(0, 5, 180, 60, 20)', '(0,0,1,0,0,0,0)'],
	['SELECT cx.erlang_a(5, 0, 180, 60, 20)', '(1,1,0,,60,,1.6666666666666665)'],
	['SELECT cx.erlang_a(5, 1, 180, 0, 20)', '22023: patience_seconds must be a finite number above 0 | It is 0.'],
	['SELECT cx.erlang_a(5, 1, NULL, 1, 20)', NULL],
	['SELECT cx.agents_needed(0, 180, 0.8, 20)', '0'],
	['SELECT cx.agents_needed(0, 180, 0.8, 20, 60)', '0'],
	['SELECT cx.agents_needed(1, 180, NULL, 20)', NULL],
	['SELECT cx.agents_needed(1, 180, 1, 20)', '22023: service level must be between 0 and 1 | It is 1.'],
	['SELECT cx.agents_needed(1, 180, 0, 20)', '22023: service level must be between 0 and 1 | It is 0.'],
	['SELECT cx.agents_needed(1, 180, 0.8, 20, -1)', '22023: patience_seconds must be a finite number above 0 | It is -1.'],
	['SELECT cx.agents_needed(1e9, 180, 0.8, 20)', '54000: more than 10000000 agents would be needed']]);

-- Each contact by what happened to it: threshold 20 s, short 5 s.
CREATE TEMP TABLE contact (wait float8, answered boolean, handle float8);
INSERT INTO contact VALUES (0, true, 60), (20, true, NULL), (20.000001, true, 0), (NULL, true, 30), (5, false, 99), (5.000001, false, NULL), (20, false, NULL), (20.000001, false, NULL), (NULL, false, NULL),
	(20, NULL, NULL), (21, NULL, NULL), (NULL, NULL, 10), (-1, true, 1), ('NaN', false, NULL), ('Infinity', NULL, NULL), (1, true, -1), (9e9, true, 9e9), (9000000001, true, 1);
SELECT (cx.service_counts(cx.service_level_agg(wait, answered, 20, 5, handle))).* FROM contact;
SELECT metric, definition, numerator, denominator FROM (SELECT cx.service_level_agg(wait, answered, 20, 5, handle) AS s FROM contact) s, cx.service_rates(s);
SELECT cx.service_level_agg(wait, answered, 20) FROM contact WHERE wait <= 20;
SELECT measure, contacts, total_seconds, mean_seconds FROM (SELECT cx.service_level_agg(wait, answered, 20, 5, handle) AS s FROM contact WHERE wait < 1000 OR wait IS NULL) s, cx.service_times(s);
-- nobody: no rates, no times
SELECT count(rate) AS rates, count(*) AS rows FROM (SELECT cx.service_level_agg(-1, true, 20) AS s) s, cx.service_rates(s);
SELECT * FROM (SELECT cx.service_level_agg(-1, true, 20) AS s) s, cx.service_times(s), cx.asa(s), cx.aht(s), cx.service_level(s), cx.abandon_rate(s);
SELECT * FROM pg_temp.failures(ARRAY[
	['SELECT cx.service_level_agg(1, true, NULL)', '22004: threshold of the service level must not be null'],
	['SELECT cx.service_level_agg(1, true, -1)', '22023: threshold must be a number of seconds, at least 0 | It is -1.'],
	['SELECT cx.service_level_agg(1, true, ''NaN'')', '22023: threshold must be a number of seconds, at least 0 | It is NaN.'],
	['SELECT cx.service_level_agg(1, true, 20, 21)', '22023: a short wait must be between 0 seconds and the threshold | It is 21, the threshold 20.'],
	['SELECT cx.service_level_agg(1, true, t) FROM (VALUES (20), (21)) v (t)', '22023: cannot combine service levels with different thresholds'],
	['SELECT cx.service_level_agg(1, true, 20, t) FROM (VALUES (1), (NULL)) v (t)', '22023: cannot combine service levels with different thresholds'],
	['SELECT cx.service_level(cx.service_level_agg(1, true, 20), ''best'')', '22023: unknown definition: "best"'],
	['SELECT cx.abandon_rate(cx.service_level_agg(1, true, 20), ''negative'')', '22023: unknown definition: "negative"'],
	['SELECT r FROM (SELECT cx.service_level_agg(1, true, 20) AS s) s, cx.service_rates(s, 1) r', '22023: confidence must be between 0 and 1 | It is 1.'],
	['SELECT cx.rollup(NULL::cx.service_summary)', NULL],
	['SELECT cx._service_agg(cx.service_level_agg(1, true, 20), 1, true, 20)', '0A000: function of an aggregate called outside of one']]);
-- The text form, and what it refuses.
CREATE FUNCTION pg_temp.read_service(key text, value text) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.outcome(format('SELECT %L::jsonb::cx.service_summary', '{"threshold": 20, "short": 5, "answered": [1, 0, 0], "abandoned": [0, 0, 0, 0], "open": [0, 0], "invalid": 0, "answer_time": 7, "answer_buckets": [7, 1],
		"abandon_time": 0, "abandon_buckets": [], "handle_time": 0, "handle_buckets": []}'::jsonb || jsonb_build_object(key, value::jsonb)))
$$;
SELECT key, value, pg_temp.read_service(key, value) FROM (VALUES ('invalid', '3'), ('short', 'null'), ('threshold', '-1'), ('threshold', '4'), ('threshold', '1e300'), ('short', '"x"'), ('answered', '[1, 0]'), ('answered', '[2, 0, 0]'), ('answered', '[-1, 0, 0]'),
	('open', '5'), ('answer_buckets', '[7, 2]'), ('answer_buckets', '[7]'), ('answer_buckets', '[]'), ('answer_buckets', '[7, 0]'), ('answer_buckets', '[3776, 1]'), ('abandon_time', '1'), ('handle_buckets', '[5, 1, 4, 1]'), ('handle_buckets', '[5, 2]'),
	('handle_buckets', '[5, 1]'), ('answer_time', '1.5')) v (key, value);
SELECT pg_temp.outcome(format('SELECT %L::cx.service_summary', t)) FROM unnest(ARRAY['', '[]', '{}', '1', '{"threshold": 20}']) t;

-- Journeys: nothing to report, impossible arguments.
CREATE FUNCTION pg_temp.journey(touches text) RETURNS cx.journey LANGUAGE sql STABLE AS $$
	SELECT coalesce(cx.journey_agg(('2026-01-' || substr(touch, strpos(touch, ' ') + 1) || 'Z')::timestamptz, split_part(touch, ' ', 1)), '[]') FROM unnest(string_to_array(touches, ', ')) AS touch
$$;
SELECT * FROM pg_temp.failures(ARRAY[
	['SELECT count(*) FROM cx.resolution(''[]'', ''call'')', '0'],
	['SELECT count(*) FROM cx.resolution(NULL, ''call'')', '0'],
	['SELECT count(*) FROM cx.resolution(''[]'', ''call'', NULL)', '0'],
	['SELECT count(*) FROM cx.resolution(pg_temp.journey(''chat 01''), ''call'')', '0'],
	['SELECT r FROM cx.resolution(''[]'', ''call'', ''-1 day'') r', '22023: within must not be negative | It is "-1 days".'],
	['SELECT r FROM cx.resolution(''[]'', ''call'', forward_gap => ''-1 day'') r', '22023: forward_gap must not be negative | It is "-1 days".'],
	['SELECT r FROM cx.resolution(''[]'', ''call'', as_of => ''infinity'') r', '22008: as_of must be finite'],
	-- the same instant is another contact when nothing counts as forwarding
	['SELECT string_agg(state, '' '' ORDER BY episode) FROM cx.resolution(pg_temp.journey(''call 01, call 01''), ''call'', ''0'', forward_gap => ''0'')', 'repeated resolved'],
	['SELECT string_agg(state, '' '' ORDER BY episode) FROM cx.resolution(pg_temp.journey(''call 01, call 31''), ''call'', ''1 month'', ''2026-02-27 23:59Z'')', 'repeated pending'],
	['SELECT string_agg(state, '' '' ORDER BY episode) FROM cx.resolution(''[{"at": "294276-12-31T00:00:00Z", "touchpoint": "call"}]'', ''call'', ''100 years'')', 'resolved'],
	['SELECT count(*) FROM cx.containment(''[]'', ''bot'', ''call'')', '0'],
	['SELECT count(*) FROM cx.containment(NULL, ''bot'', ''call'')', '0'],
	['SELECT count(*) FROM cx.containment(pg_temp.journey(''call 01''), ''bot'', ''call'')', '0'],
	['SELECT c FROM cx.containment(''[]'', ''bot'', ''call'', ''-1 s'') c', '22023: within must not be negative | It is "-00:00:01".'],
	['SELECT c FROM cx.containment(''[]'', ''bot'', ''call'', gap => ''-1 s'') c', '22023: gap must not be negative | It is "-00:00:01".'],
	-- a call before the bot does not escalate; what fits both is assisted
	['SELECT state FROM cx.containment(pg_temp.journey(''call 01 00:00, bot 01 00:10''), ''bot'', ''call'')', 'contained'],
	['SELECT count(*) FROM cx.containment(pg_temp.journey(''bot 01''), ''bot'', ''*'')', '0'],
	-- a gap of exactly 30 minutes is still the session
	['SELECT string_agg(touches || state, '' '' ORDER BY session) FROM cx.containment(pg_temp.journey(''bot 01 00:00, bot 01 00:30, bot 01 01:00:01''), ''bot'', ''call'')', '2contained 1contained'],
	['SELECT count(*) FROM cx.left_waiting(''[]'', ''mail'', ''reply'', ''1 day'')', '0'],
	['SELECT count(*) FROM cx.left_waiting(pg_temp.journey(''mail 01''), ''mail'', ''reply'', NULL)', '0'],
	['SELECT w FROM cx.left_waiting(''[]'', ''mail'', ''reply'', ''-1 day'') w', '22023: within must not be negative | It is "-1 days".'],
	['SELECT count(*) FROM cx.left_waiting(pg_temp.journey(''mail 01''), ''mail'', ''*'', ''1 day'')', '0'],
	-- answered while the contact still lasted: no wait
	['SELECT wait_seconds FROM cx.left_waiting(''[{"at": "2026-01-01T00:00:00Z", "touchpoint": "call", "lasted": 600}, {"at": "2026-01-01T00:05:00Z", "touchpoint": "reply"}]'', ''call'', ''reply'', ''1 hour'')', '0'],
	['SELECT wait_seconds FROM cx.left_waiting(''[{"at": "2026-01-01T00:00:00Z", "touchpoint": "call", "lasted": 600}, {"at": "2026-01-01T00:15:00Z", "touchpoint": "reply"}]'', ''call'', ''reply'', ''1 hour'')', '300'],
	['SELECT w FROM cx.left_waiting(''[{"at": "294276-12-31T00:00:00Z", "touchpoint": "call", "lasted": 1e10}]'', ''call'', ''reply'', ''1 hour'') w', '22008: end of a touch is out of range | Its time plus lasted is beyond what timestamptz can hold.'],
	['SELECT count(*) FROM cx.contact_pressure(''[]'', ''mail'', ''7 days'')', '0'],
	['SELECT p FROM cx.contact_pressure(''[]'', ''mail'', ''-7 days'') p', '22023: period must not be negative | It is "-7 days".'],
	['SELECT p FROM cx.contact_pressure(''[]'', ''mail'', ''7 days'', collision => ''-1 s'') p', '22023: collision must not be negative | It is "-00:00:01".'],
	['SELECT string_agg(concat(contacts, over, collides), '' '' ORDER BY at) FROM cx.contact_pressure(pg_temp.journey(''mail 01, mail 01, mail 07, mail 08''), ''mail'', ''7 days'')', '1 2 3 2'],
	['SELECT string_agg(over::text, '' '' ORDER BY at) FROM cx.contact_pressure(pg_temp.journey(''mail 01, mail 02''), ''mail'', ''7 days'', 1)', 'false true']]);

-- Control charts.
SELECT (cx.xmr_limits(cx.xmr_agg('2026-01-01Z', 5))).*;
SELECT cx.xmr_agg(at, value) FROM (VALUES ('2026-01-02Z'::timestamptz, 2), ('2026-01-01Z', 3), ('2026-01-02Z', 1), (NULL, 7), ('2026-01-03Z', NULL), ('2026-01-01 00:00:00.25Z', '-0')) v (at, value);
SELECT value, signals FROM (SELECT cx.xmr_agg('2026-01-01Z'::timestamptz + n * interval '1 day', v) AS c FROM unnest('{0,0,0,0,0,0,0,0,10}'::float8[]) WITH ORDINALITY u (v, n)) s, cx.xmr_points(c);
SELECT * FROM pg_temp.failures(ARRAY[
	['SELECT cx.xmr_agg(NULL, 1)', NULL],
	['SELECT cx.xmr_agg(''infinity'', 1)', '22008: time of a point must be finite'],
	['SELECT cx.xmr_agg(''2026-01-01Z'', ''NaN'')', '22003: value of a point must be finite | It is NaN.'],
	['SELECT cx.xmr_limits(cx.xmr_agg(''2026-01-01Z'', x)) FROM (VALUES (1e308), (-1e308), (1.5e308)) v (x)', '22003: value out of range: overflow'],
	['SELECT cx.xmr_limits(cx.xmr_agg(''2026-01-01Z'', 1), ''mode'')', '22023: unknown method of control limits: "mode"'],
	['SELECT p FROM (SELECT cx.xmr_agg(''2026-01-01Z'', 1) AS c) c, cx.xmr_points(c, run_length => 1) p', '22023: run_length must be at least 2 | It is 1.'],
	['SELECT p FROM (SELECT cx.xmr_agg(''2026-01-01Z'', 1) AS c) c, cx.xmr_points(c, trend_length => 0) p', '22023: trend_length must be at least 2 | It is 0.'],
	['SELECT cx.rollup(NULL::cx.xmr_summary)', NULL],
	-- equal values speak for nothing, whatever their binary digits
	['SELECT count(*) FROM (SELECT cx.xmr_agg(''2026-01-01Z'', 0.1) AS c FROM generate_series(1, 30)) s, cx.xmr_points(c) WHERE signals <> ''{}''', '0'],
	['SELECT ''{"points": []}''::cx.xmr_summary', '22P02: invalid input syntax for type xmr_summary | Key "points" must have elements.'],
	['SELECT ''{"points": [["2026-01-01T00:00:00Z"]]}''::cx.xmr_summary', '22P02: invalid input syntax for type xmr_summary | Element 2 of an array must be a number in the range of double precision.'],
	['SELECT ''{"points": [["2026-01-01T00:00:00Z", 1, 2]]}''::cx.xmr_summary', '22P02: invalid input syntax for type xmr_summary | A point must have a time and a value.'],
	['SELECT ''{"points": [["soon", 1]]}''::cx.xmr_summary', '22P02: invalid input syntax for type xmr_summary | A time looks like 2026-01-05T09:30:00+00:00.'],
	['SELECT ''{"points": [1]}''::cx.xmr_summary', '22P02: invalid input syntax for type xmr_summary | Element 1 of an array must be an array.'],
	['SELECT ''[]''::cx.xmr_summary', '22P02: invalid input syntax for type xmr_summary | The text must be a JSON object.']]);

-- Shares and differences.
SELECT * FROM pg_temp.failures(ARRAY[
	['SELECT cx.proportion(0, 0)', '(,,)'],
	['SELECT cx.proportion(NULL, 1)', NULL],
	['SELECT cx.proportion(2, 1)', '22023: number of successes must be between 0 and the number of trials | There are 2 of 1.'],
	['SELECT cx.proportion(-1, 1)', '22023: number of successes must be between 0 and the number of trials | There are -1 of 1.'],
	['SELECT cx.proportion(1, 2, 0)', '22023: confidence must be between 0 and 1 | It is 0.'],
	['SELECT cx.mean_difference(29, 5, 4, 100, 3, 4)', '(2,,,)'],
	['SELECT (cx.mean_difference(50, 5, 8, 50, 3, 17)).standard_error', '0.7071067811865476'],
	['SELECT cx.mean_difference(50, 5, NULL, 50, 3, 17)', NULL],
	['SELECT cx.mean_difference(0, 5, 1, 50, 3, 17)', '22023: no sample has this count, mean and variance | They are 0, 5 and 1.'],
	['SELECT cx.mean_difference(50, 5, 1, 50, 3, -1)', '22023: no sample has this count, mean and variance | They are 50, 3 and -1.'],
	['SELECT cx.mean_difference(50, 1e308, 1, 50, -1e308, 1)', '22003: value out of range: overflow']]);
