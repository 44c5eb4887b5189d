-- The same by ClickHouse's own function.
SELECT arrayStringConcat(arraySort(groupArray(concat(toString(reached), ':', toString(customers)))), ' ')
FROM (SELECT reached, count() AS customers
      FROM (SELECT customer_id, windowFunnel(604800000)(toUInt64(toUnixTimestamp64Milli(at)),
                touchpoint = 'product page', touchpoint = 'cart', touchpoint = 'checkout', touchpoint = 'purchase') AS reached
            FROM bench.event GROUP BY customer_id)
      WHERE reached > 0 GROUP BY reached)
