--
-- Models of buying behaviour against formulas written down in plain SQL, which integrate and add up by brute force, and against
-- what must hold between the functions whatever the parameters are.
--
\ir lib/begin.sql

SELECT setseed(:seed / 1000.0);

-- ln gamma by Lanczos' approximation, good to 14 digits
CREATE FUNCTION lgamma(z float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT 0.91893853320467274178 + (z + 0.5) * ln(z + 7.5) - (z + 7.5) - ln(z)
		+ ln(0.99999999999980993 + sum(c / (z + i))) FROM unnest(ARRAY[676.5203681218851, -1259.1392167224028, 771.32342877765313,
		-176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7]::float8[])
		WITH ORDINALITY AS u (c, i);
END;
CREATE FUNCTION lbeta(a float8, b float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lgamma(a) + lgamma(b) - lgamma(a + b);

-- true when two numbers agree to so many parts of the larger, or of 1
CREATE FUNCTION agree(a float8, b float8, within float8) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(abs(a - b) <= within * greatest(abs(a), abs(b), 1e-6), a IS NULL AND b IS NULL);

-- Random parameters, ordinary and lopsided, and customers.
CREATE TABLE random_case AS
SELECT n, exp(4 * random() - 2.5) AS r, exp(5 * random() - 1) AS alpha, exp(4 * random() - 2) AS a, exp(4 * random() - 1) AS b,
	x, CASE WHEN x = 0 THEN 0 WHEN n % 5 = 0 THEN age ELSE age * greatest(random(), 0.01) END AS t_x, age, exp(6 * random() - 2) AS horizon
FROM (SELECT n, floor(exp(random() * 5.5) - 1) * (random() < 0.8)::int AS x, exp(5 * random()) AS age FROM generate_series(1, 400 * :scale) n) s;

-- BG/NBD and MBG/NBD: the likelihood as the sum of being alive and being gone, in the form of the papers.
CREATE TABLE closed AS
SELECT *, lgamma(r + x) - lgamma(r) + r * ln(alpha) AS common,
	lbeta(a, b + x) - lbeta(a, b) - (r + x) * ln(alpha + age) AS bg_alive,
	CASE WHEN x > 0 THEN lbeta(a + 1, b + x - 1) - lbeta(a, b) - (r + x) * ln(alpha + t_x) END AS bg_gone,
	lbeta(a, b + x + 1) - lbeta(a, b) - (r + x) * ln(alpha + age) AS mbg_alive,
	lbeta(a + 1, b + x) - lbeta(a, b) - (r + x) * ln(alpha + t_x) AS mbg_gone
FROM random_case;
CREATE FUNCTION ladd(a float8, b float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN b IS NULL THEN a ELSE greatest(a, b) + ln(1 + exp(greatest(-700, least(a, b) - greatest(a, b)))) END;

CALL oracle.check_rows('BG/NBD: log-likelihood, P(alive)', 'SELECT n, true, true FROM random_case',
	'SELECT n, agree(cx.log_likelihood(m, x, t_x, age), common + ladd(bg_alive, bg_gone), 1e-9),
		agree(cx.log_p_alive(m, x, t_x, age), CASE WHEN x = 0 THEN 0 ELSE bg_alive - ladd(bg_alive, bg_gone) END, 1e-8)
	FROM closed, cx.buying_model(''bgnbd'', ARRAY[r, alpha, a, b]) m');
CALL oracle.check_rows('MBG/NBD: log-likelihood, P(alive)', 'SELECT n, true, true FROM random_case',
	'SELECT n, agree(cx.log_likelihood(m, x, t_x, age), common + ladd(mbg_alive, mbg_gone), 1e-9),
		agree(cx.log_p_alive(m, x, t_x, age), mbg_alive - ladd(mbg_alive, mbg_gone), 1e-8)
	FROM closed, cx.buying_model(''mbgnbd'', ARRAY[r, alpha, a, b]) m');

-- Expected purchases of one who is alive: an integral over the chance p to leave, here by Simpson's rule after p = 1 / (1 + e^-u).
CREATE FUNCTION simpson_alive(r float8, alpha float8, a float8, b float8, t float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT sum(w * exp(greatest(-700, -a * ln(1 + exp(-u)) - b * ln(1 + exp(u)) - lbeta(a, b)))
		* CASE WHEN p * t / alpha < 1e-8 THEN r * t / alpha ELSE (1 - exp(greatest(-700, -r * ln(1 + p * t / alpha)))) / p END * h / 3)
	FROM (SELECT lo + h * i AS u, h, CASE WHEN i IN (0, 4000) THEN 1 WHEN i % 2 = 1 THEN 4 ELSE 2 END AS w, 1 / (1 + exp(-(lo + h * i))) AS p
		FROM (SELECT ln(a / b) - 30 / least(a, 1) / 1.2 AS lo, (30 / least(a, 1) / 1.2 + 30 / least(b, 1) / 1.2) / 4000 AS h) s, generate_series(0, 4000) i) q;
END;
CREATE TABLE part AS SELECT * FROM random_case WHERE a > 0.3 AND b > 0.5 AND x < 60 AND n <= 60;
CALL oracle.check_rows('BG/NBD and MBG/NBD: expected purchases', 'SELECT n, true, true FROM part',
	'SELECT n, agree(cx.expected_purchases(g, horizon, x, t_x, age), cx.p_alive(g, x, t_x, age) * simpson_alive(r + x, alpha + age, a, b + x, horizon), 1e-6),
		agree(cx.expected_purchases(m, horizon, x, t_x, age), cx.p_alive(m, x, t_x, age) * simpson_alive(r + x, alpha + age, a, b + x + 1, horizon), 1e-6)
	FROM part, cx.buying_model(''bgnbd'', ARRAY[r, alpha, a, b]) g, cx.buying_model(''mbgnbd'', ARRAY[r, alpha, a, b]) m');

-- Pareto/NBD: the time of leaving by Simpson's rule in ln (beta + y), relative to being alive.
CREATE FUNCTION simpson_gone(r float8, alpha float8, s float8, beta float8, t_x float8, age float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT sum(w * s * exp(v - r * ln((alpha + exp(v) - beta) / (alpha + age)) - (s + 1) * v + s * ln(beta + age)) * h / 3)
	FROM (SELECT lo + h * i AS v, h, CASE WHEN i IN (0, 20000) THEN 1 WHEN i % 2 = 1 THEN 4 ELSE 2 END AS w
		FROM (SELECT ln(beta + t_x) AS lo, ln((beta + age) / (beta + t_x)) / 20000 AS h) s, generate_series(0, 20000) i) q;
END;
CREATE TABLE pareto AS SELECT *, simpson_gone(r + x, alpha, a, b * 5, t_x, age) AS gone FROM random_case WHERE x < 60 AND n <= 120;
CALL oracle.check_rows('Pareto/NBD: log-likelihood, P(alive)', 'SELECT n, true, true FROM pareto',
	'SELECT n, agree(cx.log_likelihood(m, x, t_x, age), lgamma(r + x) - lgamma(r) + r * ln(alpha) + a * ln(b * 5) - (r + x) * ln(alpha + age) - a * ln(b * 5 + age) + ln(1 + gone), 1e-8),
		agree(cx.p_alive(m, x, t_x, age), 1 / (1 + gone), 1e-7)
	FROM pareto, cx.buying_model(''pareto_nbd'', ARRAY[r, alpha, a, b * 5]) m');

-- Chances of all numbers of purchases add up to 1, and their mean is what is expected; other formulas for both.
CREATE TABLE small AS SELECT * FROM random_case WHERE r * horizon / alpha < 15 AND n <= 20;
CALL oracle.check_rows('chances of numbers of purchases', 'SELECT name, n, true, true FROM small, unnest(ARRAY[''nbd'', ''bgnbd'', ''mbgnbd'', ''pareto_nbd'']) name',
	'SELECT name, n, agree(sum(p), 1, 1e-8), agree(sum(k * p), max(e), 1e-6) FROM (
		SELECT name, n, k, cx.purchase_probability(m, k, horizon) AS p, cx.expected_purchases(m, horizon) AS e
		FROM small, unnest(ARRAY[''nbd'', ''bgnbd'', ''mbgnbd'', ''pareto_nbd'']) name,
			cx.buying_model(name, CASE name WHEN ''nbd'' THEN ARRAY[r, alpha] ELSE ARRAY[r, alpha, a, b] END) m, generate_series(0, 1500) k) q
	GROUP BY name, n');

-- What is discounted by nothing is all that is expected, by something the sum of what single short times bring.
CALL oracle.check_rows('discounted purchases', 'SELECT name, n, true, true FROM part, unnest(ARRAY[''nbd'', ''bgnbd'', ''mbgnbd'', ''pareto_nbd'']) name',
	'SELECT name, n, agree(cx.discounted_purchases(m, horizon, 0, x, t_x, age), cx.expected_purchases(m, horizon, x, t_x, age), 1e-12),
		agree(cx.discounted_purchases(m, horizon, 0.05, x, t_x, age), (SELECT sum(exp(-ln(1.05) * horizon * (i + 0.5) / 2000)
			* (cx.expected_purchases(m, horizon * (i + 1) / 2000, x, t_x, age) - cx.expected_purchases(m, horizon * i / 2000, x, t_x, age))) FROM generate_series(0, 1999) i), 1e-5)
	FROM part, unnest(ARRAY[''nbd'', ''bgnbd'', ''mbgnbd'', ''pareto_nbd'']) name,
		cx.buying_model(name, CASE name WHEN ''nbd'' THEN ARRAY[r, alpha] ELSE ARRAY[r, alpha, a, b] END) m');
CALL oracle.check_rows('purchases for ever are those of a very long time', 'SELECT name, n, true FROM part, unnest(ARRAY[''nbd'', ''bgnbd'', ''mbgnbd'', ''pareto_nbd'']) name',
	'SELECT name, n, agree(cx.discounted_purchases(m, NULL, 0.05, x, t_x, age), cx.discounted_purchases(m, 600, 0.05, x, t_x, age), 1e-8)
	FROM part, unnest(ARRAY[''nbd'', ''bgnbd'', ''mbgnbd'', ''pareto_nbd'']) name,
		cx.buying_model(name, CASE name WHEN ''nbd'' THEN ARRAY[r, alpha] ELSE ARRAY[r, alpha, a, b] END) m');

-- BG/BB: all histories of six opportunities.  Their chances add up to 1, and what is expected after them to what is expected from the start.
CREATE TABLE history AS
SELECT h, length(replace(h, '0', '')) AS x, length(rtrim(h, '0')) AS t_x FROM (SELECT (i::bit(6))::text AS h FROM generate_series(0, 63) i) s;
CREATE TABLE bgbb AS SELECT n, cx.buying_model('bgbb', ARRAY[r, alpha, a, b]) AS m, a, b, r, alpha FROM random_case WHERE n <= 40;
CALL oracle.check_rows('BG/BB: all histories', 'SELECT n, true, true, true FROM bgbb',
	'SELECT n, agree(sum(p), 1, 1e-10), agree(sum(p * e), max(later), 1e-9),
		bool_and(agree(chance, (SELECT sum(exp(cx.log_likelihood(m, h.x, h.t_x, 6))) FROM history h WHERE h.x = q.x), 1e-9))
	FROM (SELECT n, m, x, exp(cx.log_likelihood(m, x, t_x, 6)) AS p, cx.expected_purchases(m, 5, x, t_x, 6) AS e,
			cx.expected_purchases(m, 11) - cx.expected_purchases(m, 6) AS later, cx.purchase_probability(m, x, 6) AS chance
		FROM bgbb, history) q GROUP BY n');
CALL oracle.check_rows('BG/BB: log-likelihood and P(alive) by the sums of the paper', 'SELECT n, h, true, true FROM bgbb, history',
	'SELECT n, h, agree(cx.log_likelihood(m, x, t_x, 6), ln(there + gone), 1e-8), agree(cx.p_alive(m, x, t_x, 6), stays / (there + gone), 1e-8)
	FROM bgbb, history, LATERAL (SELECT exp(lbeta(r + x, alpha + 6 - x) - lbeta(r, alpha) + lbeta(a, b + 6) - lbeta(a, b)) AS there,
		exp(lbeta(r + x, alpha + 6 - x) - lbeta(r, alpha) + lbeta(a, b + 7) - lbeta(a, b)) AS stays,
		(SELECT coalesce(sum(exp(lbeta(r + x, alpha + t_x - x + i) - lbeta(r, alpha) + lbeta(a + 1, b + t_x + i) - lbeta(a, b))), 0) FROM generate_series(0, 6 - t_x - 1) i) AS gone) l');

-- sBG: period by period.
CALL oracle.check_rows('sBG: survival is the product of retention, renewals are discounted survival', 'SELECT n, true, true, true FROM random_case WHERE n <= 100',
	'SELECT n, agree(cx.survival_at(m, 12), (SELECT exp(sum(ln(cx.retention_rate(m, t)))) FROM generate_series(1, 12) t), 1e-10),
		agree(cx.survival_at(m, 12), exp(lbeta(a, b + 12) - lbeta(a, b)), 1e-8),
		agree(cx.expected_renewals(m, 3, 0.2), (SELECT sum(cx.survival_at(m, 3 + k) / cx.survival_at(m, 3) / 1.2 ^ (k - 1)) FROM generate_series(1, 250) k), 1e-9)
	FROM random_case, cx.buying_model(''sbg'', ARRAY[a, b]) m WHERE n <= 100');

-- Fits: no point nearby is more likely, by likelihoods in plain SQL; the data are lopsided, with many ties.
CREATE TABLE customer AS
SELECT n, x, CASE WHEN x = 0 THEN 0 ELSE least(age, greatest(1, ceil(live * random() ^ (1 / (x + 0.5))))) END AS t_x, age, exp(2 + random() + (random() + random() + random() - 1.5) * 1.2 / sqrt(greatest(x, 1))) AS spent
FROM (SELECT n, floor(-ln(random()) * rate * live / 5) AS x, age, live FROM
	(SELECT n, age, rate, CASE WHEN random() < 0.4 THEN age ELSE greatest(1, age * random() ^ 2) END AS live FROM
		(SELECT n, floor(20 + 30 * random()) AS age, exp(3 * random() - 2) AS rate FROM generate_series(1, 1500 * :scale) n) r) q) s;
CREATE TABLE nearby AS
SELECT exp(d1) AS f1, exp(d2) AS f2, exp(d3) AS f3, exp(d4) AS f4 FROM unnest(ARRAY[-0.01, 0, 0.01]) d1, unnest(ARRAY[-0.01, 0, 0.01]) d2, unnest(ARRAY[-0.01, 0, 0.01]) d3, unnest(ARRAY[-0.01, 0, 0.01]) d4;
CREATE TABLE fit AS SELECT name, m, cx.log_likelihood(m) AS ll, ARRAY(SELECT (t ->> 'estimate')::float8 FROM jsonb_array_elements(m::jsonb -> 'terms') t) AS p
FROM (SELECT 'bgnbd', cx.bgnbd_agg(x, t_x, age) FROM customer UNION ALL SELECT 'mbgnbd', cx.mbgnbd_agg(x, t_x, age) FROM customer
	UNION ALL SELECT 'pareto_nbd', cx.pareto_nbd_agg(x, t_x, age) FROM customer UNION ALL SELECT 'gamma_gamma', cx.gamma_gamma_agg(x, spent) FROM customer) s (name, m);
CREATE TABLE known AS SELECT x, t_x, age, count(*) AS w FROM customer GROUP BY 1, 2, 3;
CALL oracle.check_rows('fits end at a maximum', 'SELECT name, true, true, true FROM fit WHERE name <> ''gamma_gamma''',
	'SELECT name, cx.fit_status(m) IN (''converged'', ''boundary'') AND (cx.converged(m) OR name = ''pareto_nbd''), bool_and(near <= ll + 1e-7), agree(max(near), ll, 1e-9)
	FROM (SELECT name, fit.m, ll, (SELECT sum(w * cx.log_likelihood(cx.buying_model(name, ARRAY[p[1] * f1, p[2] * f2, p[3] * f3, p[4] * f4]), x, t_x, age)) FROM known) AS near
		FROM fit, nearby WHERE name <> ''gamma_gamma'') q GROUP BY name, m, ll');
CALL oracle.check_rows('Gamma-Gamma ends at a maximum', 'SELECT true, true, true',
	'SELECT bool_and(cx.converged(m)), bool_and(near <= ll + 1e-7), agree(max(near), max(ll), 1e-9)
	FROM (SELECT m, ll, (SELECT sum(lgamma(p[1] * f1 * x + p[2] * f2) - lgamma(p[1] * f1 * x) - lgamma(p[2] * f2) + p[2] * f2 * ln(p[3] * f3)
			+ (p[1] * f1 * x - 1) * ln(spent) + p[1] * f1 * x * ln(x) - (p[1] * f1 * x + p[2] * f2) * ln(x * spent + p[3] * f3)) FROM customer WHERE x > 0) AS near
		FROM fit, (SELECT DISTINCT f1, f2, f3 FROM nearby) n WHERE name = ''gamma_gamma'') q');
-- The model does not depend on the order of rows, on plans or on how customers are grouped.
CALL oracle.check_rows('grouped rows with weights', 'SELECT (m::text) FROM fit WHERE name = ''bgnbd''', 'SELECT cx.bgnbd_agg(x, t_x, age, w)::text FROM known');
CALL oracle.check_rows('another order of rows', 'SELECT name, m::text FROM fit WHERE name IN (''bgnbd'', ''pareto_nbd'')',
	'SELECT ''bgnbd'', cx.bgnbd_agg(x, t_x, age ORDER BY n DESC)::text FROM customer UNION ALL SELECT ''pareto_nbd'', cx.pareto_nbd_agg(x, t_x, age ORDER BY random())::text FROM customer');
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
CREATE TABLE plan (line text);
DO $$ DECLARE l text; BEGIN FOR l IN EXECUTE 'EXPLAIN (COSTS OFF) SELECT cx.bgnbd_agg(x, t_x, age) FROM customer' LOOP INSERT INTO plan VALUES (l); END LOOP; END $$;
CALL oracle.check_rows('the plan is parallel', 'SELECT 1::bigint', 'SELECT count(*) FROM plan WHERE line LIKE ''%Partial Aggregate%''');
CALL oracle.check_rows('parallel workers', 'SELECT name, m::text FROM fit',
	'SELECT ''bgnbd'', cx.bgnbd_agg(x, t_x, age)::text FROM customer UNION ALL SELECT ''mbgnbd'', cx.mbgnbd_agg(x, t_x, age)::text FROM customer
	UNION ALL SELECT ''pareto_nbd'', cx.pareto_nbd_agg(x, t_x, age)::text FROM customer UNION ALL SELECT ''gamma_gamma'', cx.gamma_gamma_agg(x, spent)::text FROM customer');

\ir lib/end.sql
