-- Chapters of the tour: who was accountable, and where customers were passed on.

\if :is_company
\echo '16. WHO WAS ACCOUNTABLE'
\echo 'Rules say which team answers for which touchpoints: cx.ownership_rule.  cx.owned_touches(journey) then names for every touch who had'
\echo 'to answer for it at that time, beside the team that did the work.'
\echo
INSERT INTO cx.team (team, name) SELECT team, description FROM company.team ON CONFLICT DO NOTHING;
INSERT INTO cx.channel (channel, assisted) SELECT channel, assisted FROM company.channel ON CONFLICT DO NOTHING;
INSERT INTO cx.ownership_rule (touchpoint, channel, team, valid, recorded) VALUES
	('visit.**',            NULL,    'marketing', '(,)',            '(,)'), ('shop.**',             NULL, 'ecommerce', '(,)', '(,)'),
	('shop.**',             'app',   'app',       '(,)',            '(,)'), ('order.**',            NULL, 'ecommerce', '(,)', '(,)'),
	('store.**',            NULL,    'stores',    '(,)',            '(,)'), ('delivery.**',         NULL, 'logistics', '(,)', '(,)'),
	('billing.**',          NULL,    'billing',   '(,)',            '(,)'), ('support.**',          NULL, 'care',      '(,)', '(,)'),
	('support.billing.**',  NULL,    'billing',   '[2026-01-01Z,)', '(,)'), ('support.product.**',  NULL, 'repairs',   '(,)', '(,)'),
	('support.returns.**',  NULL,    'returns',   '(,)',            '(,)'), ('support.delivery.**', NULL, 'logistics', '(,)', '(,)'),
	('account.cancel_asked', NULL,   'retention', '(,)',            '(,)'), ('account.cancelled',    NULL, 'retention', '(,)', '(,)');
SELECT coalesce(owner_team, '(' || owner_state || ')') AS accountable, count(*) AS touches, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "%",
       CASE WHEN owner_team IS NOT NULL THEN round(100.0 * count(*) FILTER (WHERE team <> owner_team) / count(*), 1) END AS "% handled by others"
FROM demo.journey, cx.owned_touches(journey)
GROUP BY owner_team, owner_state
ORDER BY count(*) DESC, 1;

\echo 'Nobody answers for these: cx.ownership_state(touchpoint, at).'
\echo
SELECT touchpoint, count(*) AS touches, string_agg(DISTINCT coalesce(team, '(nobody)'), ', ') AS "handled by"
FROM demo.journey, cx.owned_touches(journey)
WHERE owner_state = 'unmatched'
GROUP BY touchpoint
ORDER BY count(*) DESC, touchpoint COLLATE "C"
LIMIT 8;
\endif

\if :has_teams
\echo '17. HAND-OFFS'
\echo 'Within a matter, who handed customers over to whom, and how long they waited in between: cx.handoffs(part).'
\echo
SELECT from_team, to_team, count(*) AS handoffs, round(100.0 * count(*) FILTER (WHERE returned) / count(*), 1) AS "% back to a team",
       demo.span(percentile_cont(0.5) WITHIN GROUP (ORDER BY wait_seconds)) AS "median wait", demo.span(percentile_cont(0.9) WITHIN GROUP (ORDER BY wait_seconds)) AS "90% within"
FROM demo.part, cx.handoffs(part)
WHERE to_team IS NOT NULL
GROUP BY from_team, to_team
ORDER BY count(*) DESC, from_team COLLATE "C", to_team COLLATE "C"
LIMIT 10;
\endif
