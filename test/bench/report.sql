-- Prints what the benchmarks found.
\pset footer off
\echo
\echo 'Best times, queries of a race run in turn:'
SELECT race, query, round(ms::numeric) AS ms, rounds FROM bench.time ORDER BY race, ms;
\echo 'Ratios:'
SELECT what, round(ratio::numeric, 2) AS ratio, coalesce(must, '') AS must, bench.holds(ratio, must) AS holds FROM bench.ratio ORDER BY id;
