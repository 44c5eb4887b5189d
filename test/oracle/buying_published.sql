--
-- Models of buying behaviour against published numbers, and numbers that other programs computed: the customers of CDNOW (Fader, Hardie
-- and Lee 2005), donors (Fader, Hardie and Shang 2010), contracts (Fader and Hardie 2007).
-- Variable: data, the folder with the data (default ../shared/data, beside the checkout).
--
\if :{?data} \else \set data ../shared/data \endif
\setenv CX_DATA :data
\set there `test -f "$CX_DATA/models/reference.json" && echo true || echo false`
\if :there
\else
\echo skipped: no reference numbers in :data
\quit
\endif

\ir lib/begin.sql

CREATE FUNCTION agree(a float8, b float8, within float8) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(abs(a - b) <= within * abs(b), false);

CREATE TABLE file (line text);
\copy file FROM PROGRAM 'tr -d "\n" <"$CX_DATA/models/reference.json" | sed "s/NaN/null/g"' (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
CREATE TABLE reference AS SELECT line::jsonb AS facts FROM file;
CREATE TABLE customer (id int, x float8, t_x float8, age float8, holdout int, m float8);
\copy customer FROM PROGRAM 'cat "$CX_DATA/models/cdnow_summary_holdout.csv"' (FORMAT csv, HEADER)
CREATE TABLE rounded (id int, x float8, t_x float8, age float8, m float8);
\copy rounded FROM PROGRAM 'cat "$CX_DATA/models/cdnow_summary_with_monetary.csv"' (FORMAT csv, HEADER)
CREATE TABLE purchase (line text);
\copy purchase FROM PROGRAM 'cat "$CX_DATA/models/CDNOW_sample.txt"' (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')

-- From the log of transactions: 69 weeks of CDs, the first 39 of them known.
CREATE TABLE journey AS
SELECT c[2]::int AS id, cx.journey_agg(c[3]::date::timestamptz, 'purchase', NULL, NULL, c[5]::float8, NULL, NULL, NULL) AS journey
FROM (SELECT regexp_split_to_array(trim(line), ' +') AS c FROM purchase) p GROUP BY 1;
CALL oracle.check_rows('customers from journeys', 'SELECT id, true, true, true, true, true FROM customer',
	'SELECT id, b.frequency = x, abs(b.recency - t_x) < 1e-9, abs(b.age - c.age) < 1e-9, coalesce(abs(b.monetary - m) < 1e-9, m = 0),
		(SELECT frequency FROM cx.buying(journey, ''purchase'', ''1998-06-30'')) - b.frequency = holdout
	FROM customer c JOIN journey USING (id), cx.buying(journey, ''purchase'', ''1997-09-30'') b');
CALL oracle.check_rows('repeat purchases of all', 'SELECT sum(frequency), count(*) FILTER (WHERE frequency = 0) FROM journey, cx.buying(journey, ''purchase'', ''1997-09-30'')',
	'SELECT 2457::bigint, 1411::bigint');

-- Fits.
CREATE TABLE contract (name text, period int, customers int);
INSERT INTO contract SELECT 'Regular', n - 1, c FROM unnest(ARRAY[1000, 631, 468, 382, 326, 289, 262, 241]) WITH ORDINALITY u (c, n);
INSERT INTO contract SELECT 'HighEnd', n - 1, c FROM unnest(ARRAY[1000, 869, 743, 653, 593, 551, 517, 491]) WITH ORDINALITY u (c, n);
CREATE TABLE donor (x float8, t_x float8, n float8, donors float8);
INSERT INTO donor VALUES (6, 6, 6, 1203), (5, 6, 6, 728), (4, 6, 6, 512), (3, 6, 6, 357), (2, 6, 6, 234), (1, 6, 6, 129), (5, 5, 6, 335), (4, 5, 6, 284),
	(3, 5, 6, 225), (2, 5, 6, 173), (1, 5, 6, 119), (4, 4, 6, 240), (3, 4, 6, 181), (2, 4, 6, 155), (1, 4, 6, 78), (3, 3, 6, 322), (2, 3, 6, 255),
	(1, 3, 6, 129), (2, 2, 6, 613), (1, 2, 6, 277), (1, 1, 6, 1091), (0, 0, 6, 3464);
CREATE TABLE fit (name text, model cx.buying_model);
INSERT INTO fit SELECT unnest(ARRAY['CDNOW/exact_weeks/NBD', 'CDNOW/exact_weeks/BGNBD', 'CDNOW/exact_weeks/MBGNBD', 'CDNOW/exact_weeks/ParetoNBD', 'CDNOW/exact/GammaGamma']),
	unnest(ARRAY[cx.nbd_agg(x, age), cx.bgnbd_agg(x, t_x, age), cx.mbgnbd_agg(x, t_x, age), cx.pareto_nbd_agg(x, t_x, age), cx.gamma_gamma_agg(x, m)]) FROM customer;
INSERT INTO fit SELECT unnest(ARRAY['CDNOW/rounded_2dp/NBD', 'CDNOW/rounded_2dp/BGNBD', 'CDNOW/rounded_2dp/MBGNBD', 'CDNOW/rounded_2dp/ParetoNBD', 'CDNOW/rounded_2dp/GammaGamma']),
	unnest(ARRAY[cx.nbd_agg(x, age), cx.bgnbd_agg(x, t_x, age), cx.mbgnbd_agg(x, t_x, age), cx.pareto_nbd_agg(x, t_x, age), cx.gamma_gamma_agg(x, m)]) FROM rounded;
INSERT INTO fit SELECT 'sBG/' || name, cx.sbg_agg(least(period + 1, 7), period < 7, customers - coalesce(next, 0))
FROM (SELECT *, lead(customers) OVER (PARTITION BY name ORDER BY period) AS next FROM contract) c GROUP BY name;
INSERT INTO fit SELECT 'donors', cx.bgbb_agg(x, t_x, n, donors) FROM donor;
CREATE TABLE term AS SELECT name, s.* FROM fit, cx.summary(model) WITH ORDINALITY s (term, estimate, std_error, z, p, low, high, i);
CALL oracle.check_rows('parameters and standard errors of every fit of the reference', 'SELECT key, i, true, true FROM reference, jsonb_each(facts -> ''buying''), generate_series(1, jsonb_array_length(value -> ''params'')) i',
	'SELECT key, i, agree(estimate, (value -> ''params'' ->> i::int - 1)::float8, 1e-4), agree(std_error, (value -> ''se'' ->> i::int - 1)::float8, 1e-4)
	FROM reference, jsonb_each(facts -> ''buying'') JOIN term ON name = key');
CALL oracle.check_rows('log-likelihood of every fit of the reference', 'SELECT key, true, true FROM reference, jsonb_each(facts -> ''buying'')',
	'SELECT key, agree(cx.log_likelihood(model), (value ->> ''loglik'')::float8, 1e-9), cx.converged(model) FROM reference, jsonb_each(facts -> ''buying'') JOIN fit ON name = key');
CALL oracle.check_rows('survival of regular contracts', 'SELECT i, true FROM generate_series(1, 12) i',
	'SELECT i, agree(cx.survival_at(model, i), (facts #>> ARRAY[''buying'', ''sBG/Regular'', ''survival_1_12'', (i - 1)::text])::float8, 1e-6)
	FROM reference, fit, generate_series(1, 12) i WHERE name = ''sBG/Regular''');
CALL oracle.check_rows('published parameters, as printed', 'SELECT name, printed FROM (VALUES (''CDNOW/exact_weeks/BGNBD'', ''0.243 4.414 0.793 2.426 -9582.43''), (''CDNOW/exact_weeks/ParetoNBD'', ''0.553 10.578 0.606 11.669 -9594.98''),
		(''sBG/HighEnd'', ''0.668 3.806 -1611.16''), (''donors'', ''1.204 0.750 0.657 2.783 -33225.58''), (''CDNOW/exact_weeks/MBGNBD'', ''0.525 6.183 0.891 1.614 -9582.14'')) v (name, printed)',
	'SELECT name, string_agg(round(estimate::numeric, 3)::text, '' '' ORDER BY i) || '' '' || round(max(cx.log_likelihood(model))::numeric, 2)
	FROM term JOIN fit USING (name) WHERE name IN (''CDNOW/exact_weeks/BGNBD'', ''CDNOW/exact_weeks/ParetoNBD'', ''sBG/HighEnd'', ''donors'', ''CDNOW/exact_weeks/MBGNBD'') GROUP BY name');
CALL oracle.check_rows('published parameters of Gamma-Gamma', 'SELECT ''6.25 3.74 15.44''',
	'SELECT string_agg(round(estimate::numeric, 2)::text, '' '' ORDER BY i) FROM term WHERE name = ''CDNOW/exact/GammaGamma''');

-- Likelihoods without a fit.
CALL oracle.check_rows('log-likelihood at given parameters', 'SELECT name, p, ll FROM (VALUES (''bgnbd'', ''{.243,4.414,.793,2.426}''::float8[], -9582.430478), (''bgnbd'', ''{1,1,1,1}'', -13887.712625),
		(''pareto_nbd'', ''{.553,10.578,.606,11.669}'', -9594.976259), (''pareto_nbd'', ''{1,1,1,1}'', -12032.187262), (''mbgnbd'', ''{.525,6.183,.891,1.614}'', -9582.135826), (''mbgnbd'', ''{1,1,1,1}'', -10492.516568)) v (name, p, ll)',
	'SELECT name, p, round(sum(cx.log_likelihood(cx.buying_model(name, p), x, t_x, age))::numeric, 6) FROM customer,
		(VALUES (''bgnbd'', ''{.243,4.414,.793,2.426}''::float8[]), (''bgnbd'', ''{1,1,1,1}''), (''pareto_nbd'', ''{.553,10.578,.606,11.669}''), (''pareto_nbd'', ''{1,1,1,1}''), (''mbgnbd'', ''{.525,6.183,.891,1.614}''), (''mbgnbd'', ''{1,1,1,1}'')) v (name, p)
	GROUP BY 1, 2');

-- Predictions, each with its own parameters.
CREATE FUNCTION predict(model cx.buying_model, quantity text, args jsonb) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN quantity LIKE 'loglik_i%' THEN cx.log_likelihood(model, (args ->> 0)::float8, (args ->> 1)::float8, (args ->> 2)::float8)
	WHEN quantity LIKE 'cond_expected(t=39)%' THEN cx.expected_purchases(model, 39, (args ->> 0)::float8, (args ->> 1)::float8, (args ->> 2)::float8)
	WHEN quantity LIKE 'log_P_alive%' THEN cx.log_p_alive(model, (args ->> 0)::float8, (args ->> 1)::float8, (args ->> 2)::float8)
	WHEN quantity LIKE 'p_alive%' THEN cx.p_alive(model, (args ->> 0)::float8, (args ->> 1)::float8, (args ->> 2)::float8)
	WHEN quantity LIKE 'expected_new%' THEN cx.expected_purchases(model, (args #>> '{}')::float8)
	WHEN quantity LIKE 'pmf%' THEN cx.purchase_probability(model, (args ->> 1)::float8, (args ->> 0)::float8)
	WHEN quantity LIKE 'E[M|x,zbar]%' THEN cx.expected_value(model, (args ->> 0)::float8, (args ->> 1)::float8)
	WHEN quantity LIKE 'DERL(d=0.10%' THEN cx.expected_renewals(model, (args #>> '{}')::float8 - 1, 0.1)
END;
CALL oracle.check_rows('predictions of the reference', 'SELECT n, p ->> ''model'', p ->> ''quantity'', true FROM reference, jsonb_array_elements(facts -> ''predictions'') WITH ORDINALITY u (p, n)',
	'SELECT n, p ->> ''model'', p ->> ''quantity'', CASE (p ->> ''value'')::float8 WHEN 0 THEN got = 0 ELSE agree(got, (p ->> ''value'')::float8, 1e-8) END
	FROM reference, jsonb_array_elements(facts -> ''predictions'') WITH ORDINALITY u (p, n),
		predict(cx.buying_model(CASE p ->> ''model'' WHEN ''bg_nbd'' THEN ''bgnbd'' WHEN ''mbg_nbd'' THEN ''mbgnbd'' ELSE p ->> ''model'' END,
			(SELECT array_agg(e::text::float8 ORDER BY i) FROM jsonb_array_elements(p -> ''params'') WITH ORDINALITY v (e, i))), p ->> ''quantity'', p -> ''args'') got');
CALL oracle.check_rows('39 weeks ahead, summed up', 'SELECT name, alive, ahead FROM (VALUES (''BGNBD'', 1917.28, 1653.41), (''ParetoNBD'', 1051.88, 1665.51), (''MBGNBD'', 1057.64, 1576.73)) v (name, alive, ahead)',
	'SELECT split_part(name, ''/'', 3), round(sum(cx.p_alive(model, x, t_x, age))::numeric, 2), round(sum(cx.expected_purchases(model, 39, x, t_x, age))::numeric, 2)
	FROM fit, customer WHERE name IN (''CDNOW/exact_weeks/BGNBD'', ''CDNOW/exact_weeks/ParetoNBD'', ''CDNOW/exact_weeks/MBGNBD'') GROUP BY name');
CALL oracle.check_rows('discounted for ever', 'SELECT 7185.972',
	'SELECT round(sum(cx.discounted_purchases(model, NULL, exp(0.0027) - 1, x, t_x, age))::numeric, 3) FROM fit, customer WHERE name = ''CDNOW/exact_weeks/ParetoNBD''');
CALL oracle.check_rows('residual lifetimes of contracts', 'SELECT ''5.41486 5.90175 6.29426 6.62028 6.89706''',
	'SELECT string_agg(round(cx.expected_renewals(cx.buying_model(''sbg'', ''{0.668,3.806}''), n, 0.1)::numeric, 5)::text, '' '' ORDER BY n) FROM generate_series(0, 4) n');

\ir lib/end.sql
