SELECT count(*) || ' pairs, ' || sum(count) FROM cx.edges((SELECT cx.map_agg(journey) FROM bench.journey))
