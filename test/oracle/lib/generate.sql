--
-- Seeded random touches, rich in what breaks things: equal times, exact duplicates, absent fields, equal attrs
-- written differently, negative zero, repeated and extreme refs, labels that need quoting, and times from 4714 BC
-- to 294276 AD in one journey.
--
-- Everything is a function of (seed, number), so that a case can be made again on its own, in any order, in
-- parallel, on any server.
--

-- A number from 0 to sides - 1.
CREATE FUNCTION oracle.dice(seed bigint, n bigint, topic text, sides bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashtextextended(topic, hashint8extended(n, seed)) & 9223372036854775807) % sides;

-- Label number k, 1 to 255 bytes; different numbers give different labels.
CREATE FUNCTION oracle.label(k bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE k % 16
	WHEN 5 THEN 'support.billing.refund' || k
	WHEN 6 THEN 'a.' || k || '.c.d'
	WHEN 7 THEN 'it''s "' || k || '" \ / \u0041'
	WHEN 8 THEN 'Größe → 顧客 😀 ' || k
	WHEN 9 THEN E'\x01\x02\t\r\n\x7f\x1b' || k
	WHEN 10 THEN '.' || k || '..'
	WHEN 11 THEN repeat('x', 255 - length(k::text)) || k
	WHEN 12 THEN repeat('é', 124) || k
	WHEN 13 THEN ' > ' || k || ' > '
	WHEN 14 THEN '{"b": "' || k || '"}'
	WHEN 15 THEN 'Label_' || k
	ELSE 'label' || k
END;

-- Attrs number k; the variants are equal as jsonb but written differently.
CREATE FUNCTION oracle.attrs(k bigint, variant bigint) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE k % 8
	WHEN 0 THEN CASE variant
		WHEN 0 THEN '{"a": 1.0, "b": "' || k || '"}'
		WHEN 1 THEN '{"b":"' || k || '","a":1}'
		ELSE '{"a" : 100e-2, "b" : "' || k || '"}' END
	WHEN 1 THEN CASE variant
		WHEN 0 THEN '{"device": "ios", "reason": "refund ' || k || '"}'
		ELSE '{"reason": "refund ' || k || '", "device": "\u0069os"}' END
	WHEN 2 THEN '{}'
	WHEN 3 THEN CASE variant
		WHEN 0 THEN '{"z": true, "a_long_key_' || k || '": false, "n": -0.0}'
		ELSE '{"n": 0, "a_long_key_' || k || '": false, "z": true}' END
	WHEN 4 THEN CASE variant
		WHEN 0 THEN '{"x": 1e20, "case": ' || k || '}'
		WHEN 1 THEN '{"x": 100000000000000000000, "case": ' || k || '.000}'
		ELSE '{"case": ' || k || 'E0, "x": 100000000000000000000.00}' END
	WHEN 5 THEN CASE variant
		WHEN 0 THEN '{"": "", "ключ": "\u0007\"\\\/\u00e9 ' || k || '"}'
		ELSE '{"ключ": "\u0007\u0022\u005c/é ' || k || '", "": ""}' END
	WHEN 6 THEN CASE variant
		WHEN 0 THEN '{"v": -0.10, "b": "x", "case": "' || k || '"}'
		ELSE '{"case": "' || k || '", "v": -1e-1, "b": "x"}' END
	ELSE CASE variant
		WHEN 0 THEN '{"t": 0.00150, "case": "c' || k || '", "b": false}'
		ELSE '{"t": 1.5E-3, "b": false, "case": "c' || k || '"}' END
END::jsonb;

-- The time that lies some days and microseconds after 2000 began, exactly, in a session whose zone is UTC.
CREATE FUNCTION oracle.moment(days bigint, microseconds bigint) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN timestamptz '2000-01-01 00:00:00+00' + make_interval(days => days::int)
	+ microseconds * interval '1 microsecond';

CREATE FUNCTION oracle.random_at(mode text, seed bigint, n bigint) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE mode
	WHEN 'same' THEN oracle.moment(9500, 1)
	WHEN 'tied' THEN oracle.moment(9500 + oracle.dice(seed, n, 'at', 4), 0)
	WHEN 'us' THEN oracle.moment(9500, oracle.dice(seed, n, 'at', 86400000000))
	WHEN 'ms' THEN oracle.moment(9500, 1000 * oracle.dice(seed, n, 'at', 10000000))
	WHEN 's' THEN oracle.moment(9500, 1000000 * oracle.dice(seed, n, 'at', 3000))
	WHEN 'min' THEN oracle.moment(9500, 60000000 * oracle.dice(seed, n, 'at', 1440))
	WHEN 'h' THEN oracle.moment(9500, 3600000000 * oracle.dice(seed, n, 'at', 500))
	WHEN 'day' THEN oracle.moment(-2000 + oracle.dice(seed, n, 'at', 5000), 7)
	ELSE CASE oracle.dice(seed, n, 'edge', 12)
		WHEN 0 THEN timestamptz '4714-11-24 00:00:00+00 BC'
		WHEN 1 THEN timestamptz '294276-12-31 23:59:59.999999+00'
		WHEN 2 THEN timestamptz '4713-01-01 00:00:00+00 BC'
		WHEN 3 THEN timestamptz '0001-12-31 23:59:59.5+00 BC'
		WHEN 4 THEN timestamptz '1999-12-31 23:59:59.999999+00'
		ELSE oracle.moment(oracle.dice(seed, n, 'at', 109203528) - 2451545, oracle.dice(seed, n, 'us', 86400000000))
	END
END;

CREATE FUNCTION oracle.random_value(mode text, seed bigint, n bigint) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE mode
	WHEN 'whole' THEN (oracle.dice(seed, n, 'value', 2000) - 1000)::float8
	WHEN 'cents' THEN oracle.dice(seed, n, 'value', 1000000) / 100.0::float8
	WHEN 'large' THEN oracle.dice(seed, n, 'value', 9223372036854775807)::float8
	WHEN 'zero' THEN CASE oracle.dice(seed, n, 'value', 2) WHEN 0 THEN '-0'::float8 ELSE '0'::float8 END
	WHEN 'raw' THEN exp(oracle.dice(seed, n, 'value', 1400000) / 1000.0::float8 - 700)
		* CASE oracle.dice(seed, n, 'sign', 2) WHEN 0 THEN -1 ELSE 1 END
	ELSE CASE oracle.dice(seed, n, 'value', 14)
		WHEN 0 THEN '-0'::float8
		WHEN 1 THEN 0
		WHEN 2 THEN '5e-324'::float8
		WHEN 3 THEN '-1.7976931348623157e308'::float8
		WHEN 4 THEN '1.7976931348623157e308'::float8
		WHEN 5 THEN 0.1::float8 + 0.2::float8
		WHEN 6 THEN 9007199254740993
		WHEN 7 THEN -9007199254740992
		WHEN 8 THEN 1e15
		WHEN 9 THEN 1e-7
		WHEN 10 THEN 123456.789
		WHEN 11 THEN '2.2250738585072014e-308'::float8
		WHEN 12 THEN -1.5
		ELSE oracle.dice(seed, n, 'unit', 10)
	END
END;

CREATE FUNCTION oracle.random_lasted(mode text, seed bigint, n bigint) RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE mode
	WHEN 'seconds' THEN oracle.dice(seed, n, 'lasted', 5000) * interval '1 second'
	WHEN 'days' THEN oracle.dice(seed, n, 'lasted', 50) * interval '1 day'
	WHEN 'parts' THEN oracle.dice(seed, n, 'lasted', 90000000) * interval '100 microseconds'
	ELSE CASE oracle.dice(seed, n, 'lasted', 8)
		WHEN 0 THEN interval '0'
		WHEN 1 THEN interval '499 microseconds'
		WHEN 2 THEN interval '500 microseconds'
		WHEN 3 THEN interval '2 days -24 hours'
		WHEN 4 THEN interval '100000000 days'
		WHEN 5 THEN interval '0.001 seconds'
		WHEN 6 THEN interval '7 minutes'
		ELSE oracle.dice(seed, n, 'unit', 4000000000) * interval '1 microsecond'
	END
END;

CREATE FUNCTION oracle.random_ref(mode text, seed bigint, n bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE mode
	WHEN 'serial' THEN 1000000 + n
	WHEN 'repeated' THEN oracle.dice(seed, n, 'ref', 6) - 3
	ELSE CASE oracle.dice(seed, n, 'ref', 5)
		WHEN 0 THEN -9223372036854775808
		WHEN 1 THEN 9223372036854775807
		WHEN 2 THEN -1
		ELSE oracle.dice(seed, n, 'any', 9223372036854775807) - 4611686018427387904
	END
END;

-- What the touches of one journey look like.
CREATE TYPE oracle.profile AS (
	id bigint,
	seed bigint,
	touches bigint,
	labels bigint,		-- distinct ones at most
	first_label bigint,
	fields int,			-- which optional fields there are at all: bits 0 to 5 for channel, team, value, lasted, ref, attrs
	sparse int,			-- the same bits: half of the touches do not have it
	repeats bigint,		-- one touch in so many repeats another; 0 for none
	times text,
	"values" text,
	durations text,
	refs text
);

-- Profiles 1 to count, most of them small; sizes up to most.
CREATE FUNCTION oracle.profiles(seed bigint, count bigint, most bigint DEFAULT 400) RETURNS SETOF oracle.profile
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT id, seed * 1000003 + id,
		CASE
			WHEN size < 4 THEN 0
			WHEN size < 14 THEN 1
			WHEN size < 55 THEN 2 + oracle.dice(seed, id, 'touches', 6)
			WHEN size < 90 THEN oracle.dice(seed, id, 'touches', 40)
			WHEN size < 98 THEN oracle.dice(seed, id, 'touches', 150)
			ELSE oracle.dice(seed, id, 'touches', most)
		END,
		(ARRAY[1, 2, 3, 16, 16, 40, 300, 5000])[1 + oracle.dice(seed, id, 'labels', 8)],
		CASE oracle.dice(seed, id, 'first', 3) WHEN 0 THEN 0 ELSE oracle.dice(seed, id, 'label', 20000) END,
		oracle.dice(seed, id, 'fields', 64)::int,
		oracle.dice(seed, id, 'sparse', 64)::int,
		(ARRAY[0, 3, 10])[1 + oracle.dice(seed, id, 'repeats', 3)],
		(ARRAY['same', 'tied', 'tied', 'us', 'ms', 's', 'min', 'h', 'day', 'all'])[1 + oracle.dice(seed, id, 'times', 10)],
		(ARRAY['whole', 'cents', 'large', 'zero', 'raw', 'mixed'])[1 + oracle.dice(seed, id, 'values', 6)],
		(ARRAY['seconds', 'days', 'parts', 'mixed'])[1 + oracle.dice(seed, id, 'durations', 4)],
		(ARRAY['serial', 'repeated', 'mixed'])[1 + oracle.dice(seed, id, 'refs', 3)]
	FROM generate_series(1, count) id, LATERAL (SELECT oracle.dice(seed, id, 'size', 100)) s(size);
END;

CREATE FUNCTION oracle.profile_has(p oracle.profile, field int, n bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (p.fields >> field) & 1 = 1
	AND ((p.sparse >> field) & 1 = 0 OR oracle.dice(p.seed, n, 'has', 64) & (1 << field) = 0);

-- The rows of a profile as a user would have them, n from 1.
CREATE FUNCTION oracle.rows(p oracle.profile)
RETURNS TABLE (id bigint, n bigint, at timestamptz, touchpoint text, channel text, team text, value float8,
	lasted interval, ref bigint, attrs jsonb)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT p.id, row,
		oracle.random_at(p.times, p.seed, n),
		oracle.label(p.first_label + oracle.dice(p.seed, n, 'touchpoint', p.labels)),
		CASE WHEN oracle.profile_has(p, 0, n) THEN oracle.label(oracle.dice(p.seed, n, 'channel', least(p.labels, 20))) END,
		CASE WHEN oracle.profile_has(p, 1, n) THEN oracle.label(oracle.dice(p.seed, n, 'team', p.labels)) END,
		CASE WHEN oracle.profile_has(p, 2, n) THEN oracle.random_value(p.values, p.seed, n) END,
		CASE WHEN oracle.profile_has(p, 3, n) THEN oracle.random_lasted(p.durations, p.seed, n) END,
		CASE WHEN oracle.profile_has(p, 4, n) THEN oracle.random_ref(p.refs, p.seed, n) END,
		CASE WHEN oracle.profile_has(p, 5, n) THEN
			oracle.attrs(oracle.dice(p.seed, n, 'attrs', least(p.labels, 40)), oracle.dice(p.seed, row, 'variant', 3)) END
	FROM generate_series(1, p.touches) row,
		LATERAL (SELECT CASE WHEN p.repeats > 0 AND oracle.dice(p.seed, row, 'repeat', greatest(p.repeats, 1)) = 0
			THEN 1 + oracle.dice(p.seed, row, 'of', p.touches) ELSE row END) s(n);
END;
