-- Chapters of the tour: many journeys together.

\echo '11. THE MAP'
\echo 'What follows what in all journeys, how often and how fast: cx.edges(cx.map_agg(journey)).  Repeats count once here, and only'
\echo 'the first label of a touchpoint: cx.collapse(cx.truncate(journey, 1)).'
\echo
DROP TABLE IF EXISTS demo.map;
CREATE TABLE demo.map AS SELECT cx.map_agg(cx.collapse(cx.truncate(journey, 1))) AS map FROM demo.journey;
SELECT source, target, count AS times, journeys, demo.span(median_seconds) AS "median time", demo.span(p90_seconds) AS "90% within"
FROM demo.map, cx.edges(map)
ORDER BY count DESC, source COLLATE "C", target COLLATE "C"
LIMIT 12;

\if :is_company
\echo '12. ON THE WAY OUT'
\echo 'The steps before customers asked to cancel, as a Sankey chart wants them, rare ones together: cx.flow_edges(cx.flow_agg(journey, anchor, 3, 0)).'
\echo
SELECT source, target, journeys, round(100 * share::numeric, 1) AS "%"
FROM (SELECT cx.flow_agg(cx.collapse(cx.truncate(journey, 2)), 'account.cancel_asked', 3, 0) AS flow FROM demo.journey) AS f, cx.flow_edges(flow, 0.04)
ORDER BY step, journeys DESC, source COLLATE "C", target COLLATE "C"
LIMIT 16;

\echo 'What those who left went through more often than those who stayed: cx.compare_maps(left, stayed), shares of customers.'
\echo
SELECT source, target, round(100 * a_share::numeric, 1) AS "% of those who left", round(100 * b_share::numeric, 1) AS "% of the others",
       round(100 * low::numeric, 1) || ' to ' || round(100 * high::numeric, 1) AS "difference, 95% sure"
FROM (SELECT cx.map_agg(cx.until(journey, 'account.cancel_asked')) FILTER (WHERE gone) AS gone_map, cx.map_agg(journey) FILTER (WHERE NOT gone) AS stayed_map
      FROM (SELECT cx.truncate(journey, 2) AS journey, cx.count(journey, 'account.cancelled') > 0 AS gone FROM demo.journey) AS j) AS maps,
     cx.compare_maps(gone_map, stayed_map)
WHERE low > 0 AND target <> 'account.cancel_asked'
ORDER BY low DESC, source COLLATE "C", target COLLATE "C"
LIMIT 8;

\echo '13. WHO COMES BACK'
\echo 'Of those who ordered for the first time in a month, who ordered again in month 1, 2, 3 after it: cx.retention, cx.retention_agg.'
\echo 'Months that are not over yet are left out, not counted as lost.'
\echo
SELECT to_char(cohort, 'YYYY-MM') AS "first order", cx.cohort_size(summary) AS customers,
       round(100 * cx.retention_share(summary, 1)::numeric, 1) AS "% in month 1", round(100 * cx.retention_share(summary, 2)::numeric, 1) AS "month 2",
       round(100 * cx.retention_share(summary, 3)::numeric, 1) AS "month 3", round(100 * cx.retention_share(summary, 6)::numeric, 1) AS "month 6"
FROM (SELECT cx.cohort_start(journey, 'order.placed', '1 month') AS cohort,
             cx.retention_agg(cx.retention(journey, 'order.placed', 'order.placed', '1 month', 6, as_of => :'as_of')) AS summary
      FROM demo.journey GROUP BY cohort) AS c
WHERE cohort IS NOT NULL
ORDER BY cohort
LIMIT 18;

\echo '14. WHOSE MERIT'
\echo 'Orders credited to the visits before them, by rule and by data: cx.attribute, cx.markov_credits(cx.attribution_agg(journey, conversion)).'
\echo
WITH visits AS (SELECT cx.filter(journey, 'visit.* | store.visit | order.placed') AS journey FROM demo.journey),
rules AS (
	SELECT touchpoint, sum(credit) FILTER (WHERE model = 'first') AS "first", sum(credit) FILTER (WHERE model = 'last') AS "last", sum(credit) FILTER (WHERE model = 'linear') AS linear
	FROM visits, unnest(ARRAY['first', 'last', 'linear']) AS model, cx.attribute(journey, 'order.placed', model, lookback => '30 days')
	GROUP BY touchpoint)
SELECT coalesce(touchpoint, '(no visit before)') AS touchpoint, round("first"::numeric) AS "first", round("last"::numeric) AS "last", round(linear::numeric) AS linear,
       round(100 * m.share::numeric, 1) AS "Markov, % of orders"
FROM rules LEFT JOIN (SELECT (cx.markov_credits(cx.attribution_agg(journey, 'order.placed'))).* FROM visits) AS m USING (touchpoint)
ORDER BY linear DESC;

\echo '15. AS IT WAS MEANT TO BE'
\echo 'Purchases against the ideal way, step by step: cx.conformance(journey, ideal).'
\echo
SELECT ways AS purchases, round(fitness::numeric, 2) AS fitness, demo.cut(array_to_string(skipped, ', '), 40) AS skipped, demo.cut(array_to_string(unexpected, ', '), 60) AS unexpected
FROM (SELECT count(*) AS ways, fitness, skipped, unexpected
      FROM demo.journey, cx.instances(journey, '2 days', 'delivery.arrived') AS way, cx.conformance(cx.collapse(way), '{shop.product, shop.basket, shop.checkout, order.placed, delivery.arrived}')
      WHERE cx.count(way, 'order.placed') = 1
      GROUP BY fitness, skipped, unexpected) AS found
ORDER BY ways DESC, fitness DESC
LIMIT 8;
\endif
