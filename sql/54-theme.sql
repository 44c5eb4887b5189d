-- What customers write: themes by the server's own full-text search, and what they have to do with scores.

CREATE TABLE cx.theme (
	theme text NOT NULL CHECK (theme ~ '^[^.[:space:]]([^.]*[^.[:space:]])?([.][^.[:space:]]([^.]*[^.[:space:]])?)*$' AND octet_length(theme) <= 255),
	language text NOT NULL DEFAULT 'simple',
	query text NOT NULL,
	description text,
	PRIMARY KEY (theme, language),
	CONSTRAINT query_finds_words CHECK (numnode(to_tsquery((CASE WHEN language LIKE '%.%' THEN language ELSE 'pg_catalog.' || language END)::regconfig, query)) > 0)
);
COMMENT ON TABLE cx.theme IS
'Themes that texts are tagged with by cx.themes, a row for each theme and language.';
COMMENT ON COLUMN cx.theme.theme IS
'Name as a dotted path from general to special, as in billing.refund, at most 255 bytes; labels are not empty and neither begin nor end with white space.';
COMMENT ON COLUMN cx.theme.language IS
'Text-search configuration that texts and query are read with, as in english; one that is not built in with its schema, as in public.telecom.';
COMMENT ON COLUMN cx.theme.query IS
'What to_tsquery takes: words with & | ! and parentheses, <-> between words of a phrase, :* behind the beginning of a word, as in refund:* | (money <-> back).';
COMMENT ON COLUMN cx.theme.description IS 'For people.';
SELECT pg_catalog.pg_extension_config_dump('cx.theme', '');
GRANT SELECT, INSERT, UPDATE, DELETE ON cx.theme TO @extowner@;
GRANT SELECT ON cx.theme TO PUBLIC;

CREATE FUNCTION cx.theme_tags(body text, language text DEFAULT NULL, OUT theme text, OUT language_used text, OUT excerpt text) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 3
BEGIN ATOMIC
	SELECT t.theme, t.language, ts_headline(c.configuration, body, t.query, 'StartSel=«, StopSel=», MaxFragments=1, MaxWords=12, MinWords=4')
	FROM (SELECT l.language, (CASE WHEN l.language LIKE '%.%' THEN l.language ELSE 'pg_catalog.' || l.language END)::regconfig AS configuration
			FROM (SELECT DISTINCT a.language FROM cx.theme a) l
			WHERE theme_tags.language IS NULL OR l.language = theme_tags.language) c
		CROSS JOIN LATERAL to_tsvector(c.configuration, body) AS v (words)
		CROSS JOIN LATERAL (SELECT a.theme, a.language, to_tsquery(c.configuration, a.query) AS query
			FROM cx.theme a WHERE a.language = c.language) t
	WHERE v.words @@ t.query
	ORDER BY t.theme COLLATE "C", t.language COLLATE "C";
END;
COMMENT ON FUNCTION cx.theme_tags(text, text) IS
'The themes of cx.theme whose query a text fits, a row each in bytewise order: theme, the language that found it, and an excerpt of the text with the words found between « and ». With language only the themes of that one are tried, as is right where the language of a text is known; NULL: all. No rows for a NULL text. Errors: a configuration of cx.theme that no longer exists (42704).';

CREATE FUNCTION cx.themes(body text, language text DEFAULT NULL) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
	SELECT CASE WHEN body IS NOT NULL THEN coalesce(array_agg(DISTINCT t.theme COLLATE "C" ORDER BY t.theme COLLATE "C"), '{}') END
	FROM (SELECT l.language, (CASE WHEN l.language LIKE '%.%' THEN l.language ELSE 'pg_catalog.' || l.language END)::regconfig AS configuration
			FROM (SELECT DISTINCT a.language FROM cx.theme a) l
			WHERE themes.language IS NULL OR l.language = themes.language) c
		CROSS JOIN LATERAL to_tsvector(c.configuration, body) AS v (words)
		CROSS JOIN LATERAL (SELECT a.theme, to_tsquery(c.configuration, a.query) AS query
			FROM cx.theme a WHERE a.language = c.language) t
	WHERE v.words @@ t.query;
END;
COMMENT ON FUNCTION cx.themes(text, text) IS
'The themes of cx.theme whose query a text fits, each once in bytewise order; {} if none does. With language only the themes of that one are tried; NULL: all. NULL for a NULL text. Themes above these in the hierarchy are added by cx.theme_branches. Errors: a configuration of cx.theme that no longer exists (42704).';

CREATE FUNCTION cx.theme_branches(themes text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
RETURN (SELECT coalesce(array_agg(DISTINCT b.branch COLLATE "C" ORDER BY b.branch COLLATE "C"), '{}')
	FROM unnest(themes) AS t (theme)
		CROSS JOIN LATERAL string_to_array(t.theme, '.') AS p (labels)
		CROSS JOIN LATERAL generate_series(1, cardinality(p.labels)) AS d (depth)
		CROSS JOIN LATERAL array_to_string(p.labels[:d.depth], '.') AS b (branch));
COMMENT ON FUNCTION cx.theme_branches(text[]) IS
'Themes and all that stand above them in the hierarchy, each once in bytewise order: {billing.refund,delivery} gives {billing,billing.refund,delivery}. NULL elements are left out. NULL for NULL. No errors.';

CREATE FUNCTION cx.proportion(successes bigint, trials bigint, confidence float8 DEFAULT 0.95, OUT share float8, OUT low float8, OUT high float8)
AS 'MODULE_PATHNAME', 'cx_proportion' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.proportion(bigint, bigint, float8) IS
'A share with its interval: successes / trials, 0 to 1, and Wilson''s score interval (Wilson 1927) at the confidence. NULL without trials or for NULL. Errors: successes not between 0 and trials, a confidence not between 0 and 1 (22023).';

CREATE FUNCTION cx.mean_difference(a_count bigint, a_mean float8, a_variance float8, b_count bigint, b_mean float8, b_variance float8,
	confidence float8 DEFAULT 0.95, at_least bigint DEFAULT 30,
	OUT difference float8, OUT standard_error float8, OUT low float8, OUT high float8)
AS 'MODULE_PATHNAME', 'cx_mean_difference' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.mean_difference(bigint, float8, float8, bigint, float8, float8, float8, bigint) IS
'How far the mean of sample a lies above that of b: difference = a_mean - b_mean, its standard error sqrt(a_variance / a_count + b_variance / b_count), with variances as var_samp gives them, and low and high = difference -+ z * standard_error at the confidence. The normal distribution stands in for Student''s, which wants samples that are not small: with fewer than at_least in either all but difference are NULL. NULL for NULL. Errors: a count under 1, a mean that is not finite, a variance that is negative or not finite, a confidence not between 0 and 1 (22023), a result out of range (22003).';
