-- The same by ClickHouse's own function.  Its time gate skips events like .* does, so (?2)(?t<=N)(?3) asks what -[<= N]-> asks.
SELECT toString(sum(m))
FROM (SELECT customer_id, sequenceMatch('(?1).*(?2)(?t<=604800000)(?3)')(toUInt64(toUnixTimestamp64Milli(at)),
          touchpoint = 'complaint', touchpoint = 'support call', touchpoint = 'cancel') AS m
      FROM bench.event GROUP BY customer_id)
