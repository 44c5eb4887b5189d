-- Buying behaviour: what is known of a customer, published numbers, and what a model may say.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'America/New_York';
SELECT plan(45);

-- purchases of 10 each at times of 2026 in UTC
CREATE FUNCTION pg_temp.buys(VARIADIC times text[]) RETURNS cx.journey LANGUAGE sql AS $$
	SELECT cx.journey(array_agg(('2026-' || t || 'Z')::timestamptz), array_agg('buy'::text), NULL, NULL, array_agg(10::float8)) FROM unnest(times) t
$$;
CREATE FUNCTION pg_temp.about(a float8, b float8, within float8, what text) RETURNS text LANGUAGE sql AS $$
	SELECT ok(abs(a - b) <= within * abs(b), format('%s: %s', what, b))
$$;

SELECT is(b.frequency, 0, 'the first purchase is no repeat purchase') FROM cx.buying(pg_temp.buys('01-01'), 'buy', '2026-01-31Z') b;
SELECT is(b.monetary, NULL, 'and its value does not count') FROM cx.buying(pg_temp.buys('01-01'), 'buy', '2026-01-31Z') b;
SELECT is((b.frequency, b.recency, b.age, b.monetary), (0, 0::float8, 3::float8, NULL::float8), 'purchases on a day are one') FROM cx.buying(pg_temp.buys('01-01 01:00', '01-01 23:00'), 'buy', '2026-01-22Z') b;
SELECT is((b.frequency, b.recency, b.age, b.monetary), (1, 2::float8, 3::float8, 20::float8), 'with the sum of their values') FROM cx.buying(pg_temp.buys('01-01', '01-15 01:00', '01-15 02:00'), 'buy', '2026-01-22Z') b;
SELECT is((b.frequency, b.recency, b.age), (1, 1::float8, 2::float8), 'days are those of the zone, whatever the session''s') FROM cx.buying(pg_temp.buys('01-01 20:00', '01-02 01:00'), 'buy', '2026-01-03Z', '1 day') b;
SELECT is((b.frequency, b.recency, b.age), (0, 0::float8, 1::float8), 'in New York both are on New Year''s Day, and midnight UTC is the day before') FROM cx.buying(pg_temp.buys('01-01 20:00', '01-02 01:00'), 'buy', '2026-01-03Z', '1 day', 'America/New_York') b;
SELECT is(b.frequency, 1, 'what comes after the end is not looked at') FROM cx.buying(pg_temp.buys('01-01', '01-05', '01-09'), 'buy', '2026-01-05Z') b;
SELECT is((cx.buying(pg_temp.buys('01-01'), 'sell', '2026-01-05Z')).frequency, NULL, 'who never bought is no customer');

-- Donors to a charity, 1995 to 2001 (Fader, Hardie and Shang 2010, table 1)
CREATE TEMP TABLE donor (x float8, t_x float8, n float8, donors float8);
INSERT INTO donor VALUES (6, 6, 6, 1203), (5, 6, 6, 728), (4, 6, 6, 512), (3, 6, 6, 357), (2, 6, 6, 234), (1, 6, 6, 129), (5, 5, 6, 335), (4, 5, 6, 284),
	(3, 5, 6, 225), (2, 5, 6, 173), (1, 5, 6, 119), (4, 4, 6, 240), (3, 4, 6, 181), (2, 4, 6, 155), (1, 4, 6, 78), (3, 3, 6, 322), (2, 3, 6, 255),
	(1, 3, 6, 129), (2, 2, 6, 613), (1, 2, 6, 277), (1, 1, 6, 1091), (0, 0, 6, 3464);
CREATE TEMP TABLE charity AS SELECT cx.bgbb_agg(x, t_x, n, donors) AS model FROM donor;
SELECT is(string_agg(term || ' ' || round(estimate::numeric, 3), ', ' ORDER BY term), 'alpha 1.204, beta 0.750, delta 2.783, gamma 0.657', 'BG/BB: the published fit') FROM charity, cx.summary(model);
SELECT pg_temp.about(cx.log_likelihood(model), -33225.58127, 1e-9, 'its log-likelihood') FROM charity;
SELECT is(cx.observations(model), 11104::float8, 'weights are customers') FROM charity;
SELECT ok(cx.converged(model), 'it converged') FROM charity;
SELECT pg_temp.about(sum(donors * cx.log_likelihood(model, x, t_x, n)), -33225.58127, 1e-9, 'the sum of the customers'' parts of it') FROM charity, donor;
SELECT ok(cx.p_alive(model, 3, 6, 6) > cx.p_alive(model, 3, 5, 6) AND cx.p_alive(model, 3, 5, 6) > cx.p_alive(model, 3, 3, 6), 'who gave lately will rather give again') FROM charity;
-- Contracts (Fader and Hardie 2007)
CREATE TEMP TABLE contract AS SELECT n AS period, c - coalesce(lead(c) OVER (ORDER BY n), 0) AS customers FROM unnest(ARRAY[1000, 869, 743, 653, 593, 551, 517, 491]) WITH ORDINALITY u (c, n);
CREATE TEMP TABLE high_end AS SELECT cx.sbg_agg(least(period, 7), period < 8, customers) AS model FROM contract;
SELECT is(string_agg(round(estimate::numeric, 3)::text, ', ' ORDER BY term), '0.668, 3.806', 'sBG: the published fit') FROM high_end, cx.summary(model);
SELECT pg_temp.about(cx.log_likelihood(model), -1611.1581, 1e-7, 'its log-likelihood') FROM high_end;
SELECT is(array_agg(round(cx.survival_at(model, t)::numeric, 3) ORDER BY t), '{0.460,0.436,0.414,0.395,0.378}', 'who stays for 8 to 12 periods') FROM high_end, generate_series(8, 12) t;
SELECT pg_temp.about(cx.expected_renewals(cx.buying_model('sbg', '{0.668,3.806}'), 7, 0.1), 7.52994953091097, 1e-12, 'residual lifetime after 7 renewals');
SELECT ok(cx.retention_rate(model, 1) < cx.retention_rate(model, 2), 'retention rises with tenure') FROM high_end;

-- Published parameters of the customers of CDNOW (Fader, Hardie and Lee 2005)
CREATE TEMP TABLE cdnow AS SELECT cx.buying_model('bgnbd', '{0.243,4.414,0.793,2.426}') AS bg, cx.buying_model('pareto_nbd', '{0.553,10.578,0.606,11.669}') AS pareto,
	cx.buying_model('mbgnbd', '{0.525,6.183,0.891,1.614}') AS mbg, cx.buying_model('gamma_gamma', '{6.25,3.74,15.44}') AS gg, cx.buying_model('nbd', '{0.385,12.072}') AS nbd;
SELECT pg_temp.about(cx.p_alive(bg, 2, 30.43, 38.86), 0.726578570080673, 1e-12, 'BG/NBD: alive') FROM cdnow;
SELECT pg_temp.about(cx.expected_purchases(bg, 39, 2, 30.43, 38.86), 1.2260282, 1e-7, 'BG/NBD: purchases in 39 weeks') FROM cdnow;
SELECT pg_temp.about(cx.expected_purchases(bg, 39, 5000, 38.86, 38.86), 3435.849363, 1e-9, 'of one who buys 5000 times') FROM cdnow;
SELECT is(cx.p_alive(bg, 0, 0, 38.86), 1::float8, 'BG/NBD: who never came back is alive') FROM cdnow;
SELECT pg_temp.about(cx.p_alive(mbg, 0, 0, 38.86), 0.3897350809187629, 1e-12, 'MBG/NBD: or not') FROM cdnow;
SELECT pg_temp.about(cx.expected_purchases(mbg, 39, 2, 30.43, 38.86), 1.2629606, 1e-7, 'MBG/NBD: purchases in 39 weeks') FROM cdnow;
SELECT pg_temp.about(cx.p_alive(pareto, 2, 30.43, 38.86), 0.8691675591530111, 1e-12, 'Pareto/NBD: alive') FROM cdnow;
SELECT pg_temp.about(cx.expected_purchases(pareto, 39, 2, 30.43, 38.86), 1.4551232, 1e-7, 'Pareto/NBD: purchases in 39 weeks') FROM cdnow;
SELECT pg_temp.about(cx.p_alive(pareto, 400, 35, 36), 0.1009092478764880992, 1e-12, 'Pareto/NBD: of one who buys 400 times') FROM cdnow;
SELECT pg_temp.about(cx.log_p_alive(pareto, 1000, 30, 39), -193.1141458197278237, 1e-12, 'Pareto/NBD: of one who is gone') FROM cdnow;
SELECT pg_temp.about(cx.expected_purchases(pareto, 52), 1.472997, 1e-6, 'Pareto/NBD: a new customer in a year') FROM cdnow;
SELECT pg_temp.about(cx.discounted_purchases(pareto, NULL, exp(0.0027) - 1, 2, 30.43, 38.86), 6.4837736, 1e-7, 'Pareto/NBD: discounted for ever') FROM cdnow;
SELECT pg_temp.about(cx.purchase_probability(bg, 0, 39), 0.5737864, 1e-6, 'BG/NBD: nothing for 39 weeks') FROM cdnow;
SELECT pg_temp.about(cx.purchase_probability(bg, 10, 2), 1.0786896403691474e-7, 1e-12, 'BG/NBD: ten in 2 weeks') FROM cdnow;
SELECT is(cx.p_alive(nbd, 3, 1, 40), 1::float8, 'NBD: nobody leaves') FROM cdnow;
SELECT pg_temp.about(cx.expected_purchases(nbd, 12.072), 0.385, 1e-14, 'NBD: r / alpha a unit of time') FROM cdnow;
SELECT is(array_agg(round(cx.expected_value(gg, x, m)::numeric, 4)), '{24.6637,18.9169,35.2190,71.4697}', 'Gamma-Gamma: between the customer''s mean and that of all') FROM cdnow, (VALUES (2, 22.35), (1, 11.77), (0, NULL), (7, 73.74)) v (x, m);
SELECT is(cx.customer_value(bg, gg, 52, 0, 2, 30.43, 38.86, 22.35), cx.expected_purchases(bg, 52, 2, 30.43, 38.86) * cx.expected_value(gg, 2, 22.35), 'what a customer is worth: purchases times value') FROM cdnow;
SELECT ok(cx.customer_value(bg, gg, 52, cx.discount_rate(0.15), 2, 30.43, 38.86, 22.35) < cx.customer_value(bg, gg, 52, 0, 2, 30.43, 38.86, 22.35), 'less when discounted') FROM cdnow;

-- models are values
SELECT is(m::text::cx.buying_model, m, 'the text form gives the same model') FROM charity, LATERAL (SELECT model) l (m);
SELECT is(cx.p_alive(m::jsonb::cx.buying_model, 3, 5, 6), cx.p_alive(m, 3, 5, 6), 'that says the same') FROM charity, LATERAL (SELECT model) l (m);
SELECT is(cx.fit_status(bg), 'given', 'a model with given parameters was not fitted') FROM cdnow;
SELECT is(cx.log_likelihood(bg), NULL, 'and has no likelihood') FROM cdnow;
SELECT is(cx.bgnbd_agg(x, t_x, n, donors)::text, (SELECT cx.bgnbd_agg(x, t_x, n ORDER BY i DESC)::text FROM donor, generate_series(1, donors::int) i), 'grouped or not, in any order: the same model') FROM donor;
SELECT is(cx.converged(cx.bgnbd_agg(0, 0, age)), false, 'nobody came back: no maximum, no error') FROM generate_series(1, 30) age;
SELECT throws_ok('SELECT cx.bgnbd_agg(2, 5, 4)', '22023', 'recency must be from 0 to age', 'recency is measured from the first purchase');
SELECT * FROM finish();
ROLLBACK;
