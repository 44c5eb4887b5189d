--
-- Selectors, patterns and steps of funnels that the fuzzer starts from, how more of them are made, and what must be true
-- of those that are accepted.
--

-- Every construct once, then what is large or at a limit.
INSERT INTO seed (type, value)
SELECT 'cx.selector', value FROM unnest(ARRAY['a', 'a.b', '*', '**', 'a.*', 'a.**', '*.b', '**.c', 'a.**.c', '"support call"', '"a""b"', '"support call".*', '"".*', '*."-"', '"a..b"', '"within"', '"within.x"', '-a', ':/-_', 'größe',
	'@web', 'a@app.*', '#care', '#"team 1"', 'a@web#care', '*@**', '[value >= 1]', 'a[value = -1.50e-3]', '*[lasted > 1 minute 30 seconds]', 'a[k = "x"]', 'a[k < "say ""hi"""]', 'a[n != 1.50]', 'a[f = true]', 'a[f <> false]', '"value"["value" = 1]', 'a[a.b = 1]', 'a["my key" = "x", value < 5, lasted <= 2 minutes]',
	'a | b', '!a', '!!a', '!(a | b)', 'a | (b | !c)', 'a[lasted <= 104166666 days]', 'a[lasted = 8999999999999999999 microseconds 1 microsecond]', 'a[lasted > 300000 days 1 microsecond]', 'a[n = 123456789012345678901234567890.5]']) AS value;
INSERT INTO seed (type, value)
SELECT 'cx.pattern'::regtype, value FROM unnest(ARRAY['a', 'a -> b', 'a => b', 'a -[<= 7 days]-> b', 'a -[> 1 hour, <= 7 days]-> b', 'a =[< 1 second]=> b', 'a -[>= 0 seconds, < 1 microsecond]-> b', 'a -[!c]-> b', 'a -[!c, !a.*, <= 1 day]-> b', 'a -[!(b | !c)]-> b',
	'a !-> b', 'a !=> b', 'a !-[<= 2 days]-> b', 'a !-[!c, > 1 hour]-> b | c', 'a -> b !=[<= 1 hour]=> c', '^a', 'a$', '^a -> b$', '^(a | b)+$', 'a+', 'a? -> b', 'a* -> b', 'a{2}', 'a{2,}', 'b -> a{0,3}', 'a{2,5}', '(a ->)+', '(a -> b ->){2,3}', '(a -[<= 1 hour, !c]->)* -> b', '((a | b) =>)+ -> c',
	'(a -> b | c)', '(a -> b) | (b -> a)', 'b -> (*)*', 'b -> (a.*)* -> c', 'b -> ((*)*)+', '(a+)+', '((a -> b ->)+ -> c ->)+', 'a -> b within 30 days', 'a | b within 1 hour', 'a -> b$ !-[<= 1 day]-> c within 1 week', '^a => b{2} -[> 1 minute]-> ("support call"@app.*#"team 1"[k = "x", value >= 1] | !c)+ !-> a within 90 minutes',
	'(a | b)* -[<= 1 day]-> a -[!c, > 1 hour]-> b within 30 days', 'a -[> 9000000000000000000 microseconds]-> b', 'a -[<= 300000 days 1 microsecond]-> b within 300000 days 1 microsecond', '(a{16} ->){16}', 'a{256}', '((a | b)? -[<= 1 hour]->){60} -> c']) AS value
UNION ALL SELECT 'cx.pattern', repeat('a? -> ', 49) || 'c'
UNION ALL SELECT 'cx.pattern', repeat('a -> b | ', 40) || 'c => a'
UNION ALL SELECT 'cx.selector', repeat('touch.' || n || ' | ', 200) || 'a' FROM generate_series(1, 2) AS n
UNION ALL SELECT 'cx.selector', repeat('a|', 16383) || 'a'
UNION ALL SELECT 'cx.pattern', repeat('(', 790) || 'a' || repeat(')', 790)
UNION ALL SELECT 'cx.pattern', repeat('(a | b -> ', 99) || 'a' || repeat(')', 99)
UNION ALL SELECT 'cx.pattern', repeat('(', 99) || '(a | b -> c)' || repeat(' ->){1}', 99)
UNION ALL SELECT 'cx.selector', repeat('!', 199) || 'a'
UNION ALL SELECT 'cx.pattern', 'a' || repeat('+', 199)
UNION ALL SELECT 'cx.pattern', 'a' || repeat('*', 198) || ' -> b'
UNION ALL SELECT 'cx.pattern', 'a -[!a' || repeat(',!b', 3000) || ']-> b';
INSERT INTO seed (type, value)
SELECT 'cx_fuzz.step', value FROM seed WHERE type = 'cx.selector'::regtype;

-- Nested as deep as a text can be: refused or not, but never more than the stack holds.
INSERT INTO seed (type, value, valid)
SELECT type, value, false FROM (VALUES ('a -[!a' || repeat(',!b', 16000) || ']-> b'), ('a' || repeat('+', 60000)), ('b -> a' || repeat(' *', 30000)), (repeat('!', 60000) || 'a'), (repeat('(', 30000) || 'a' || repeat(')', 30000)), (repeat('(a|', 13000) || 'a' || repeat(')', 13000)),
	(repeat('(a->', 10000) || 'a' || repeat(')', 10000)), ('(((a{1000}){1000}){1000}){1000}'), (repeat('"', 65535)), ('a[' || repeat('k=1,', 10000) || 'k=1]'), ('"' || repeat('a', 60000) || '".*'), (repeat('a.', 30000) || '*'), ('a[n = 0.' || repeat('0', 20000) || '1]'), ('a[n = ' || repeat('1', 300) || '.' || repeat('1', 20000) || ']'), ('a[n = 0e-99999]'),
	('a[n = 0e99999999999]'), ('a[k = "' || repeat('x', 60000) || '"]'), ('a -[<= ' || repeat('1 day ', 10000) || ']-> b'),
	('a -[> 9000000000000000000 microseconds 223372036854775776 microseconds 31 microseconds]-> b'), ('a[lasted = 99999999999999999999 days]')) AS v (value),
	unnest('{cx.selector,cx.pattern,cx_fuzz.step}'::regtype[]) AS type;

-- The grammar of src/pattern/syntax.h, and what is nearly in it.
INSERT INTO cx_fuzz.grammar (type, symbol, expansion)
SELECT type, symbol, expansion
FROM unnest('{cx.pattern,cx.selector,cx_fuzz.step}'::regtype[]) AS type, (VALUES
	('pattern', ARRAY['%alternatives%', '%alternatives%', '%sequence%', '%sequence%', '^%sequence%', '%sequence%$', '^%alternatives%$', '%sequence% %negative%', '%sequence% within %duration%', '^%sequence%$ %negative% within %duration%']),
	('selector', ARRAY['%test%', '%test%', '%test%', '!%test%', '%test% | %test%', '!(%selector%)', '(%selector%)', '%selector% | %selector%', '!%selector%']),
	('alternatives', ARRAY['%test%', '%sequence%', '%sequence% | %sequence%', '%item% | %item% | %item%', '%alternatives%|%item%']),
	('sequence', ARRAY['%test%', '%item% %link% %item%', '%item%%link%%item%', '%item% -> %item%', '%item% => %item%', '%item% %link% %sequence%']),
	('item', ARRAY['%test%', '%test%', '%test%', '%test%', '!%test%', '%test%%repeat%', '(%alternatives%)', '(%alternatives%)%repeat%', '(%sequence% %link%)%repeat%', '((%alternatives%) %link%)%repeat%', '(%item%)', '%item%%repeat%']),
	('repeat', ARRAY['+', '?', '*', ' *', '{2}', '{0,2}', '{1,}', '{2,3}', '{1,1}', '{ 0 , 1 }', '{16}', '{%number%,%number%}']),
	('link', ARRAY['->', '=>', '->', '=>', '-[%bounds%]->', '-[ %bounds% ]->', '=[%bounds%]=>']),
	('negative', ARRAY['!-> a', '!-> %selector%', '!=> %test%', '!-[%bounds%]-> %selector%', '!=[%bounds%]=> %selector%']),
	('bounds', ARRAY['<= 1 day', '%bound%', '%bound%', '%bound%, %bound%', '> %duration%, <= %duration%', '!%selector%, %bound%', '!%test%,!%test%']),
	('bound', ARRAY['<= 1 hour', '<= %duration%', '< %duration%', '>= %duration%', '> %duration%', '!%selector%', '!%test%', '! (%selector%)']),
	('duration', ARRAY['1 day', '0 seconds', '1 second', '1 hour', '90 minutes', '1 day 1 microsecond', '1.5 hours', '0.0000005 seconds', '%number% %unit%', '%number%%unit%s %number% %unit%', '%number%.%number% %unit%']),
	('unit', ARRAY['second', 'microsecond', 'millisecond', 'minute', 'hour', 'day', 'week', 'month', 'days', 'secondss']),
	('number', ARRAY['1', '0', '2', '3', '10', '256', '257', '1000', '1001', '106751991', '153722867280', '9007199254740993', '9223372036854775807', '00001', '9000000000000000000']),
	('test', ARRAY['a', 'b', 'c', '%path%', '%path%', '*', '@%path%', '#%path%', '%path%@%path%', '%path%#%path%', '@%path%#%path%', '%path%[%condition%]', '*[%condition%, %condition%]', '[%condition%]', '%path%@%path%#%path%[%condition%,%condition%]']),
	('path', ARRAY['a', 'b', '%label%', '%label%', '%label%.%label%', '%label%.*', '%label%.**', '*.%label%', '**.%label%', '%label%.**.%label%', '"%label%.%label%"', '**']),
	('label', ARRAY['a', 'b', 'c', 'web', 'app', 'ios', 'care', '"team 1"', '"support call"', '*', '**', '"a""b"', '""', '"within"', 'within', '-a', 'a-b', 'a-', ':', '_', '0', 'é', '"a.b"', '".a"', '"*"', '"]->"', '値']),
	('condition', ARRAY['value = 1', 'value %compare% %literal%', 'lasted %compare% %duration%', '%key% %compare% %literal%', '%key%%compare%%literal%', 'n %compare% %literal%', 'k %compare% "x"', 'f = true', 'f != false']),
	('compare', ARRAY['=', '!=', '<>', '<', '<=', '>', '>=', '==', '=<']),
	('key', ARRAY['k', 'n', 'f', '"k"', '"my key"', '"value"', 'a.b', 'device', 'within', 'value.x', '""', '"é"']),
	('literal', ARRAY['1', '0', '-1', '1.50', '1e0', '1E+3', '-0', '1e308', '1e-308', '1e-400', '1e309', '0e-99999', '4.9e-324', '%number%', '-%number%.%number%', '"x"', '"y"', '""', '"say ""hi"""', 'true', 'false', '123456789012345678901234567890.123456789'])
) AS rule (symbol, expansions), unnest(expansions) WITH ORDINALITY AS e (expansion, place)
-- a type's first symbol is that of its texts
ORDER BY type, symbol <> CASE type WHEN 'cx.pattern'::regtype THEN 'pattern' ELSE 'selector' END, symbol, place;

-- Properties of patterns: functions agree with one another, with the index, and with the normal form.
CREATE FUNCTION cx_fuzz.agree(j cx.journey, p cx.pattern) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
BEGIN ATOMIC
	SELECT cx_fuzz.must(j OPERATOR(cx.@@) p = has, '@@ is has')
		AND cx_fuzz.must(has = (matches > 0) AND has = (match IS NOT NULL), 'has says whether match and match_count find something')
		AND cx_fuzz.must(matches = cardinality(list) AND (matches = 0 OR list[1] OPERATOR(cx.=) match), 'matches lists what match and match_count find')
		AND cx_fuzz.must(matches = 0 OR (SELECT bool_and(cx.touch_count(m) > 0 AND (j OPERATOR(cx.-) m) OPERATOR(cx.||) m OPERATOR(cx.=) j) FROM unnest(list) AS m), 'matches consist of touches of the journey')
		AND cx_fuzz.must(state = CASE WHEN NOT has AND state <> 'pending' THEN 'no' WHEN has AND state <> 'pending' THEN 'yes' ELSE 'pending' END, 'match_state is has unless it is pending')
		AND cx_fuzz.must(matches = cx.match_count(j, p::text), 'the normal form matches the same')
	FROM (SELECT cx.has(j, p) AS has, cx.match_count(j, p) AS matches, cx.match(j, p) AS match, ARRAY(SELECT m FROM cx.matches(j, p) AS m) AS list,
		coalesce(cx.match_state(j, p, cx.ended_at(j)), CASE WHEN cx.has(j, p) THEN 'yes' ELSE 'no' END) AS state) AS s;
END;

-- Properties of selectors.
CREATE FUNCTION cx_fuzz.agree(j cx.journey, s cx.selector) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
BEGIN ATOMIC
	SELECT cx_fuzz.must(fits = cx.touch_count(filter), 'filter keeps what count counts')
		AND cx_fuzz.must(fits = cx.match_count(j, s) AND cx.has(j, s) = (fits > 0), 'a selector is a pattern')
		AND cx_fuzz.must(cx.first_at(j, s) IS NOT DISTINCT FROM cx.started_at(filter) AND cx.last_at(j, s) IS NOT DISTINCT FROM cx.ended_at(filter), 'first_at and last_at are those of filter')
		AND cx_fuzz.must(cx.nth_at(j, s, 1) IS NOT DISTINCT FROM cx.first_at(j, s) AND cx.nth_at(j, s, greatest(fits, 1)) IS NOT DISTINCT FROM CASE WHEN fits > 0 THEN cx.last_at(j, s) END, 'nth_at counts from first_at to last_at')
		AND cx_fuzz.must(length(s::text) > 10000 OR fits + cx.count(j, '!(' || s::text || ')') = cx.touch_count(j), 'a touch fits or does not')
		AND cx_fuzz.must(cx.funnel(j, ARRAY[s::text]) = (fits > 0)::int AND cx.funnel(j, ARRAY[s::text, s::text], NULL, '{once}') = least(fits, 2), 'a funnel counts what fits')
	FROM (SELECT cx.count(j, s) AS fits, cx.filter(j, s) AS filter) AS found;
END;

-- What the index finds, with the pattern known to the planner.
CREATE TABLE cx_fuzz.traveller (journey cx.journey);
CREATE INDEX ON cx_fuzz.traveller USING gin (journey);
CREATE FUNCTION cx_fuzz.by_index(p cx.pattern) RETURNS boolean LANGUAGE plpgsql STABLE STRICT SET enable_seqscan = off AS $$
DECLARE
	found bigint; holds bigint;
BEGIN
	EXECUTE 'SELECT count(*) FROM cx_fuzz.traveller WHERE journey OPERATOR(cx.@@) $1' INTO found USING p;
	EXECUTE 'SELECT count(*) FROM cx_fuzz.traveller WHERE (journey OPERATOR(cx.@@) $1) IS TRUE' INTO holds USING p;
	RETURN cx_fuzz.must(found = holds, 'the index finds what matches');
END $$;

-- Funnels of two steps, each the input or another.
CREATE FUNCTION cx_fuzz.funnel(j cx.journey, a cx_fuzz.step, b cx_fuzz.step, within interval, mode text[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
BEGIN ATOMIC
	SELECT cx_fuzz.must(reached BETWEEN 0 AND 2 AND cardinality(times) = reached, 'funnel_times has the steps that funnel counts')
		AND cx_fuzz.must(reached < 2 OR times[1] <= times[2], 'time does not decrease')
		AND cx_fuzz.must((stop = 'completed') = (reached = 2), 'funnel_stop knows what is complete')
	FROM (SELECT cx.funnel(j, ARRAY[a::text, b::text], within, mode) AS reached, cx.funnel_times(j, ARRAY[a::text, b::text], within, mode) AS times, cx.funnel_stop(j, ARRAY[a::text, b::text], within, mode) AS stop) AS s;
END;

-- What these functions may raise.  A selector or pattern that was accepted is no reason to raise anything later.
INSERT INTO cx_fuzz.contract (function, codes)
SELECT function::regprocedure, codes::text[] FROM (VALUES
	('cx._selector_in(cstring)', '{22P02,54000,54001}'), ('cx._selector(text)', '{22P02,54000,54001}'), ('cx._selector_recv(internal)', '{22P02,54000,54001,22P03,22021,08P01}'),
	('cx._pattern_in(cstring)', '{22P02,22023,54000,54001}'), ('cx._pattern(text)', '{22P02,22023,54000,54001}'), ('cx._pattern_recv(internal)', '{22P02,22023,54000,54001,22P03,22021,08P01}'),
	('cx_fuzz.agree(cx.journey,cx.selector)', '{54000}'),	-- the negation has a level more
	('cx.match_state(cx.journey,cx.pattern,timestamptz)', '{22008}'), ('cx.total(cx.journey,cx.selector)', '{22003}'), ('cx.nth_at(cx.journey,cx.selector,int)', '{22023}'),
	('cx.preceding(cx.journey,cx.selector,cx.selector,interval)', '{22023,22008}'), ('cx.instances(cx.journey,interval,cx.selector)', '{22023,22008}'), ('cx.time_between(cx.journey,cx.selector,cx.selector,text)', '{22023,22008}'),
	-- modes and windows that there are not, and steps
	('cx_fuzz.funnel(cx.journey,cx_fuzz.step,cx_fuzz.step,interval,text[])', '{22P02,54000,54001,22023,22004,2202E,22008}')) AS v (function, codes)
UNION ALL
SELECT oid, '{}' FROM pg_proc WHERE oid IN ('cx_fuzz.agree(cx.journey,cx.pattern)'::regprocedure, 'cx_fuzz.by_index(cx.pattern)'::regprocedure)
	OR pronamespace = 'cx'::regnamespace AND proname IN ('has', 'match', 'matches', 'match_count', 'next_touchpoint', 'previous_touchpoint', 'count', 'first_at', 'last_at', 'filter', 'since', 'until', '_selector_out', '_selector_text', '_pattern_out', '_pattern_text')
	OR pronamespace = 'cx'::regnamespace AND proname ~ '^_(selector|pattern)_(eq|ne|lt|le|gt|ge|cmp|hash|hash_extended)$';
