-- The same from the rows, in SQL that DuckDB takes too (where "at" wants quotes).  Of the chains that have reached a step the one
-- that started last reaches farthest, so each row keeps that start for steps 1, 2, 3; steps at one instant come in the funnel's order.
WITH step AS (
	SELECT customer_id, "at", CASE touchpoint WHEN 'product page' THEN 1 WHEN 'cart' THEN 2 WHEN 'checkout' THEN 3 ELSE 4 END AS step
	FROM bench.event WHERE touchpoint IN ('product page', 'cart', 'checkout', 'purchase')),
one AS (
	SELECT *, max(CASE WHEN step = 1 THEN "at" END) OVER w AS start1
	FROM step WINDOW w AS (PARTITION BY customer_id ORDER BY "at", step ROWS UNBOUNDED PRECEDING)),
two AS (
	SELECT *, max(CASE WHEN step = 2 AND "at" <= start1 + interval '7 days' THEN start1 END) OVER w AS start2
	FROM one WINDOW w AS (PARTITION BY customer_id ORDER BY "at", step ROWS UNBOUNDED PRECEDING)),
three AS (
	SELECT *, max(CASE WHEN step = 3 AND "at" <= start2 + interval '7 days' THEN start2 END) OVER w AS start3
	FROM two WINDOW w AS (PARTITION BY customer_id ORDER BY "at", step ROWS UNBOUNDED PRECEDING)),
customer AS (
	SELECT customer_id, max(CASE WHEN step = 4 AND "at" <= start3 + interval '7 days' THEN 4 WHEN start3 IS NOT NULL THEN 3
		WHEN start2 IS NOT NULL THEN 2 WHEN start1 IS NOT NULL THEN 1 END) AS reached
	FROM three GROUP BY customer_id)
SELECT string_agg(reached || ':' || customers, ' ' ORDER BY reached)
FROM (SELECT reached, count(*) AS customers FROM customer WHERE reached > 0 GROUP BY reached) f
