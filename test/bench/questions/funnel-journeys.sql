-- Customers by the steps that they reached within 7 days: "1:339104 2:39086 ...".  (A WHERE on reached would go down to the journeys
-- and ask each of them twice.)
SELECT string_agg(reached || ':' || customers, ' ' ORDER BY reached) FILTER (WHERE reached > 0)
FROM (SELECT cx.funnel(journey, ARRAY['"product page"', 'cart', 'checkout', 'purchase'], '7 days') AS reached, count(*) AS customers
      FROM bench.journey GROUP BY 1) f
