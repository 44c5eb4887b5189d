-- Models of buying behaviour: forms, errors, data without an answer.
\getenv srcdir PG_ABS_SRCDIR
\getenv builddir PG_ABS_BUILDDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
\set file :builddir '/results/buying.data'
SET extra_float_digits = 0;

-- what is known of a customer
SELECT * FROM cx.buying('[{"at": "2026-01-01T10:00:00Z", "touchpoint": "buy", "value": 100}, {"at": "2026-01-01T12:00:00Z", "touchpoint": "buy", "value": 7},
	{"at": "2026-01-08T01:00:00Z", "touchpoint": "buy", "value": 10}, {"at": "2026-01-08T23:00:00Z", "touchpoint": "buy", "value": 20},
	{"at": "2026-01-10T00:00:00Z", "touchpoint": "visit", "value": 5}, {"at": "2026-01-15T00:00:00Z", "touchpoint": "buy"}, {"at": "2026-01-29T00:00:00Z", "touchpoint": "buy", "value": 50},
	{"at": "2026-01-30T00:00:00Z", "touchpoint": "buy", "value": 1}]', 'buy', '2026-01-29');
\set j '''[{"at": "2026-01-01T10:00:00Z", "touchpoint": "buy"}, {"at": "2026-01-03T23:30:00Z", "touchpoint": "buy", "value": -3}]'''
SELECT * FROM cx.buying(:j, 'buy', '2026-01-31 23:59Z', '1 day');
SELECT * FROM cx.buying(:j, 'buy', '2026-01-31 23:59Z', '12 hours', 'Europe/Berlin');
SELECT * FROM cx.buying(:j, 'buy', '2026-01-01 10:00Z');
SELECT * FROM cx.buying(:j, 'buy', '2026-01-01 09:59Z');
SELECT * FROM cx.buying(:j, 'sell', '2026-01-31');
SELECT * FROM cx.buying('[]', 'buy', '2026-01-31');
SELECT * FROM cx.buying(NULL, 'buy', '2026-01-31');
SELECT cx.buying(:j, 'buy', 'infinity');
SELECT cx.buying(:j, 'buy', '2026-01-31', '1 month');
SELECT cx.buying(:j, 'buy', '2026-01-31', '0');
SELECT cx.buying(:j, 'buy', '2026-01-31', '1 day', 'Mars/Base');

-- forms of a model
SELECT cx.buying_model('bgnbd', '{0.25,4,0.8,2.5}');
SELECT cx.buying_model('sbg', '{0.5,2}') = '{"terms": [{"term": "alpha", "estimate": 5e-1}, {"term": "beta", "estimate": 2}], "model": "sbg"}'::cx.buying_model AS same;
SELECT m::jsonb::cx.buying_model = m AND m::text::cx.buying_model = m AS same
FROM (VALUES ('{"model": "nbd", "terms": [{"term": "r", "estimate": 0.1, "std_error": 0.2}, {"term": "alpha", "estimate": 3, "std_error": 0}], "status": "converged", "log_likelihood": -1.5, "observations": 2.5}'::cx.buying_model)) v (m);
SELECT cx.buying_model('nbd', '{1,2}') < cx.buying_model('nbd', '{1,3}') AS less, cx.buying_model('nbd', '{1,2}') <> cx.buying_model('sbg', '{1,2}') AS other;
SELECT count(DISTINCT cx.buying_model('nbd', ARRAY[1, i % 2 + 1])) FROM generate_series(1, 4) i;
CREATE TEMP TABLE stored AS SELECT cx.buying_model('pareto_nbd', '{0.5,10,0.6,11}') AS model;
COPY stored TO :'file' (FORMAT binary);
CREATE TEMP TABLE restored (model cx.buying_model);
COPY restored FROM :'file' (FORMAT binary);
SELECT s.model = r.model AS same FROM stored s, restored r;
SELECT '{"model": "nbd"}'::cx.buying_model;
SELECT '{"model": "xyz", "terms": []}'::cx.buying_model;
SELECT '{"model": 1}'::cx.buying_model;
SELECT '[1]'::cx.buying_model;
SELECT '{"model": "nbd", "version": 2, "terms": [{"term": "r", "estimate": 1}, {"term": "alpha", "estimate": 1}]}'::cx.buying_model;
SELECT '{"model": "nbd", "terms": [{"term": "r", "estimate": 1}]}'::cx.buying_model;
SELECT '{"model": "nbd", "terms": [{"term": "alpha", "estimate": 1}, {"term": "r", "estimate": 1}]}'::cx.buying_model;
SELECT '{"model": "nbd", "terms": [{"term": "r", "estimate": 0}, {"term": "alpha", "estimate": 1}]}'::cx.buying_model;
SELECT '{"model": "nbd", "terms": [{"term": "r", "estimate": 1e31}, {"term": "alpha", "estimate": 1}]}'::cx.buying_model;
SELECT '{"model": "nbd", "terms": [{"term": "r", "estimate": "1"}, 5]}'::cx.buying_model;
SELECT '{"model": "nbd", "terms": [{"term": "r", "estimate": 1}, {"term": "alpha", "estimate": 1}], "status": "fine"}'::cx.buying_model;
SELECT '{"model": "nbd", "terms": [{"term": "r", "estimate": 1}, {"term": "alpha", "estimate": 1}], "status": "boundary"}'::cx.buying_model;
SELECT '{"model": "nbd", "terms": [{"term": "r", "estimate": 1}, {"term": "alpha", "estimate": 1}], "status": "converged", "log_likelihood": 0, "observations": 1}'::cx.buying_model;
SELECT '{"model": "nbd", "terms": [{"term": "r", "estimate": 1, "std_error": -1}, {"term": "alpha", "estimate": 1, "std_error": 1}], "status": "converged", "log_likelihood": 0, "observations": 1}'::cx.buying_model;
SELECT '{"model": "nbd", "terms": [{"term": "r", "estimate": 1}, {"term": "alpha", "estimate": 1}], "status": "stopped", "log_likelihood": 0, "observations": -1}'::cx.buying_model;
SELECT cx.buying_model('abc', '{1}');
SELECT cx.buying_model('sbg', '{1}');
SELECT cx.buying_model('sbg', '{1,NULL}');
SELECT cx.buying_model('sbg', '{1,-1}');
SELECT cx.buying_model('sbg', '{1,NaN}');
SELECT cx.buying_model('sbg', '{}');
SELECT cx.buying_model(NULL, '{1,2}');

-- a fit, read; the same from grouped rows, with NULLs and weights of 0 beside
CREATE TEMP TABLE customer (x float8, t_x float8, age float8, w float8);
INSERT INTO customer VALUES (0, 0, 10, 60), (1, 2, 10, 8), (1, 9, 10, 4), (2, 9, 10, 6), (3, 6, 10, 3), (6, 9, 10, 3), (20, 10, 10, 1), (2, 4, 12, 5), (0, 0, 12, 30), (9, 3, 12, 1);
SELECT term, round(estimate::numeric, 4) AS estimate, round(std_error::numeric, 3) AS std_error, round(z::numeric, 2) AS z, round(p::numeric, 3) AS p, round(low::numeric, 3) AS low, round(high::numeric, 2) AS high
FROM (SELECT cx.mbgnbd_agg(x, t_x, age, w) AS m FROM customer) s, cx.summary(m, 0.9);
SELECT round(cx.log_likelihood(m)::numeric, 4), cx.observations(m), cx.converged(m), cx.fit_status(m) FROM (SELECT cx.mbgnbd_agg(x, t_x, age, w) AS m FROM customer) s;
SELECT a = b AS same FROM (SELECT cx.mbgnbd_agg(x, t_x, age, w) AS a FROM customer) s,
	(SELECT cx.mbgnbd_agg(x, t_x, age) AS b FROM (SELECT x, t_x, age FROM customer, generate_series(1, w::int) UNION ALL SELECT NULL, 1, 1 UNION ALL SELECT 1, NULL, 1 UNION ALL SELECT 1, 1, NULL) q) t;
SELECT a = b AS same FROM (SELECT cx.pareto_nbd_agg(x, t_x, age, w) AS a FROM customer) s,
	(SELECT cx.pareto_nbd_agg(x, t_x, age, w) AS b FROM (TABLE customer UNION ALL SELECT 1, 1, 1, 0 UNION ALL SELECT 1, 1, 1, NULL) q) t;
SELECT n, m = (SELECT cx.bgnbd_agg(x, t_x, age, w) FROM customer) AS same FROM (SELECT row_number() OVER () AS n, cx.bgnbd_agg(x, t_x, age, w) OVER () AS m FROM customer) s WHERE n < 3;
SELECT cx.summary(m, 1) FROM cx.buying_model('sbg', '{1,2}') m;
SELECT * FROM cx.summary(cx.buying_model('sbg', '{1,2}'));
SELECT cx.log_likelihood(m), cx.observations(m), cx.converged(m), cx.fit_status(m) FROM cx.buying_model('sbg', '{1,2}') m;

-- no data
SELECT cx.nbd_agg(x, age), cx.bgnbd_agg(x, t_x, age), cx.mbgnbd_agg(x, t_x, age, w), cx.pareto_nbd_agg(x, t_x, age), cx.gamma_gamma_agg(x, t_x), cx.bgbb_agg(x, t_x, age), cx.sbg_agg(age, true) FROM customer WHERE x < 0;
SELECT cx.gamma_gamma_agg(x, NULL), cx.gamma_gamma_agg(0, -5), cx.gamma_gamma_agg(0, -5, w), cx.bgnbd_agg(x, t_x, age, 0) FROM customer;

-- data without a maximum end in finite numbers and say so
CREATE TEMP TABLE odd (name text, x float8, t_x float8, age float8);
INSERT INTO odd SELECT 'nobody came back', 0, 0, i FROM generate_series(0, 30) i
	UNION ALL SELECT 'one customer', 3, 10, 20
	UNION ALL SELECT 'one customer, once', 0, 0, 20
	UNION ALL SELECT 'all the same', 3, 10, 20 FROM generate_series(1, 50)
	UNION ALL SELECT 'five thousand each', 5000, 39, 39 FROM generate_series(1, 20)
	UNION ALL SELECT 'never observed', 0, 0, 0
	UNION ALL SELECT 'as regular as clocks', 5 + i % 2, 18 + i % 3, 20 FROM generate_series(1, 60) i
	UNION ALL SELECT 'nobody leaves', 1 + i % 5, i, i FROM generate_series(1, 60) i;
SELECT name, cx.converged(n) AS nbd, cx.converged(b) AS bgnbd, cx.converged(g) AS mbgnbd, cx.converged(p) AS pareto_nbd,
	(SELECT bool_and(cx.p_alive(m, 1, 1, 2) BETWEEN 0 AND 1 AND cx.expected_purchases(m, 5, 1, 1, 2) >= 0 AND cx.discounted_purchases(m, NULL, 0.1, 1, 1, 2) >= 0) FROM unnest(ARRAY[n, b, g, p]) m) AS predicts
FROM (SELECT name, cx.nbd_agg(x, age) AS n, cx.bgnbd_agg(x, t_x, age) AS b, cx.mbgnbd_agg(x, t_x, age) AS g, cx.pareto_nbd_agg(x, t_x, age) AS p FROM odd GROUP BY name) s ORDER BY name COLLATE "C";
SELECT cx.fit_status(cx.nbd_agg(0, 5));
SELECT cx.converged(cx.gamma_gamma_agg(3, 20)) AS one, cx.converged(cx.sbg_agg(1, true)) AS left, cx.converged(cx.sbg_agg(9, false)) AS stays, cx.converged(cx.sbg_agg(0, false)) AS unknown, cx.converged(cx.bgbb_agg(0, 0, 0)) AS nothing;
SELECT * FROM cx.summary((SELECT cx.sbg_agg(1, true))) WHERE std_error IS NOT NULL;

-- data that cannot be
SELECT cx.bgnbd_agg(-1, 0, 1);
SELECT cx.bgnbd_agg(1.5, 1, 1);
SELECT cx.bgnbd_agg(1e10, 1, 1);
SELECT cx.bgnbd_agg('NaN', 1, 1);
SELECT cx.bgnbd_agg(1, 2, 1);
SELECT cx.bgnbd_agg(1, 'NaN', 1);
SELECT cx.bgnbd_agg(1, -1, 1);
SELECT cx.bgnbd_agg(1, 1, 'infinity');
SELECT cx.bgnbd_agg(1, 1, 'NaN');
SELECT cx.mbgnbd_agg(1, 0, 1);
SELECT cx.pareto_nbd_agg(0, 1, 1);
SELECT cx.pareto_nbd_agg(1, 1, 1, -1);
SELECT cx.pareto_nbd_agg(1, 1, 1, 'NaN');
SELECT cx.pareto_nbd_agg(1, 1, 1, 2e15);
SELECT cx.nbd_agg(1, 0);
SELECT cx.gamma_gamma_agg(1, 0);
SELECT cx.gamma_gamma_agg(1, 'infinity');
SELECT cx.gamma_gamma_agg(-1, 5);
SELECT cx.bgbb_agg(3, 2, 6);
SELECT cx.bgbb_agg(1, 7, 6);
SELECT cx.bgbb_agg(0, 1, 6);
SELECT cx.bgbb_agg(1, 1, 1e6);
SELECT cx.sbg_agg(0, true);
SELECT cx.sbg_agg(1.5, true);
SELECT cx.bgnbd_agg(1, 1e300, 1.7e308);

-- questions that a model cannot answer
\set bg 'cx.buying_model(''bgnbd'', ''{0.243,4.414,0.793,2.426}'')'
\set gg 'cx.buying_model(''gamma_gamma'', ''{6.25,3.74,15.44}'')'
\set sbg 'cx.buying_model(''sbg'', ''{0.668,3.806}'')'
\set bb 'cx.buying_model(''bgbb'', ''{1.2,0.75,0.66,2.78}'')'
SELECT cx.p_alive(:gg, 1, 1, 2);
SELECT cx.expected_purchases(:sbg, 1);
SELECT cx.expected_value(:bg, 1, 1);
SELECT cx.survival_at(:bg, 1);
SELECT cx.p_alive(:bg, 1, 3, 2);
SELECT cx.expected_purchases(:bg, -1, 1, 1, 2);
SELECT cx.expected_purchases(:bg, 'infinity', 1, 1, 2);
SELECT cx.expected_purchases(:bb, 1.5);
SELECT cx.purchase_probability(:bg, 1.5, 1);
SELECT cx.discounted_purchases(:bg, NULL, 0, 1, 1, 2);
SELECT cx.discounted_purchases(:bg, 1, -0.1, 1, 1, 2);
SELECT cx.expected_value(:gg, 1, -2);
SELECT cx.retention_rate(:sbg, 0);
SELECT cx.expected_renewals(:sbg, -1, 0.1);
SELECT cx.expected_renewals(:sbg, 1, -0.1);
SELECT cx.discount_rate(-0.1);
SELECT cx.discount_rate(0.1, '-1 day');

-- limits
SELECT cx.p_alive(:bg, 1000, 10, 100) AS gone, round(cx.log_p_alive(:bg, 1000, 10, 100)::numeric, 3) AS log, round(cx.p_alive(:bg, 5000, 38.86, 38.86)::numeric, 6) AS alive;
SELECT cx.purchase_probability(:bg, 0, 0), cx.purchase_probability(:bg, 1, 0), cx.purchase_probability(:bb, 7, 6), cx.expected_purchases(:bb, 0), cx.expected_purchases(:bg, 0);
SELECT cx.expected_value(:gg, 0, NULL) = cx.expected_value(:gg, 0, 5) AS mean, cx.expected_value(:gg, 1, NULL), cx.expected_value(cx.buying_model('gamma_gamma', '{1,1,1}'), 0, NULL) AS no_mean;
SELECT cx.expected_renewals(:sbg, 0, 0) AS no_bound, cx.expected_renewals(cx.buying_model('sbg', '{3,4}'), 0, 0);
SELECT cx.survival_at(:sbg, 0), cx.survival_at(:sbg, 1) = cx.retention_rate(:sbg, 1) AS first;
SELECT cx.customer_value(:bg, :gg, 52, 0, 2, 30, 38, NULL), cx.customer_value(:bg, :gg, NULL, 0.01, 0, 0, 38, NULL) > 0, cx.customer_value(:bg, NULL, 52, 0, 2, 30, 38, 20), cx.discounted_purchases(:bg, 52, NULL, 2, 30, 38);
SELECT round(cx.discount_rate(0.1, '1 year')::numeric, 12), round((1 + cx.discount_rate(0.1, '1 month'))::numeric ^ 12, 10), cx.discount_rate(0), cx.discount_rate(NULL);
