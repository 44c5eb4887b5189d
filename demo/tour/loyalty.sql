-- Chapters of the tour: what customers say, and what service they get.

\if :is_company
\echo '18. WOULD THEY RECOMMEND IT'
\echo 'Net Promoter Score with its 95 % interval, by survey and by month: cx.nps(cx.score_agg(score)); months add up to quarters exactly, cx.rollup.'
\echo
DROP TABLE IF EXISTS demo.score;
CREATE TABLE demo.score AS
SELECT touchpoint, date_trunc('month', at)::date AS month, cx.score_agg(value) AS summary
FROM demo.touch WHERE touchpoint LIKE 'survey.%' AND value IS NOT NULL GROUP BY 1, 2;
SELECT touchpoint, cx.responses(summary) AS responses, round(cx.nps(summary)::numeric, 1) AS nps,
       round(cx.nps_low(summary)::numeric, 1) || ' to ' || round(cx.nps_high(summary)::numeric, 1) AS "95% sure",
       cx.promoters(summary) AS promoters, cx.passives(summary) AS passives, cx.detractors(summary) AS detractors
FROM (SELECT touchpoint, cx.rollup(summary) AS summary FROM demo.score GROUP BY touchpoint) AS s
ORDER BY nps DESC;

\echo 'The relationship survey by quarter:'
\echo
SELECT to_char(quarter, 'YYYY "Q"Q') AS quarter, cx.responses(summary) AS responses, round(cx.nps(summary)::numeric, 1) AS nps,
       round(cx.nps_low(summary)::numeric, 1) || ' to ' || round(cx.nps_high(summary)::numeric, 1) AS "95% sure"
FROM (SELECT date_trunc('quarter', month) AS quarter, cx.rollup(summary) AS summary FROM demo.score WHERE touchpoint = 'survey.relationship' GROUP BY 1) AS q
ORDER BY quarter;

\echo '19. WHAT DRIVES IT'
\echo 'Which experiences go with the score of the relationship survey: cx.drivers(cx.driver_agg(score, ARRAY[...])), relative weights that add up to R2.'
\echo
SELECT driver, round(100 * relative_share::numeric, 1) AS "% of what is explained", round(coefficient::numeric, 2) AS "points each", round(p::numeric, 4) AS p
FROM (SELECT cx.with_names(cx.driver_agg(value, ARRAY[asked, passed_on, delayed, reminded]), '{contacts,"passed on",late,reminders}') AS summary
      FROM (SELECT survey.value, cx.count(before, 'support.*.asked')::float8 AS asked, cx.count(before, 'support.*.taken_over | support.*.sent_back')::float8 AS passed_on,
                   cx.count(before, 'delivery.delayed')::float8 AS delayed, cx.count(before, 'billing.reminder')::float8 AS reminded
            FROM demo.journey, cx.touches(cx.filter(journey, 'survey.relationship')) AS survey,
                 LATERAL (SELECT cx.slice(journey, survey.at - interval '180 days', survey.at) AS before) AS b
            WHERE survey.value IS NOT NULL) AS answers) AS s, cx.drivers(summary)
ORDER BY relative_share DESC;

\echo '20. SOLVED AT ONCE'
\echo 'Contacts that were not followed by another one within 7 days, and those of which nobody can know yet: cx.resolution(journey, contacts, within, as_of).'
\echo
SELECT split_part(touchpoint, '.', 2) AS topic, count(*) AS matters, count(*) FILTER (WHERE state = 'pending') AS pending,
       round(100.0 * count(*) FILTER (WHERE state = 'resolved') / nullif(count(*) FILTER (WHERE state <> 'pending'), 0), 1) AS "% solved at once"
FROM demo.journey, cx.resolution(journey, 'support.*.asked', '7 days', :'as_of')
GROUP BY 1
ORDER BY 2 DESC;
\endif
