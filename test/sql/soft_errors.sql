-- From PostgreSQL 16 on, bad text is reported without raising: every error of
-- the text form must be soft.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
SELECT input, pg_input_is_valid(input, 'cx.journey') AS valid, i.sql_error_code, i.message, i.detail
FROM unnest(ARRAY['[]', '[{"at": "2026-01-05T00:00:00Z", "touchpoint": "a", "value": 1, "attrs": {"k": 1.5}}]', '{}', '1', '[1]', '[[]]', '[{}]', '[{"at": "2026-01-05T00:00:00Z"}]', '[{"touchpoint": "a"}]',
	'[{"at": "now"}]', '[{"at": "2026-02-30T00:00:00Z"}]', '[{"at": 1}]', '[{"touchpoint": ""}]', '[{"touchpoint": 1}]', '[{"touchpoint": "a", "touchpoint": "b"}]', '[{"step": 1}]', '[{"value": 1e400}]', '[{"value": "1"}]',
	'[{"lasted": -1}]', '[{"lasted": 1e20000}]', '[{"ref": 1.5}]', '[{"attrs": 1}]', '[{"attrs": []}]', '[{"attrs": {"k": null}}]', '[{"attrs": {"k": {}}}]', '[{"attrs": {"k": 1e20000}}]', '[{"attrs": {"k": 1, "k": 2}}]']) AS input
	LEFT JOIN LATERAL pg_input_error_info(input, 'cx.journey') i ON true;
-- what is not JSON, by SQLSTATE
SELECT input, pg_input_is_valid(input, 'cx.journey') AS valid, (pg_input_error_info(input, 'cx.journey')).sql_error_code
FROM unnest(ARRAY['', '[', '[{]', '[] []', 'NaN', '[{"at": "2026', '[{"touchpoint": "\x"}]', '[{"touchpoint": "\u0000"}]', '[{"touchpoint": "\ud83d"}]', '[{"attrs": {"k": "\u0000"}}]']) AS input;
-- numbers too long for numeric, and labels too long
SELECT left(input, 30) AS input, pg_input_is_valid(input, 'cx.journey') AS valid
FROM unnest(ARRAY['[{"attrs": {"k": 1.' || repeat('1', 9000) || 'e-9000}}]', '[{"touchpoint": "' || repeat('x', 256) || '"}]', '[{"attrs": {"k": "' || repeat('x', 65527) || '"}}]']) AS input;
-- summaries, by SQLSTATE
SELECT input, pg_input_is_valid(input, 'cx.funnel_summary') AS valid, (pg_input_error_info(input, 'cx.funnel_summary')).sql_error_code
FROM unnest(ARRAY['{"steps": ["a"], "mode": [], "journeys": 1, "reached": [1], "pending": [0], "from_previous": [[]], "from_start": [[]]}', '', '[]', '{}', '{"steps": ["\u0000"]}', '{"steps": [1]}', '{"steps": ["a ->"], "mode": []}', '{"steps": ["a"], "mode": ["strict"]}',
	'{"steps": ["a"], "mode": [], "within": "soon"}', '{"steps": ["a"], "mode": [], "within": "-1 day"}', '{"steps": ["a"], "mode": [], "journeys": 0}', '{"steps": ["a"], "mode": [], "journeys": 1, "reached": [2], "pending": [0], "from_previous": [[]], "from_start": [[]]}',
	'{"steps": ["a", "b"], "mode": [], "journeys": 1, "reached": [1, 1], "pending": [0, 0], "from_previous": [[], [1, 9223372036854775807, 1, 1]], "from_start": [[], [1, 1]]}']) AS input;
