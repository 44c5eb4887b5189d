-- Themes: what customers write about, by full-text queries in a hierarchy.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SELECT plan(19);

INSERT INTO cx.theme (theme, language, query) VALUES ('billing', 'english', 'bill:* | invoice'), ('billing.refund', 'english', 'refund | (money <-> back)'), ('engineer', 'english', 'engineer & !great'), ('billing.refund', 'german', 'erstattung'), ('brand', 'simple', 'acme');

SELECT is(cx.themes('The engineers never came'), '{engineer}', 'words are found in any form');
SELECT is(cx.themes('A great engineer'), '{}', 'unless a word is there that must not be');
SELECT is(cx.themes('money back'), '{billing.refund}', 'a phrase');
SELECT is(cx.themes('back to the money'), '{}', 'is its words in order');
SELECT is(cx.themes('my billing'), '{billing}', 'the beginning of a word');
SELECT is(cx.themes('Refund my bill, ACME, I want my Erstattungen'), '{billing,billing.refund,brand}', 'all themes that fit, each once, in bytewise order');
SELECT is(cx.themes('Erstattungen'), '{billing.refund}', 'in any language');
SELECT is(cx.themes('Refund, Erstattungen', 'german'), '{billing.refund}', 'or in one');
SELECT is(cx.themes('refund', 'german'), '{}', 'whose words they must be');
SELECT is(cx.themes(''), '{}', 'an empty text has no theme');
SELECT is(cx.themes(NULL), NULL, 'no text, no answer');
SELECT results_eq($$SELECT theme, language_used, excerpt FROM cx.theme_tags('I want my money back')$$, $$VALUES ('billing.refund', 'english', 'want my «money» «back»')$$, 'a tag says where it comes from');
SELECT is(cx.theme_branches('{billing.refund.late,brand,NULL}'), '{billing,billing.refund,billing.refund.late,brand}', 'what stands above');
SELECT is(cx.theme_branches('{}'), '{}', 'nothing above nothing');
SELECT throws_ok($$INSERT INTO cx.theme (theme, query) VALUES ('a..b', 'x')$$, '23514', NULL, 'labels are not empty');
SELECT throws_ok($$INSERT INTO cx.theme (theme, query) VALUES ('a', 'b c')$$, '42601', 'syntax error in tsquery: "b c"', 'a query must be one');
SELECT throws_ok($$INSERT INTO cx.theme (theme, language, query) VALUES ('a', 'english', 'the & of')$$, '23514', NULL, 'with words that are not stop words');
SELECT throws_ok($$INSERT INTO cx.theme (theme, language, query) VALUES ('a', 'klingon', 'x')$$, '42704', 'text search configuration "pg_catalog.klingon" does not exist', 'in a language that there is');
SELECT results_eq($$SELECT round(share::numeric, 4), round(low::numeric, 4), round(high::numeric, 4) FROM (VALUES (1, 45, 50), (2, 3, 3)) v (o, k, n), cx.proportion(k, n) ORDER BY o$$, $$VALUES (0.9000, 0.7864, 0.9565), (1.0000, 0.4385, 1.0000)$$, 'shares with their intervals');

SELECT * FROM finish();
ROLLBACK;
