-- Stored bytes that no encoder wrote: cx.check says what is wrong, every
-- function reads what is good or raises XX001, and the backend lives.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
BEGIN;
-- only a superuser can, and only so, make a journey of any bytes
CREATE CAST (bytea AS cx.journey) WITHOUT FUNCTION;
CREATE FUNCTION pg_temp.hex(text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT decode(replace($1, ' ', ''), 'hex') $$;

-- One of each function and operator, on a journey called j.
CREATE TEMP TABLE calls AS SELECT call FROM unnest(ARRAY['j::text', 'j::jsonb', 'cx._journey_send(j)', 'j = ''[]''', 'j <> ''[]''', 'j < ''[]''', 'j > ''[]''', 'j <= ''[]''', 'j >= ''[]''',
	'j < sound', 'j > sound', 'sound <= j', 'cx._journey_cmp(j, sound)', 'cx._journey_cmp(j, j)', 'j = j', 'cx._journey_hash(j)', 'cx._journey_hash_extended(j, 1)', 'cx.touch_count(j)', 'cx.started_at(j)', 'cx.ended_at(j)', 'cx.duration(j)', 'cx.duration_seconds(j)', 'cx.touchpoints(j)',
	'cx.channels(j)', 'cx.teams(j)', 'cx.first_touchpoint(j)', 'cx.last_touchpoint(j)', 'cx.path(j)', 'cx.path(j, ''{channels,collapse,unique,last 2}'')', '(SELECT string_agg(t::text, '' '') FROM cx.touches(j) t)', 'cx.head(j, 1)', 'cx.tail(j, 1)', 'cx.slice(j, ''2026-01-01Z'', NULL)', 'cx.collapse(j)',
	'cx.dedupe(j)', 'cx.truncate(j, 1)', 'cx.rename(j, ''{a}'', ''{z}'')', 'cx.by_channel(j)', 'cx.by_team(j)', 'cx.by_attr(j, ''k'')', '(SELECT string_agg(t::text, '' '') FROM cx.split(j, ''channel'') t)', '(SELECT string_agg(t::text, '' '') FROM cx.split(j, ''k'') t)', '(SELECT string_agg(t::text, '' '') FROM cx.sessions(j, ''1 minute'') t)',
	'j || sound', 'sound || j', 'j - sound', 'sound - j', 'cx.merge(j, sound)', 'cx.merge(sound, j)', 'cx.without(j, ''{1}'')', 'cx.journey_agg(j)', 'cx._bytes(j)', 'cx.check(j)']) AS call;
CREATE TEMP TABLE sound AS SELECT '[{"at": "2026-01-05T09:30:00Z", "touchpoint": "a", "channel": "b", "team": "c", "value": 0.1, "lasted": 2, "ref": 3, "attrs": {"k": "v"}}, {"at": "2026-01-05T09:30:01Z", "touchpoint": "a"}]'::cx.journey AS sound;
-- The functions that fail otherwise than they should: not at all is right, and XX001 is.
CREATE FUNCTION pg_temp.misbehaved(bytes bytea) RETURNS TABLE (call text, got text) LANGUAGE plpgsql AS $$
BEGIN
	FOR call IN SELECT calls.call FROM calls LOOP
		BEGIN
			EXECUTE format('SELECT (%s)::text FROM (SELECT $1::cx.journey AS j, sound FROM sound) AS s' || CASE WHEN call LIKE 'cx.journey\_agg%' THEN ' GROUP BY sound' ELSE '' END, call) INTO got USING bytes;
		EXCEPTION WHEN data_corrupted THEN
			CONTINUE WHEN call NOT IN ('cx._bytes(j)', 'cx.check(j)') AND SQLERRM ~ '^(stored journey is corrupted|unsupported journey format version)';
			got := SQLSTATE || ': ' || SQLERRM;
			RETURN NEXT;
		WHEN OTHERS THEN
			got := SQLSTATE || ': ' || SQLERRM;
			RETURN NEXT;
		END;
	END LOOP;
END $$;

-- Touches a at 0 and b at 5 µs are 01 00 00 03 | 02 02 02 02 | first time | 01 01 | a b | 02 | 28.
CREATE TEMP TABLE damages AS SELECT row_number() OVER () AS n, what, pg_temp.hex(bytes) AS bytes FROM (VALUES
	('as it should be', '01 00 00 03  02 02 02 02  0000000000000000  01 01  6162  02  28'),
	('no bytes', ''), ('3 bytes', '01 00 00'), ('counts cut off', '01 00 00 00  00 00 00'), ('first time cut off', '01 00 00 00  00 00 00 00  00000000000000'), ('counts of 4 bytes cut off', '01 00 02 00  01 00 00 00  01 00 00 00  01'),
	('version 0', '00 00 00 03  02 02 02 02  0000000000000000  01 01  6162  02  28'), ('version 2', '02 00 00 03  02 02 02 02  0000000000000000  01 01  6162  02  28'), ('version 255', 'ff ff ff ff'),
	('unknown flag 40', '01 40 00 03  02 02 02 02  0000000000000000  01 01  6162  02  28'), ('unknown flag 80', '01 80 00 03  02 02 02 02  0000000000000000  01 01  6162  02  28'),
	('unknown shape 40', '01 00 40 03  02 02 02 02  0000000000000000  01 01  6162  02  28'), ('unknown shape 80', '01 00 80 03  02 02 02 02  0000000000000000  01 01  6162  02  28'), ('count size 3', '01 00 03 03  02 02 02 02  0000000000000000  01 01  6162  02  28'),
	('unit 6', '01 00 30 03  02 02 02 02  0000000000000000  01 01  6162  02  28'), ('unit 7', '01 00 38 03  02 02 02 02  0000000000000000  01 01  6162  02  28'), ('time width 65', '01 00 00 41  02 02 02 02  0000000000000000  01 01  6162  02  28'),
	('4194305 touches', '01 00 02 00  01004000 01000000 01000000 01000000  0000000000000000  01  61'), ('4294967295 touches', '01 00 02 00  ffffffff 01000000 01000000 01000000  0000000000000000  01  61'),
	('more symbols than touches', '01 00 00 00  01 02 02 02  0000000000000000  01 01  6162'), ('no symbols', '01 00 00 00  01 00 01 01  0000000000000000  01  61'), ('symbols without touches', '01 00 00 00  00 01 01 01  0000000000000000  01  61'),
	('no labels', '01 00 00 00  01 01 00 00  0000000000000000'), ('labels without touches', '01 00 00 00  00 00 01 01  0000000000000000  01  61'), ('5 labels of one symbol', '01 07 00 00  01 01 05 05  0000000000000000  01 01 01 01 01  6162636465  00 00 00 00'),
	('2 labels of one symbol', '01 00 00 00  01 01 02 02  0000000000000000  01 01  6162'), ('label bytes without labels', '01 00 00 00  00 00 00 01  0000000000000000  61'),
	('first time -infinity', '01 00 28 00  01 01 01 01  0000000000000080  01  61'), ('first time infinity', '01 00 28 00  01 01 01 01  ffffffffffffff7f  01  61'),
	('lengths cut off', '01 00 00 03  02 02 02 02  0000000000000000  01'), ('labels cut off', '01 00 00 03  02 02 02 02  0000000000000000  01 01  61'), ('label bytes 4294967295', '01 00 02 00  01000000 01000000 01000000 ffffffff  0000000000000000  01  61'),
	('lengths too short', '01 00 00 03  02 02 02 02  0000000000000000  01 00  6162  02  28'), ('lengths too long', '01 00 00 03  02 02 02 02  0000000000000000  01 ff  6162  02  28'),
	('symbol column cut off', '01 00 00 03  02 02 02 02  0000000000000000  01 01  6162'), ('time column cut off', '01 00 00 03  02 02 02 02  0000000000000000  01 01  6162  02'), ('a byte too many', '01 00 00 03  02 02 02 02  0000000000000000  01 01  6162  02  28 00'),
	('table cut off', '01 01 28 00  01 01 02 02  0000000000000000  01 01  6162  00'), ('table without touchpoints', '01 01 28 00  01 01 02 02  0000000000000000  01 01  6162'),
	('symbol 3 of 3', '01 00 00 03  03 03 03 03  0000000000000000  01 01 01  616263  3c  0000'), ('touchpoint 3 of 3', '01 01 28 00  01 01 03 03  0000000000000000  01 01 01  616263  03 03'), ('channel 3 of 2', '01 01 28 00  01 01 02 02  0000000000000000  01 01  6162  00 03'),
	('offset beyond all time', '01 00 28 40  01 01 01 01  0000000000000000  01  61  ffffffffffffffff'), ('offset before the first', '01 00 00 40  01 01 01 01  0000000000000000  01  61  ffffffffffffffff'), ('offset that overflows', '01 00 28 40  01 01 01 01  0000000000000000  01  61  0000000000000080'),
	('value header cut off', '01 08 28 00  01 01 01 01  0000000000000000  01  61  01'), ('value base cut off', '01 08 28 00  01 01 01 01  0000000000000000  01  61  01 00 0f000000000000'), ('value numbers cut off', '01 08 28 00  01 01 01 01  0000000000000000  01  61  01 08 0f00000000000000'),
	('value presence cut off', '01 08 28 00  01 01 01 01  0000000000000000  01  61  41 00 0f00000000000000'), ('value of 16 digits', '01 08 28 00  01 01 01 01  0000000000000000  01  61  10 00 0f00000000000000'), ('value form 20', '01 08 28 00  01 01 01 01  0000000000000000  01  61  21 00 0f00000000000000'),
	('value width 65', '01 08 28 00  01 01 01 01  0000000000000000  01  61  01 41 0f00000000000000 ffffffffffffffffff'), ('raw value with digits', '01 08 28 00  01 01 01 01  0000000000000000  01  61  81 40 ffffffffffffff3f'), ('raw value of 63 bits', '01 08 28 00  01 01 01 01  0000000000000000  01  61  80 3f ffffffffffffff3f'),
	('presence beyond the touches', '01 08 28 00  01 01 01 01  0000000000000000  01  61  41 00 0f00000000000000 02'), ('value NaN', '01 08 28 00  01 01 01 01  0000000000000000  01  61  80 40 000000000000f87f'), ('value infinity', '01 08 28 00  01 01 01 01  0000000000000000  01  61  80 40 000000000000f07f'),
	('lasted negative', '01 10 28 00  01 01 01 01  0000000000000000  01  61  00 00 ffffffffffffffff'), ('lasted too long', '01 10 28 00  01 01 01 01  0000000000000000  01  61  00 00 f853e3a59bc42000'), ('lasted too many days', '01 10 28 00  01 01 01 01  0000000000000000  01  61  04 00 0000000000000001'),
	('lasted in unit 5', '01 10 28 00  01 01 01 01  0000000000000000  01  61  05 00 0100000000000000'), ('raw lasted', '01 10 28 00  01 01 01 01  0000000000000000  01  61  80 40 0100000000000000'), ('ref with a scale', '01 20 28 00  01 01 01 01  0000000000000000  01  61  01 00 0100000000000000'), ('raw ref', '01 20 28 00  01 01 01 01  0000000000000000  01  61  80 40 0100000000000000'),
	('ref cut off', '01 20 28 00  01 01 01 01  0000000000000000  01  61  00'), ('empty label', '01 00 28 00  01 01 01 00  0000000000000000  00'), ('label with half a character', '01 00 28 00  01 01 01 01  0000000000000000  01  c3'), ('label with NUL', '01 00 28 00  01 01 01 01  0000000000000000  01  00'),
	('touchpoint of 256 bytes', '01 00 2d 00  0100 0100 0100 0001  0000000000000000  0001' || repeat('61', 256)), ('attrs not JSON', '01 04 28 00  01 01 02 02  0000000000000000  01 01  6162  00 02'), ('attrs nested', '01 04 28 00  01 01 02 0a  0000000000000000  01 09  61' || encode('{"k": []}', 'hex') || '00 02'),
	('attrs with \u0000', '01 04 28 00  01 01 02 10  0000000000000000  01 0f  61' || encode('{"k": "\\u0000"}', 'hex') || '00 02'),
	('attrs a number', '01 04 28 00  01 01 02 02  0000000000000000  01 01  3161  01 01'), ('attrs not canonical', '01 04 28 00  01 01 02 0a  0000000000000000  01 09  61' || encode('{"k": 1 }', 'hex') || '00 02'),
	('attrs with a huge number', '01 04 28 00  01 01 02 0f  0000000000000000  01 0e  61' || encode('{"k": 1e99999}', 'hex') || '00 02'),
	('attrs with an endless number', '01 04 2d 00  0100 0100 0200 3823  0000000000000000  0100 3723  61' || encode('{"n": 1.' || repeat('1', 9000)::bytea || 'e-9000}', 'hex') || '00 02'),
	('attrs too deep', '01 04 2d 00  0100 0100 0200 61ea  0000000000000000  01 00 60 ea  61' || repeat('5b', 60000) || '00 02'),
	('labels not sorted', '01 00 00 03  02 02 02 02  0000000000000000  01 01  6261  02  28'), ('a label twice', '01 00 00 03  02 02 02 02  0000000000000000  01 01  6161  02  28'), ('an unused label', '01 01 28 00  01 01 03 03  0000000000000000  01 01 01  616263  00 02'),
	('an unused symbol', '01 00 00 03  02 02 02 02  0000000000000000  01 01  6162  00  28'), ('touches not sorted', '01 00 00 03  02 02 02 02  0000000000000000  01 01  6162  02  05'), ('ties not sorted', '01 00 28 00  02 02 02 02  0000000000000000  01 01  6162  01'),
	('time width not least', '01 00 00 04  02 02 02 02  0000000000000000  01 01  6162  02  50'), ('unit not largest', '01 00 00 0a  02 02 02 02  0000000000000000  01 01  6162  02  00a00f'), ('first not the first', '01 00 28 01  01 01 01 01  0000000000000000  01  61  01'),
	('spare bits not zero', '01 00 00 03  02 02 02 02  0000000000000000  01 01  6162  82  28'), ('counts of 2 bytes', '01 00 01 03  0200 0200 0200 0200  0000000000000000  01 01  6162  02  28'), ('lengths of 2 bytes', '01 00 04 03  02 02 02 02  0000000000000000  0100 0100  6162  02  28'),
	('channel flag without channels', '01 01 28 00  01 01 01 01  0000000000000000  01  61  00'), ('value flag without values', '01 08 28 00  01 01 01 01  0000000000000000  01  61  40 00 0000000000000000 00'), ('raw value 1.5', '01 08 28 00  01 01 01 01  0000000000000000  01  61  80 40 000000000000f83f'),
	('value of too many digits', '01 08 28 00  01 01 01 01  0000000000000000  01  61  02 00 9600000000000000'), ('value -0', '01 08 28 00  01 01 01 01  0000000000000000  01  61  80 40 0000000000000080'), ('sparse without gaps', '01 08 28 00  01 01 01 01  0000000000000000  01  61  41 00 0f00000000000000 01'),
	('lasted unit not largest', '01 10 28 00  01 01 01 01  0000000000000000  01  61  00 00 e803000000000000'), ('empty with a first time', '01 00 00 00  00 00 00 00  0100000000000000')
) AS v (what, bytes);
SELECT what, pg_temp.outcome(format('SELECT cx.check(%L::bytea::cx.journey)', bytes)) AS problem FROM damages ORDER BY n;
-- every call gives a result or XX001
SELECT what, m.* FROM damages, pg_temp.misbehaved(bytes) m ORDER BY n, call COLLATE "C";
-- where opening finds the damage, all that looks beyond the header refuses
SELECT what, pg_temp.outcome(format('SELECT %L::bytea::cx.journey::text', bytes)) AS text FROM damages WHERE n > 1 AND pg_temp.outcome(format('SELECT %L::bytea::cx.journey::text', bytes)) !~ '^\[' ORDER BY n;

-- A sound journey with any byte changed, or cut anywhere.
CREATE TEMP TABLE mutants AS SELECT n, changed, set_byte(bytes, n, changed) AS bytes FROM (SELECT cx._bytes(sound) AS bytes FROM sound) AS s, generate_series(0, octet_length(bytes) - 1) n, unnest(ARRAY[0, 1, 2, 127, 128, 255]) changed
	UNION ALL SELECT n, NULL, substr(bytes, 1, n) FROM (SELECT cx._bytes(sound) AS bytes FROM sound) AS s, generate_series(0, octet_length(bytes) - 1) n;
SELECT count(*) > 400 AS many, count(*) FILTER (WHERE cx.check(bytes::cx.journey) IS NULL) > 20 AS "some sound" FROM mutants;
SELECT m.* FROM mutants, pg_temp.misbehaved(bytes) m LIMIT 5;
-- what cx.check finds sound is: it prints, and reads back to the same bytes
SELECT n, changed FROM mutants WHERE CASE WHEN cx.check(bytes::cx.journey) IS NULL THEN cx._bytes(bytes::cx.journey::text::cx.journey) IS DISTINCT FROM bytes END;
ROLLBACK;
