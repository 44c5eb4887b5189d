-- Chapters of the tour: patterns and funnels.

\echo '9. HOW FAR THEY GET'
SELECT touches > 0 AS is_company FROM (SELECT count(*) AS touches FROM demo.touch WHERE touchpoint = 'account.joined') AS joined \gset
\if :is_company
SELECT '{shop.product, shop.basket, shop.checkout, order.placed}' AS steps, '7 days' AS within \gset
\else
-- of events that nobody knows, the three touchpoints with which most journeys begin
SELECT coalesce((SELECT path FROM (SELECT cx.path(journey, '{collapse, first 3}') AS path FROM demo.journey WHERE cx.touch_count(cx.collapse(journey)) >= 3) AS paths
                 GROUP BY path ORDER BY count(*) DESC, path COLLATE "C" LIMIT 1), '') AS beginning \gset
SELECT coalesce((SELECT array_agg(cx.quote_label(touchpoint) ORDER BY step)
                 FROM cx.touches((SELECT cx.head(cx.collapse(journey), 3) FROM demo.journey
                                  WHERE cx.touch_count(cx.collapse(journey)) >= 3 AND cx.path(journey, '{collapse, first 3}') = :'beginning'
                                  LIMIT 1)))::text, '{*}') AS steps, '30 days' AS within \gset
\endif
SELECT max(cx.ended_at(journey)) AS as_of FROM demo.journey \gset
\echo 'A funnel with a window of' :within 'over all journeys: cx.funnel_steps(cx.funnel_agg(journey, steps, within, mode, as_of)).'
\echo 'Who could still reach the step when the data end is pending, not lost; the shares carry their 95 % interval.'
\echo
SELECT step, selector, reached, pending, dropped, round(100 * reached_share::numeric, 1) AS "% reached",
       round(100 * low::numeric, 1) || ' to ' || round(100 * high::numeric, 1) AS "95% sure",
       round(100 * from_previous_share::numeric, 1) AS "% of step before",
       demo.span(median_seconds_from_previous) AS "median time", demo.span(p90_seconds_from_previous) AS "90% within"
FROM (SELECT cx.funnel_agg(journey, :'steps', :'within'::interval, '{}', :'as_of') AS summary FROM demo.journey) AS f,
     cx.funnel_steps(summary)
ORDER BY step;

\if :is_company
\echo '10. ASKED, AND NOT ANSWERED'
\echo 'A pattern says which touches, in which order, within which time: cx.match_state(journey, pattern, as_of) is yes, no, or pending'
\echo 'when it could still become a match.'
\echo
SELECT topic,
       count(*) FILTER (WHERE state = 'yes') AS "not solved in 3 days",
       count(*) FILTER (WHERE state = 'pending') AS "could still be",
       count(*) AS customers,
       round(100.0 * count(*) FILTER (WHERE state = 'yes') / nullif(count(*) FILTER (WHERE state <> 'pending'), 0), 1) AS "%"
FROM unnest(ARRAY['account', 'billing', 'delivery', 'product', 'returns']) AS topic, demo.journey,
     LATERAL (SELECT cx.match_state(journey, format('support.%1$s.asked !-[<= 3 days]-> support.%1$s.solved', topic), :'as_of')) AS m (state)
WHERE cx.count(journey, format('support.%s.asked', topic)) > 0
GROUP BY topic
ORDER BY "%" DESC;

\echo 'What customers who cancelled had met last, within 60 days: cx.preceding(journey, target, candidates, lookback).'
\echo
SELECT coalesce(touchpoint, '(nothing)') AS "last before they asked to cancel", count(*) AS customers,
       round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "%",
       demo.span(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds_before)) AS "median time before"
FROM demo.journey, cx.preceding(journey, 'account.cancel_asked', 'support.** | delivery.delayed | billing.reminder', '60 days')
GROUP BY touchpoint
ORDER BY count(*) DESC, touchpoint COLLATE "C"
LIMIT 8;
\endif
