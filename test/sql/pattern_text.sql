-- Text, binary and stored form of cx.selector and cx.pattern: normal forms, errors with their position, limits, comparison.
\getenv srcdir PG_ABS_SRCDIR
\getenv builddir PG_ABS_BUILDDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
\set file :builddir '/results/pattern_text.data'
SELECT set_config('cxtest.file', :'file', false) <> '' AS file;
CREATE FUNCTION pg_temp.selector(input text) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.outcome(format('SELECT %L::cx.selector', input)) $$;
CREATE FUNCTION pg_temp.pattern(input text) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.outcome(format('SELECT %L::cx.pattern', input)) $$;

-- Selectors and their normal forms.
SELECT input, pg_temp.selector(input) AS "normal form" FROM unnest(ARRAY[
	'a', '  a  ', E'\t\n\r\f\x0Ba', '"a"', 'support.billing.refund', '"support.billing".refund', 'support."billing"', 'A', '0', '_', 'a-b', 'a:b', 'a/b', '-a', ':/-_', 'größe', '"größe"', '顧客', '"support call"', '"a""b"', '"a\b"', '"it''s"',
	'"a..b"', '".a"', '"a."', '"."', '"within"', '"within.x"', 'a.within', 'withinx', 'Within', '"*"', '"a.*"', '"a-"', '"-"',
	'*', '**', 'a.*', 'a.**', '*.a', '**.a', '*.*', '**.**', 'a.*.b', 'a.**.b', '"a b".*', '"a b.c".*', '"a..b".*', '"".*', '"within".*', '*."-"',
	'a@b', '@b', '*@b', '**@b', '@*', '@**', '@app.*', '@"my app"', 'a#b', '#b', '*#b', '@b#c', 'a@b#c', 'a.*@b.*#c.**',
	'a[value = 1]', 'a[value=1]', 'a[ value  =  1 ]', '[value = 1]', '*[value = 1]', '**[value = 1]', '@a[value = 1]', 'a[value != 1]', 'a[value <> 1]', 'a[value < 1]', 'a[value <= 1]', 'a[value > 1]', 'a[value >= 1]', 'a[value = -1]', 'a[value = - 1]',
	'a[value = 1.50]', 'a[value = 1e3]', 'a[value = 1E+3]', 'a[value = 1e-3]', 'a[value = 007]', 'a[value > 1, value < 5]', 'a[lasted > 90 seconds]', 'a[lasted > 10 minutes]', 'a[lasted = 0 hours]', 'a[lasted > 1.5 hours]', 'a[lasted>1hour30minutes]',
	'a[lasted < 1 week]', 'a[lasted < 2 weeks 1 day]', 'a[lasted < 1 microsecond]', 'a[lasted < 1000 microseconds]', 'a[lasted < 1001 microseconds]', 'a[lasted < 1 day 1 microsecond]', 'a[lasted < 0.0000004 seconds]', 'a[lasted < 0.0000006 seconds]',
	'a[k = "x"]', 'a[k="x y"]', 'a[k = ""]', 'a[k = "say ""hi"""]', 'a["k" = "x"]', 'a["my key" = "x"]', 'a["a.b" = 1]', 'a[a.b = 1]', 'a["value" = 1]', 'a["lasted" = 1]', 'a[value.x = 1]', 'a[device-os = "ios"]', 'a["within" = 1]', 'a[within = 1]', 'a["" = 1]',
	'a[k = 1]', 'a[k = 1.50]', 'a[k < 1]', 'a[k = 123456789012345678901234567890.5]', 'a[k = true]', 'a[k != false]', 'a[k = "true"]', 'a[k < "x"]', 'a[k = 1, value = 2, lasted = 3 seconds]',
	'a|b', 'a | b | c', '(a)', '((a))', '(a | b)', '(a | b) | c', 'a | (b | c)', '(a|b)@c', '!a', '! a', '!!a', '!(a)', '!(a | b)', '!a | b', '!(!a)', '!*', 'a | !b', 'a.*|b.*']) AS input;
-- Patterns.
SELECT input, pg_temp.pattern(input) AS "normal form" FROM unnest(ARRAY[
	'a', 'a->b', 'a=>b', 'a  ->  b', 'a -> b => c', 'a-b->c', 'a-->b', 'a -[<=7days]-> b', 'a -[ <= 7 days ]-> b', 'a -[<7 days]-> b', 'a -[>1 hour]-> b', 'a -[>=1 hour]-> b', 'a -[<= 7 days, > 1 hour]-> b', 'a -[> 1 hour, <= 7 days]-> b', 'a =[<= 1 hour]=> b',
	'a -[!c]-> b', 'a -[!c, <= 1 day]-> b', 'a -[> 1 hour, !c, <= 1 day]-> b', 'a -[!c | d]-> b', 'a -[!(c | d)]-> b', 'a -[!c, !d]-> b', 'a -[!c, !d, <= 1 day, !e]-> b', 'a -[!c | d, !e]-> b', 'a -[!!c]-> b', 'a -[!c[value > 1]]-> b', 'a =[!c]=> b', 'a =[!c, <= 1 day]=> b', 'a -[>= 0 seconds, <= 0 seconds]-> b', 'a -[< 1 microsecond]-> b',
	'a?->b', 'a ? -> b', 'a* -> b', 'a+', 'a{2}', 'a{2,}', 'a{2,5}', 'a{ 2 , 5 }', 'b -> a{0,}', 'b -> a{0,1}', 'b -> a{1,}', 'a{1}', 'a{1,1}', 'a{0,5} -> b', 'a+?', 'b -> a?*', 'a+{2}{3}', '(a)+', '((a))+', '(a -> b)+', '(a -> b ->)+', '(a =>)+', '(a ->)+', '(a | b)+', '(a | b ->)+', '((a | b) ->)+', '(a -> b | c)+',
	'((a -> b | c) ->)+', '((a -> b) | c)+', '(a -[<= 1 day, !b]->)+', '(a? -> b)+', '((a ->)+ b ->)+', '((a ->)+ -> b ->)+', '(a+ ->)+', 'b -> (a ->)?', 'b -> (a ->){0,3}',
	'b -> a.*+', 'b -> a.*?', 'b -> a.*{2}', 'b -> (a.*)*', 'b -> a.* *', 'b -> (a.**)*', 'b -> (*)*', 'b -> * *', 'b -> (**)*', 'b -> **', 'b -> *+', 'b -> *{2}', 'b -> (@*)*', 'b -> (#x.*)*', 'b -> (!*)*', 'b -> (!a.*)*', 'b -> ((*)*)*', 'b -> (*[value > 1])*', 'b -> (* ->)*', 'b -> ("*")*', '(*)+*  -> b',
	'!a+', '!a -> b', '!(a | b)+', 'a | b -> c', '(a | b) -> c', '(a -> b) -> c', 'a -> (b -> c)', 'a -> (b | c -> d)', 'a -> ((b | c) -> d)', 'a -> (b)', 'a | b', '(a -> b) | (c -> d)', 'a -> b | c -> d', '(a -> b | c) | d',
	'^a', '^ a', 'a$', 'a $', '^a$', '^a -> b$', '^(a | b)$', '^a | b$', '^a -> b | c$', '^a+$', '^(a -> b)+$', '^!a$',
	'a !-> b', 'a!->b', 'a !=> b', 'a !-[<= 2 days]-> b', 'a !=[<= 2 days]=> b', 'a !-[!c, <= 2 days]-> b', 'a !-> b | c', 'a !-> (b | c)', 'a !-> !b', 'a -> b !-> c', 'a | b !-> c', 'a$ !-> b', 'a -> b+ !-> c',
	'a within 30 days', 'a -> b within 30 days', 'a | b within 1 hour', 'a -> b$ within 1 hour', 'a !-> b within 1 hour', '"within" within 1 hour', 'a -> b within 0 seconds', 'a+ within 90 minutes', 'a | b -> c within 1 hour', '^a$ !-[<= 1 day]-> b within 1 week']) AS input;
-- Every normal form is a fixed point and the same value.
CREATE TEMP TABLE forms AS SELECT input, input::cx.pattern AS p FROM unnest(ARRAY['a', '"support call".*@"my app"#x', 'b -> (*)*', 'b -> (a.*)*', 'b -> (@*)* -> c', 'b -> (!a.*)*', 'b -> a.**', 'b -> ((*)*)*', 'a?->b', '(a -> b | c ->){2}', '((a | b -> c) ->){2,3} -[!c|d,>1 hour]-> e.* !-[<1 day]-> f | g within 1 week',
	'^(a|b[k="x""y",value>=1e3,lasted<>1.5 hours])$', 'a -[!!c]-> !(b|!c)', '"value"["value" = 1]', '"within".* -> within.x within 1 day', '"-".*', 'a[k = -1.50]']) AS input WHERE pg_temp.pattern(input) !~ '^22P02';
SELECT input, p FROM forms WHERE p::text::cx.pattern <> p OR p::text::cx.pattern::text <> p::text;

-- Where it is wrong, and what was expected.
SELECT input, regexp_replace(pg_temp.selector(input), '^22P02: invalid input syntax for type selector: .* \| ', '') AS expected FROM unnest(ARRAY[
	'', '   ', 'within', '"a', '"a""', 'a.', 'a..b', '.a', 'a.-', 'a. b', 'a.within-', '""', 'a@', 'a@ b', 'a @b', 'a#', 'a#@b', 'a@b@c', 'a b', 'a*', 'a+', 'a -> b', '^a', 'a$', '-', 'a-', 'é!', '(', '()', '(a', 'a)', '(a -> b)', '(a | b', '!', '!!', '!(a -> b)', '!(a ->)', '|', 'a |', 'a | | b', '*a', '***', '?', 'a?',
	'a[', 'a[]', 'a[value', 'a[value]', 'a[value =]', 'a[value = ]', 'a[value = x]', 'a[value = "1"]', 'a[value = 1', 'a[value = 1,', 'a[value = 1,]', 'a[value = 1 value = 2]', 'a[value == 1]', 'a[value ! 1]', 'a[value = +1]', 'a[value = .5]', 'a[value = 1.]', 'a[value = -]', 'a[value = 1e999]', 'a[value = true]', 'a[value = NaN]', 'a [value = 1]',
	'a[lasted > 1]', 'a[lasted > day]', 'a[lasted > -1 day]', 'a[lasted > 1 month]', 'a[lasted > 1 year]', 'a[lasted > 1 dayss]', 'a[lasted > 1 day 2]', 'a[lasted > 1 day2 hours]', 'a[lasted > "1 day"]', 'a[lasted > 999999999999 days]', 'a[lasted > 106751991 days 10 hours]',
	'a[k]', 'a[k = ]', 'a[k = x]', 'a[k = "x]', 'a[k = ''x'']', 'a[k < true]', 'a[k >= false]', 'a[k = truex]', 'a["k = 1]', 'a[. = 1]', 'a[k = null]', 'a[k = 1e999]', 'äöü -> b', '"äöü', E'a\u00a0b', E'a\n|\n|']) AS input;
SELECT input, regexp_replace(pg_temp.pattern(input), '^22P02: invalid input syntax for type pattern: .* \| ', '') AS expected FROM unnest(ARRAY[
	'', '^', '$', '^$', '->', 'a ->', '-> a', 'a -> -> b', 'a ->> b', 'a - > b', 'a = > b', 'a = b', 'a <- b', 'a -[', 'a -[]-> b', 'a -[1 day]-> b', 'a -[=1 day]-> b', 'a -[<> 1 day]-> b', 'a -[!= 1 day]-> b', 'a -[< ]-> b', 'a -[<= 1]-> b', 'a -[<= 1 month]-> b', 'a -[<= -1 day]-> b', 'a -[<= 1 day', 'a -[<= 1 day]', 'a -[<= 1 day] b', 'a -[<= 1 day]=> b', 'a =[<= 1 day]-> b',
	'a -[<= 1 day,]-> b', 'a -[<= 1 day <= 2 days]-> b', 'a -[<= 1 day, < 2 days]-> b', 'a -[> 1 day, >= 2 days]-> b', 'a -[> 1 day, < 1 day]-> b', 'a -[> 1 day, <= 1 day]-> b', 'a -[>= 2 days, <= 1 day]-> b', 'a -[< 0 seconds]-> b', 'a -[!]-> b', 'a -[!b -> c]-> b', 'a -[!b+]-> c', 'a -[b]-> c', 'a -[< 1 day]-> ', 'a -[<= 1 day]->',
	'a{', 'a{}', 'a{x}', 'a{1', 'a{1,', 'a{1,2', 'a{,2}', 'a{-1}', 'a{1.5}', 'a{0}', 'a{0,0}', 'a{2,1}', 'a{1001}', 'a{1,1001}', 'a{99999999999}', 'a{01000}', '*?*?x', '(a ->)', '(a ->) -> b', '(a -> b ->)', '(a ->', '(->)+', '(a -> | b)+', '(a | b -> | c)+', '((a ->))+', '((a ->) -> b)+',
	'!(a -> b)', '!(a ->)+', '!a -> ', 'a -> !', 'a !', 'a ! b', 'a !-', 'a !- b', 'a !->', 'a !-> b -> c', 'a !-> b !-> c', 'a !-> b+', 'a !-> (b -> c)', 'a !-> ^b', 'a !-> b$', '(a !-> b) -> c', 'a -> (^b)', 'a$ -> b', '(a$)', 'a within', 'a within 1', 'a within day', 'a within -1 day', 'a within 1 month', 'a within 1 day -> b', 'a within 1 day within 1 day', 'a within 1 day !-> b', 'within 1 day', 'a -> within 1 day', 'awithin 1 day',
	'a within "1 day"', 'a;', 'a,b', 'a''b', 'a -> b)', 'größe -> ,', '"größe" -> größe ->', E'a\n->\n,']) AS input;
-- The message shows the text, long ones cut between characters.
SELECT pg_temp.pattern('a -> (b'), pg_temp.selector('a -> b'), pg_temp.pattern(repeat('ä', 150) || ' ,');

-- A pattern that could match without any touch.
SELECT input, pg_temp.pattern(input) AS refused FROM unnest(ARRAY['a?', 'a*', 'a{0,3}', 'a? -> b*', '(a? | b)', 'a | b?', '(a ->)*', '(a*)+', '(a?){5}', '^a*$', 'a? !-> b', 'a? within 1 day']) AS input;
SELECT pg_temp.pattern('a -> b?'), pg_temp.pattern('(a?)+ -> b');

-- Limits: 65535 bytes, as written and as normal form; 256 selectors written out; counts up to 1000.
SELECT what, regexp_replace(pg_temp.pattern(input), '^(.{20}).{100,}$', '\1...') AS outcome FROM (VALUES
	('65535 bytes', rpad('a', 65535)), ('65536 bytes', rpad('a', 65536)), ('label of 255 bytes', repeat('x', 255)), ('label of 256 bytes', repeat('x', 256)), ('label of 128 characters', repeat('é', 128)), ('path of 255 bytes', repeat('x', 127) || '.' || repeat('y', 127)), ('path of 256 bytes', repeat('x', 128) || '.' || repeat('y', 127)),
	('normal form of 65533 bytes', repeat('a|', 16383) || 'a'), ('as normal form 65537 bytes', repeat('a|', 16384) || 'a'), ('counts', 'a{256}'), ('count too high', 'a{257}'), ('most', 'a{1,256}'), ('most too high', 'a{1,257}'), ('no most', 'a{256,}'), ('least too high', 'a{257,}'), ('copies', '(a -> b){128}'), ('too many copies', '(a -> b){128} -> c'), ('nested', '(a{16} ->){16}'), ('nested too deep', '(a{16} ->){16} -> a'),
	('1000', 'a{1000}'), ('product', '(((a{1000}){1000}){1000}){1000}'), ('256 in sequence', repeat('a -> ', 255) || 'a'), ('257 in sequence', repeat('a -> ', 256) || 'a'), ('256 alternatives', repeat('a => b | ', 127) || 'a => b'), ('258 alternatives', repeat('a => b | ', 128) || 'a => b'), ('optional', '(a? ->){255}{1} -> b'), ('selectors count once', repeat('a | ', 5000) || 'a')) AS v (what, input);
SELECT what, regexp_replace(pg_temp.selector(input), '^(.{20}).{100,}$', '\1...') AS outcome FROM (VALUES
	('65535 bytes', rpad('a', 65535)), ('65536 bytes', rpad('a', 65536)), ('as normal form 65537 bytes', repeat('a|', 16384) || 'a')) AS v (what, input);
SELECT length(p::text), p::text::cx.pattern = p AS same, cx.has('[]', p) AS used FROM (SELECT (repeat('a|', 16383) || 'a')::cx.pattern AS p) AS s;
-- Levels: 200 that mean something, of every kind, whose normal form is read again; and 800 in all as written.
SELECT what, regexp_replace(pg_temp.pattern(input), '^(.{20}).{100,}$', '\1...') AS outcome, pg_temp.outcome(format('SELECT %L::cx.pattern::text::cx.pattern = %1$L', input)) AS same FROM (VALUES
	('parentheses that mean nothing', repeat('(', 799) || 'a' || repeat(')', 799)), ('one more', repeat('(', 800) || 'a' || repeat(')', 800)), ('never closed', repeat('(', 60000)), ('200 levels of negation', repeat('!', 199) || 'a'), ('201 levels of negation', repeat('!', 200) || 'a'), ('far too many', repeat('!', 60000) || 'a'),
	('200 levels of repetition', 'a' || repeat('+', 199)), ('201 levels of repetition', 'a' || repeat('+', 200)), ('as normal form in parentheses', 'b -> a' || repeat(' *', 198)), ('one more', 'b -> a' || repeat(' *', 199)), ('repeated links', repeat('(', 197) || '(a -> b | c)' || repeat(' ->){1}', 197)), ('one more', repeat('(', 198) || '(a -> b | c)' || repeat(' ->){1}', 198)),
	('200 levels of alternatives', repeat('(a | ', 199) || 'a' || repeat(')', 199)), ('201 levels of alternatives', repeat('(a | ', 200) || 'a' || repeat(')', 200)), ('sequences in alternatives', repeat('(a | b => ', 99) || 'a | a => a' || repeat(')', 99)), ('one more', repeat('(a | b => ', 100) || 'a | a => a' || repeat(')', 100)),
	('exclusions side by side are one level', 'a -[!a' || repeat(', !b', 5000) || ']-> b'), ('in an exclusion', 'a -[' || repeat('!', 199) || 'a]-> b'), ('one more', 'a -[' || repeat('!', 200) || 'a]-> b'), ('in a negative end', 'a !-> ' || repeat('!', 199) || 'a')) AS v (what, input);
SELECT pg_temp.selector(repeat('!', 200) || 'a') AS negations, pg_temp.selector(repeat('(', 60000)) AS parentheses;

-- Durations are exact, up to 9e18 microseconds.
SELECT input, pg_temp.pattern(input) AS "normal form", pg_temp.outcome(format('SELECT %L::cx.pattern::text::cx.pattern = %1$L', input)) AS same FROM unnest(ARRAY['a within 300000 days 1 microsecond', 'a -[> 104249 days 23 hours 47 minutes 34.740993 seconds]-> b', 'a[lasted = 9007199254740993 microseconds]', 'a within 9000000000000000000 microseconds', 'a within 104166666 days 16 hours', 'a within 104166666 days 16 hours 1 microsecond', 'a -[> 9000000000000000000 microseconds]-> b',
	'a within 9223372036854775807 microseconds', 'a within 18446744073709551617 microseconds', 'a within 99999999999999 weeks', 'a within 0.00000000000000000000000000000000000000000000001 days', 'a within 1.0000000000000000000000000000000000000000000000001 days', 'a within 0.0000015 seconds', 'a within 1.5 microseconds', 'a within 2.5 microseconds', 'a within 0.5 microseconds']) AS input;
-- Numbers are those that both double precision and numeric hold, so that comparing never fails.
SELECT pg_temp.selector(input) AS number FROM unnest(ARRAY['a[n = 0e-16383]', 'a[n = 0e-16384]', 'a[n = 0e16383]', 'a[n = 0e16384]', 'a[n = 0e-99999999999999999999]', 'a[n = 0e99999999999999999999]', 'a[n = 1e-307]', 'a[value = 0e-16384]', 'a[n = 1.5e-2]', 'a[n = 1e]', 'a[n = 1e+]', 'a[n = 1e5e5]']) AS input;
SELECT what, left(pg_temp.selector(input), 20) AS number, pg_temp.outcome(format('SELECT cx.count(%L, %L)', '[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a", "attrs": {"n": 1}}]', input)) ~ '^(0|22P02: .*)$' AS compares FROM (VALUES ('16383 decimals', 'a[n = 0.' || repeat('0', 16383) || ']'), ('16384 decimals', 'a[n = 0.' || repeat('0', 16384) || ']'), ('with an exponent', 'a[n = 1' || repeat('0', 100) || '.' || repeat('1', 16383) || 'e1]')) AS v (what, input);

-- Labels as a selector spells them.
SELECT label, cx.quote_label(label), cx.quote_label(label)::cx.selector::text = cx.quote_label(label) AS stays,
	cx.count(cx.journey(ARRAY['2026-01-01Z'::timestamptz], ARRAY[label]), cx.quote_label(label)) AS fits
FROM unnest(ARRAY['a', 'a.b', 'a b', 'a-b', 'a-', 'a.b-', '-a', 'größe', '"', 'say "hi"', '*', 'a.*', '.', 'a.', '.a', 'a..b', 'within', 'within.x', 'a.within', 'value', 'a->b', 'a[', E'a\nb', '顧客 → x', 'a''b', 'a\b', '()', '!a', '@a', '#a', '0', '1.5']) AS label;
SELECT cx.quote_label(NULL), cx.quote_label('');

-- Comparison is by normal form.
SELECT 'a->b'::cx.pattern = ' a  ->  b '::cx.pattern AS "=", 'a'::cx.pattern <> 'b'::cx.pattern AS "<>", 'a'::cx.pattern < 'b'::cx.pattern AS "<", 'a'::cx.pattern <= 'a'::cx.pattern AS "<=", 'b'::cx.pattern > 'a'::cx.pattern AS ">", 'b'::cx.pattern >= 'b'::cx.pattern AS ">=",
	'a'::cx.pattern = 'b'::cx.pattern AS "not =", 'a'::cx.pattern <> '(a)'::cx.pattern AS "not <>", 'b'::cx.pattern < 'a'::cx.pattern AS "not <", 'a -> b'::cx.pattern <= 'a'::cx.pattern AS "not <=", 'a'::cx.pattern > 'a -> b'::cx.pattern AS "not >", 'Z'::cx.pattern >= 'a'::cx.pattern AS "not >=";
SELECT 'a|b'::cx.selector = ' a  |  b '::cx.selector AS "=", 'a'::cx.selector <> 'b'::cx.selector AS "<>", 'a'::cx.selector < 'b'::cx.selector AS "<", 'a'::cx.selector <= 'a'::cx.selector AS "<=", 'b'::cx.selector > 'a'::cx.selector AS ">", 'b'::cx.selector >= 'b'::cx.selector AS ">=",
	'a'::cx.selector = 'b'::cx.selector AS "not =", 'a'::cx.selector <> '(a)'::cx.selector AS "not <>", 'b'::cx.selector < 'a'::cx.selector AS "not <", 'a | b'::cx.selector <= 'a'::cx.selector AS "not <=", 'a'::cx.selector > 'a | b'::cx.selector AS "not >", 'Z'::cx.selector >= 'a'::cx.selector AS "not >=";
SELECT 'a'::cx.selector = 'a'::cx.pattern AS "selector and pattern", 'a->b'::cx.pattern = 'a -> b' AS "and a literal", 'a->b'::cx.pattern = t AS "and text", 'a'::cx.pattern = NULL AS "and NULL" FROM (SELECT text 'a=>b' AS t) AS s;
CREATE TEMP TABLE kept (n int, p cx.pattern, s cx.selector);
INSERT INTO kept SELECT n, (ARRAY['a -> b', 'a->b', 'a => b', 'b', '(b)', 'a'])[1 + n % 6], (ARRAY['b', 'a|b', '"b"', 'a'])[1 + n % 4] FROM generate_series(0, 119) n;
INSERT INTO kept VALUES (120, NULL, NULL);
SELECT p, count(*) FROM kept GROUP BY p ORDER BY p;
SELECT s, count(*) FROM kept GROUP BY s ORDER BY s DESC;
SET enable_hashagg = off;
SELECT DISTINCT p FROM kept ORDER BY p;
RESET enable_hashagg;
SELECT DISTINCT s FROM kept ORDER BY s;
SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT count(*) AS hash FROM kept a JOIN kept b USING (p);
SELECT count(*) AS hash FROM kept a JOIN kept b USING (s);
SET enable_hashjoin = off; SET enable_mergejoin = on;
SELECT count(*) AS merge FROM kept a JOIN kept b USING (p);
SELECT count(*) AS merge FROM kept a JOIN kept b USING (s);
RESET enable_hashjoin; RESET enable_mergejoin; RESET enable_nestloop;
CREATE INDEX ON kept (p); CREATE INDEX ON kept (s); CREATE INDEX ON kept USING hash (p); CREATE INDEX ON kept USING hash (s);
SET enable_seqscan = off;
SELECT count(*) FILTER (WHERE p = 'a->b') AS equal FROM kept WHERE p = 'a->b';
SELECT count(*) AS less FROM kept WHERE s < 'b';
RESET enable_seqscan;
CREATE TEMP TABLE one (p cx.pattern PRIMARY KEY, s cx.selector UNIQUE);
INSERT INTO one VALUES ('a->b', 'a');
SELECT pg_temp.outcome('INSERT INTO one VALUES ('' a -> b '', ''b'') RETURNING p') AS p, pg_temp.outcome('INSERT INTO one VALUES (''a'', ''(a)'') RETURNING s') AS s;
-- equal values have equal hashes, with and without seed; the order is that of the C collation
SELECT count(*) AS pairs, bool_and((a.p = b.p) = (cx._pattern_cmp(a.p, b.p) = 0)) AS cmp, bool_and((a.p = b.p) <= (cx._pattern_hash(a.p) = cx._pattern_hash(b.p))) AS hash,
	bool_and((a.p = b.p) <= (cx._pattern_hash_extended(a.p, 7) = cx._pattern_hash_extended(b.p, 7))) AS extended, bool_and((a.p < b.p) = (a.p::text COLLATE "C" < b.p::text COLLATE "C")) AS "order"
FROM forms a, forms b;
SELECT cx._selector_cmp('a', 'b'), cx._selector_hash('a') = cx._selector_hash('(a)') AS hash, cx._selector_hash_extended('a', 0) = cx._selector_hash_extended('a', 1) AS "seed matters not",
	cx._pattern_hash_extended('a', 0) & 4294967295 = cx._pattern_hash('a')::bigint & 4294967295 AS "seed 0 agrees";

-- Casts: from text and varchar wherever a pattern is wanted, to text by assignment, selectors to patterns.
SELECT castsource::regtype, casttarget::regtype, castcontext, castmethod FROM pg_cast WHERE castsource IN ('cx.selector'::regtype, 'cx.pattern'::regtype) OR casttarget IN ('cx.selector'::regtype, 'cx.pattern'::regtype) ORDER BY castsource::regtype::text COLLATE "C", casttarget::regtype::text COLLATE "C";
CREATE TEMP TABLE casts (t text, v varchar(10), c char(10));
INSERT INTO casts SELECT 'a->b'::cx.pattern, 'a|b'::cx.selector, 'a=>b'::cx.pattern;
TABLE casts;
SELECT 'a|b'::cx.selector::cx.pattern, 'a|b'::cx.selector::text, 'a->b'::cx.pattern::varchar, t::cx.pattern, v::cx.selector, v::cx.pattern FROM casts;
SELECT pg_temp.outcome('SELECT ''a -> b''::cx.pattern::cx.selector') AS "no way back", pg_temp.outcome('SELECT ''a'' || ''b''') AS "text is text", pg_temp.outcome('SELECT lower(''A''::cx.pattern)') AS "nor text implicitly", pg_temp.outcome('SELECT ''b'' > ''a''') AS "unknown is text";
SELECT pg_typeof('a'::cx.pattern), pg_typeof(ARRAY['a'::cx.pattern, 'b']), '{a,"b -> c"}'::cx.pattern[], '{a,NULL}'::cx.selector[], ARRAY['(a)']::cx.selector[] = ARRAY['a']::cx.selector[] AS arrays;
SELECT typname, typlen, typbyval, typalign, typstorage, typcategory FROM pg_type WHERE oid IN ('cx.selector'::regtype, 'cx.pattern'::regtype) ORDER BY typname;

-- Binary form: a version byte and the text, which is parsed again.
SELECT cx._pattern_send('a->b') = '\x01'::bytea || convert_to('a -> b', 'UTF8') AS pattern, cx._selector_send('größe') = '\x01'::bytea || convert_to('größe', 'UTF8') AS selector;
CREATE TEMP TABLE received (p cx.pattern, s cx.selector);
CREATE FUNCTION pg_temp.receive(pattern bytea, selector bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('COPY (SELECT %L::bytea, %L::bytea) TO %L (FORMAT binary)', pattern, selector, current_setting('cxtest.file'));
	EXECUTE format('COPY received FROM %L (FORMAT binary)', current_setting('cxtest.file'));
	DELETE FROM received RETURNING received::text INTO result;
	RETURN result;
END $$;
SELECT count(*), bool_and(pg_temp.receive(cx._pattern_send(p), cx._selector_send('a.*[k = "ü"]')) = (p, 'a.*[k = "ü"]'::cx.selector)::text) AS same FROM forms;
SELECT what, pg_temp.outcome(format('SELECT pg_temp.receive(%L, %L)', p, s)) FROM (VALUES ('another spelling', '\x01'::bytea || ' a->b ', '\x01'::bytea || '(a)'), ('NULL', NULL, NULL), ('version 0', '\x0061', '\x0161'), ('version 2', '\x0161', '\x0261'), ('nothing', '', '\x0161'), ('no text', '\x01', '\x0161'), ('no pattern', '\x01'::bytea || 'a ->', '\x0161'), ('no selector', '\x0161', '\x01'::bytea || 'a -> b'),
	('matches nothing', '\x01'::bytea || 'a*', '\x0161'), ('bad encoding', '\x01ff', '\x0161'), ('zero byte', '\x016100', '\x0161'), ('zero in selector', '\x0161', '\x01610061'), ('too long', '\x01'::bytea || convert_to(rpad('a', 65536), 'UTF8'), '\x0161')) AS v (what, p, s);
COPY (SELECT p, 'a.*'::cx.selector FROM forms) TO :'file' (FORMAT binary);
COPY received FROM :'file' (FORMAT binary);
SELECT count(*) = (SELECT count(*) FROM forms) AS all, bool_and(p IN (SELECT p FROM forms)) AS same FROM received;

-- Stored bytes that no input function wrote.
BEGIN;
CREATE CAST (bytea AS cx.pattern) WITHOUT FUNCTION;
CREATE CAST (bytea AS cx.selector) WITHOUT FUNCTION;
SELECT bytes, pg_temp.outcome(format('SELECT %L::bytea::cx.pattern::text', bytes)) AS text, pg_temp.outcome(format('SELECT cx.has(''[]'', %L::bytea::cx.pattern)', bytes)) AS has, pg_temp.outcome(format('SELECT cx._selector_send(%L::bytea::cx.selector)', bytes)) AS send,
	pg_temp.outcome(format('SELECT cx.count(''[]'', %L::bytea::cx.selector)', bytes)) AS count
FROM unnest(ARRAY['\x', '\x01', '\x02', '\x0261', '\x01ff', '\x016100', '\x0161']::bytea[] || ARRAY['\x01'::bytea || 'a ->', '\x01'::bytea || 'a*', '\x01'::bytea || 'a{257}', '\x01'::bytea || ' a', '\x01'::bytea || 'a -> b', '\x01'::bytea || '^a', '\x01'::bytea || 'a within 1 day']) AS bytes;
-- comparing looks at bytes alone; the planner reads a pattern too
SELECT '\x01612d3e'::bytea::cx.pattern < 'a' AS less, pg_temp.outcome('EXPLAIN (COSTS OFF) SELECT FROM forms, cx.journey(''{}'', ''{}'') AS j WHERE j @@ ''\x01612d3e''::bytea::cx.pattern') AS plan;
ROLLBACK;
