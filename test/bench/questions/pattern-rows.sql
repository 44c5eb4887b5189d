-- The same from the rows, in SQL that DuckDB takes too (where "at" wants quotes): each row keeps
-- whether there has been a complaint, and the last call after one.
WITH touch AS (
	SELECT customer_id, "at", touchpoint, min(CASE WHEN touchpoint = 'complaint' THEN "at" END) OVER w AS complained
	FROM bench.event WHERE touchpoint IN ('complaint', 'support call', 'cancel')
	WINDOW w AS (PARTITION BY customer_id ORDER BY "at", touchpoint ROWS UNBOUNDED PRECEDING)),
called AS (
	SELECT *, max(CASE WHEN touchpoint = 'support call' AND complained IS NOT NULL THEN "at" END) OVER w AS called
	FROM touch WINDOW w AS (PARTITION BY customer_id ORDER BY "at", touchpoint ROWS UNBOUNDED PRECEDING))
SELECT CAST(count(DISTINCT customer_id) AS text) FROM called WHERE touchpoint = 'cancel' AND "at" <= called + interval '7 days'
