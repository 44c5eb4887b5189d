SELECT concat(toString(count()), ' pairs, ', toString(sum(n)))
FROM (SELECT source, touchpoint, count() AS n
      FROM (SELECT touchpoint, lagInFrame(touchpoint) OVER (PARTITION BY customer_id ORDER BY at) AS source FROM bench.event)
      WHERE source != ''
      GROUP BY source, touchpoint)
