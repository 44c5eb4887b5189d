-- Customers who complained, later called, and left within 7 days of a call.
SELECT count(*)::text FROM bench.journey WHERE cx.has(journey, 'complaint -> "support call" -[<= 7 days]-> cancel')
