--
-- The comparisons themselves: each kind of difference that they are there to find is found.
--
\ir lib/begin.sql

CREATE TABLE profile OF oracle.profile;
INSERT INTO profile SELECT * FROM oracle.profiles(:seed, 200) WHERE touches > 0;
CALL oracle.make('profile');
CREATE TABLE truth AS SELECT * FROM oracle.numbered('TABLE touch');
CREATE TABLE right_answer AS SELECT * FROM journey;

-- wrong truths
CALL oracle.check_journeys('a touch missing', 'TABLE journey', 'SELECT * FROM touch OFFSET 1');
CALL oracle.check_journeys('a touch too many', 'TABLE journey', 'TABLE touch UNION ALL (TABLE touch LIMIT 1)');
CALL oracle.check_journeys('a journey missing', 'TABLE journey OFFSET 1', 'TABLE touch');
CALL oracle.check_journeys('a journey too many', 'TABLE journey UNION ALL SELECT 0, ''[{"at": "2026-01-05T09:30:00Z", "touchpoint": "a"}]''', 'TABLE touch');
CALL oracle.check_journeys('NULL for an empty journey', 'TABLE journey UNION ALL SELECT 0, NULL', 'TABLE touch');
SELECT format('CALL oracle.check_journeys(%L, %L, %L)', 'another ' || field, 'TABLE journey', 'SELECT id, ' ||
	(SELECT string_agg(CASE WHEN f = field THEN change ELSE f END, ', ' ORDER BY o)
	FROM unnest('{at,touchpoint,channel,team,attrs,value,lasted,ref}'::text[]) WITH ORDINALITY u (f, o)) || ' FROM touch')
FROM (VALUES ('at', 'CASE WHEN id = ''7'' THEN at + interval ''1 microsecond'' ELSE at END'), ('touchpoint', 'CASE WHEN id = ''7'' THEN touchpoint || '' '' ELSE touchpoint END'),
	('channel', 'nullif(channel, ''label0'')'), ('team', 'nullif(team, ''label0'')'), ('attrs', 'nullif(attrs, ''{}'')'), ('value', 'nullif(value, 0)'),
	('lasted', 'lasted + 1'), ('ref', 'ref # 1')) s (field, change)
\gexec
CALL oracle.check_rows('negative zero', 'SELECT ''0''::float8', 'SELECT ''-0''::float8');
CALL oracle.check_rows('a row twice', 'VALUES (1), (1)', 'VALUES (1)');
CALL oracle.check_rows('nothing where something was expected', 'SELECT 1 WHERE false', 'SELECT 1');
CALL oracle.check_plan('another plan', 'TABLE journey', 'right_answer', 'Gather');
CALL oracle.check_plan('another journey', 'SELECT id, cx.head(journey, 3) FROM journey', 'right_answer');
CALL oracle.check_plan('other journeys', 'TABLE journey OFFSET 1', 'right_answer');

CREATE TABLE found AS SELECT number, what, differences FROM oracle.result;
DELETE FROM oracle.result;
CALL oracle.check_rows('differences are found', 'SELECT what, differences > 0 FROM found', 'SELECT what, true FROM found');

-- and right ones
CALL oracle.check_journeys('no difference where there is none', 'TABLE journey', 'TABLE touch');
CALL oracle.check_plan('the same plan and journeys', 'TABLE journey', 'right_answer', 'Seq Scan');
-- the generator makes what it is for
CALL oracle.check_rows('there are equal times, duplicates, absent fields, equal attrs written differently, negative zeros, repeated refs, and both ends of time',
	'SELECT (SELECT count(*) FROM (SELECT id, at FROM raw GROUP BY id, at HAVING count(*) > 1) s) > 50,
		(SELECT count(*) FROM (SELECT touch::text FROM touch GROUP BY touch::text HAVING count(*) > 1) s) > 50,
		bool_or(channel IS NULL), bool_or(channel IS NOT NULL), bool_or(team IS NULL), bool_or(value IS NULL), bool_or(lasted IS NULL), bool_or(ref IS NULL), bool_or(attrs IS NULL),
		bool_or(attrs::text <> oracle.attrs_text(attrs)), bool_or(value::text = ''-0''), count(DISTINCT (id, ref)) < count(ref),
		min(at) = ''4714-11-24 00:00:00+00 BC'', max(at) = ''294276-12-31 23:59:59.999999+00''
	FROM raw',
	'SELECT true, true, true, true, true, true, true, true, true, true, true, true, true, true');

\ir lib/end.sql
