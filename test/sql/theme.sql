-- Themes: the configuration table and who may do what with it.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
BEGIN;
SELECT cx.themes('anything'), cx.themes(NULL), (SELECT count(*) FROM cx.theme_tags('anything')) AS tags;
INSERT INTO cx.theme (theme, query) VALUES ('size.large', 'large'), ('a b.c d', 'x <-> y');
INSERT INTO cx.theme (theme, language, query) VALUES ('a b.c d', 'english', 'run');
CREATE TEXT SEARCH CONFIGURATION public.own (COPY = pg_catalog.simple);
INSERT INTO cx.theme (theme, language, query) VALUES ('own', 'public.own', 'running');
SELECT cx.themes('Large, x y'), cx.themes('running'), cx.themes('running', 'public.own'), cx.themes('running', 'simple'), cx.themes('x running', 'none');
-- the search_path decides nothing
SET LOCAL search_path = '';
SELECT cx.themes('running x y'), cx.theme_branches(ARRAY['a b.c d', NULL, 'own']), cx.theme_branches(NULL);
SET LOCAL search_path = public, cx;
SELECT * FROM pg_temp.failures(ARRAY[
	['INSERT INTO cx.theme (theme, query) VALUES (''own'', ''x'') RETURNING language', 'simple'],
	['INSERT INTO cx.theme (theme, query) VALUES (''own'', ''x'') RETURNING language', '23505: duplicate key value violates unique constraint "theme_pkey" | Key (theme, language)=(own, simple) already exists.'],
	['INSERT INTO cx.theme (theme, query) VALUES (''own'', NULL)', '23502: null value in column "query" of relation "theme" violates not-null constraint | Failing row contains (own, simple, null, null).'],
	['INSERT INTO cx.theme (theme, language, query) VALUES (''o'', ''own'', ''x'')', '42704: text search configuration "pg_catalog.own" does not exist'],
	['INSERT INTO cx.theme (theme, query) VALUES (''o'', ''x &'')', '42601: no operand in tsquery: "x &"'],
	['INSERT INTO cx.theme (theme, query) VALUES (''o'', '''')', '23514: new row for relation "theme" violates check constraint "query_finds_words" | Failing row contains (o, simple, , null).']]);
SELECT left(name, 9) AS name, length(name), pg_temp.outcome(format('INSERT INTO cx.theme (theme, query) VALUES (%L, ''x'')', name)) ~ '^23514' AS refused
FROM unnest(ARRAY['', '.', 'a.', '.a', 'a..b', ' a', 'a ', 'a. b', 'a .b', 'a', 'a.b', repeat('x', 255), repeat('x', 256), 'a-b']) name ORDER BY name COLLATE "C";
ROLLBACK;
-- dumped; read by all, changed by the extension's owner alone
SELECT extconfig::regclass[] @> '{cx.theme}' AS dumped FROM pg_extension WHERE extname = 'cx_analytics';
CREATE ROLE cx_theme_reader;
SELECT privilege, has_table_privilege('cx_theme_reader', 'cx.theme', privilege) FROM unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,TRIGGER,REFERENCES}'::text[]) privilege;
SET ROLE cx_theme_reader;
SELECT cx.themes('anything');
RESET ROLE;
DROP ROLE cx_theme_reader;
