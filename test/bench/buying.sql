-- Fitting models of buying behaviour to a million customers and scoring them.  Needs :rounds.
--
-- The customers follow BG/NBD with the parameters published for CDNOW, are known for 26 to 39 weeks by the day, and about
-- 110,000 of them are different.

SET jit = off;
SET work_mem = '256MB';
SET max_parallel_workers_per_gather = 0;

-- A gamma variate of shape below 1: Ahrens and Dieter 1974.
CREATE FUNCTION bench.gamma(shape float8) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	e constant float8 := 2.718281828459045;
	p float8;
	x float8;
BEGIN
	LOOP
		p := (e + shape) / e * random();
		IF p <= 1 THEN
			x := p ^ (1 / shape);
			CONTINUE WHEN random() > exp(-x);
		ELSE
			x := -ln(((e + shape) / e - p) / shape);
			CONTINUE WHEN random() > x ^ (shape - 1);
		END IF;
		RETURN x;
	END LOOP;
END $$;

-- A customer: rate 0.2426 and 4.4136 by the week, chance to leave 0.7929 and 2.4259.
CREATE FUNCTION bench.customer(number int, OUT frequency float8, OUT recency float8, OUT age float8) LANGUAGE plpgsql AS $$
DECLARE
	rate float8 := bench.gamma(0.2426) / 4.4136 / 7;
	part float8 := bench.gamma(0.7929);
	leave float8 := part / (part + bench.gamma(0.4259) - ln(random()) - ln(random()));
	days int := 182 + floor(92 * random());
	at float8 := 0;
	last int := 0;
BEGIN
	frequency := 0;
	WHILE rate > 1e-12 LOOP
		at := at - ln(random()) / rate;
		EXIT WHEN at > days;
		IF ceil(at) > last THEN
			frequency := frequency + 1;
			last := ceil(at);
		END IF;
		EXIT WHEN random() < leave;
	END LOOP;
	recency := last / 7.0;
	age := days / 7.0;
END $$;

DO $$ BEGIN PERFORM setseed(0.5); END $$;
CREATE TABLE bench.customers AS SELECT c.* FROM generate_series(1, 1000000) number, bench.customer(number) c;
VACUUM ANALYZE bench.customers;

CALL bench.race('buying models of a million customers', :rounds, 'Aggregate', false,
	'BG/NBD', 'SELECT round(cx.log_likelihood(cx.bgnbd_agg(frequency, recency, age))::numeric, 3)::text FROM bench.customers',
	'MBG/NBD', 'SELECT round(cx.log_likelihood(cx.mbgnbd_agg(frequency, recency, age))::numeric, 3)::text FROM bench.customers',
	'Pareto/NBD', 'SELECT round(cx.log_likelihood(cx.pareto_nbd_agg(frequency, recency, age))::numeric, 3)::text FROM bench.customers',
	'BG/NBD, all customers different', 'SELECT round(cx.log_likelihood(cx.bgnbd_agg(frequency, recency * (1 + 1e-9 * frequency), age + 1e-6 * n))::numeric, 3)::text FROM (SELECT *, row_number() OVER () AS n FROM bench.customers) c',
	'sum and count of the same rows', 'SELECT count(*) || '' '' || sum(frequency) || '' '' || sum(recency) || '' '' || sum(age) FROM bench.customers');
CALL bench.race('scoring a million customers', :rounds, 'Aggregate', false,
	'BG/NBD, P(alive)', 'SELECT sum(cx.p_alive(''{"model": "bgnbd", "terms": [{"term": "r", "estimate": 0.243}, {"term": "alpha", "estimate": 4.414}, {"term": "a", "estimate": 0.793}, {"term": "b", "estimate": 2.426}]}'', frequency, recency, age))::text FROM bench.customers',
	'BG/NBD, expected purchases', 'SELECT sum(cx.expected_purchases(''{"model": "bgnbd", "terms": [{"term": "r", "estimate": 0.243}, {"term": "alpha", "estimate": 4.414}, {"term": "a", "estimate": 0.793}, {"term": "b", "estimate": 2.426}]}'', 52, frequency, recency, age))::text FROM bench.customers',
	'Pareto/NBD, expected purchases', 'SELECT sum(cx.expected_purchases(''{"model": "pareto_nbd", "terms": [{"term": "r", "estimate": 0.553}, {"term": "alpha", "estimate": 10.578}, {"term": "s", "estimate": 0.606}, {"term": "beta", "estimate": 11.669}]}'', 52, frequency, recency, age))::text FROM bench.customers');

INSERT INTO bench.ratio (what, ratio, must)
SELECT 'BG/NBD of a million customers, seconds', bench.ms('buying models of a million customers', 'BG/NBD') / 1000, '<= 5'
UNION ALL
SELECT 'Pareto/NBD of a million customers, seconds', bench.ms('buying models of a million customers', 'Pareto/NBD') / 1000, '<= 30'
UNION ALL
SELECT 'scoring a million customers, seconds: the slowest', max(ms) / 1000, '<= 2' FROM bench.time WHERE race = 'scoring a million customers';
