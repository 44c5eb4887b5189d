SELECT count(*) || ' pairs, ' || sum(n)
FROM (SELECT source, touchpoint, count(*) AS n
      FROM (SELECT touchpoint, lag(touchpoint) OVER (PARTITION BY customer_id ORDER BY "at") AS source FROM bench.event) AS step
      WHERE source IS NOT NULL
      GROUP BY source, touchpoint) AS edge
