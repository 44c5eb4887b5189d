-- Ownership audits: what is not owned, and which rules do nothing or fight.

CREATE FUNCTION cx.touchpoint_fits(touchpoint text, glob text) RETURNS boolean
AS 'MODULE_PATHNAME', 'cx_touchpoint_fits' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.touchpoint_fits(text, text) IS
'Whether a glob of an ownership rule fits a touchpoint: * is exactly one dotted label, ** any number of labels, none included, everything else itself. NULL for NULL, no errors.';

CREATE VIEW cx.current_rule WITH (security_invoker = true) AS
SELECT rule_id, touchpoint, channel, segment, territory, role, team, unowned, lower(valid) AS starts_at, upper(valid) AS ends_at, priority, reviewed_at, reviewed_at + review_every AS review_due_at, note,
	literals, any_labels, single_labels, num_nonnulls(channel, segment) AS dimensions, coalesce(cardinality(string_to_array(territory, '.')), 0) AS territory_labels,
	row_number() OVER (PARTITION BY role ORDER BY priority DESC, literals DESC, any_labels, single_labels, num_nonnulls(channel, segment) DESC, coalesce(cardinality(string_to_array(territory, '.')), 0) DESC,
		coalesce(lower(valid), '-infinity') DESC, rule_id) AS rank
FROM cx.ownership_rule r, LATERAL (SELECT count(*) FILTER (WHERE label NOT IN ('*', '**'))::integer AS literals, count(*) FILTER (WHERE label = '**')::integer AS any_labels, count(*) FILTER (WHERE label = '*')::integer AS single_labels
	FROM string_to_table(touchpoint, '.') label) l
WHERE valid @> now() AND upper_inf(recorded);
COMMENT ON VIEW cx.current_rule IS
'The ownership rules that hold now, as far as time goes, with what their order depends on: literals, any_labels (**) and single_labels (*) of the touchpoint, dimensions (channel and segment that are given), territory_labels; rank is their order within a role, 1 wins over all. ends_at is NULL without end, review_due_at when the next review is due.';

CREATE VIEW cx.current_ownership WITH (security_invoker = true) AS
SELECT t.touchpoint, t.name, t.line, t.weight, t.moment_of_truth, e.team, coalesce(e.state, 'unmatched') AS state, e.rule_id, e.decided_by
FROM cx.touchpoint t LEFT JOIN LATERAL cx.ownership_explain(t.touchpoint, now()) e ON e.rank = 1
WHERE t.active @> now();
COMMENT ON VIEW cx.current_ownership IS
'Every touchpoint of the catalogue that is active now, with the team that is accountable for it, the state (as cx.ownership_state), the rule that says so and what separated it from the next. Asked without channel, segment and territory: rules for one of these alone do not make a touchpoint owned.';

CREATE VIEW cx.ownership_problem WITH (security_invoker = true) AS
WITH owned AS (SELECT * FROM cx.current_ownership WHERE line <> 'support'),
rule AS (SELECT * FROM cx.current_rule),
fit AS (SELECT r.rule_id, t.touchpoint FROM rule r JOIN cx.touchpoint t ON cx.touchpoint_fits(t.touchpoint, r.touchpoint) WHERE t.active @> now())
SELECT 'gap' AS problem, touchpoint AS subject, NULL::bigint AS rule_id, NULL::bigint AS other_rule_id, NULL::text AS team, 'no accountable rule holds' AS detail
FROM owned WHERE state = 'unmatched'
UNION ALL
SELECT 'fallback only', touchpoint, rule_id, NULL, team, 'only the catch-all rule holds' FROM owned WHERE state = 'fallback'
UNION ALL
SELECT 'unowned', touchpoint, rule_id, NULL, NULL, 'deliberately nobody is accountable' FROM owned WHERE state = 'unowned'
UNION ALL
SELECT 'tie', touchpoint, rule_id, (SELECT e.rule_id FROM cx.ownership_explain(touchpoint, now()) e WHERE e.rank = 2), team, 'only the number of the rule decided' FROM owned WHERE decided_by = 'tie'
UNION ALL
SELECT 'no responsible', touchpoint, rule_id, NULL, team, 'there is an accountable team and no responsible one' FROM owned o
WHERE state = 'owned' AND NOT EXISTS (SELECT FROM rule r JOIN fit f USING (rule_id) WHERE r.role = 'R' AND f.touchpoint = o.touchpoint)
UNION ALL
SELECT 'dead rule', touchpoint, rule_id, NULL, team, 'fits no active touchpoint of the catalogue' FROM rule r WHERE NOT EXISTS (SELECT FROM fit f WHERE f.rule_id = r.rule_id)
UNION ALL
SELECT 'shadowed rule', a.touchpoint, a.rule_id, NULL, a.team, 'wherever it holds a better rule does' FROM rule a
WHERE a.role = 'A' AND EXISTS (SELECT FROM fit f WHERE f.rule_id = a.rule_id) AND NOT EXISTS (
	SELECT FROM fit f WHERE f.rule_id = a.rule_id AND NOT EXISTS (
		SELECT FROM fit g JOIN rule b USING (rule_id)
		WHERE g.touchpoint = f.touchpoint AND b.role = 'A' AND b.rank < a.rank
			AND (b.channel IS NULL OR b.channel = a.channel) AND (b.segment IS NULL OR b.segment = a.segment)
			AND (b.territory IS NULL OR b.territory = a.territory OR starts_with(a.territory, b.territory || '.'))))
UNION ALL
SELECT 'incomparable', a.touchpoint || ' <> ' || b.touchpoint, a.rule_id, b.rule_id, a.team, 'the first is narrower in touchpoints, the other in channel, segment or territory' FROM rule a JOIN rule b
	ON a.role = 'A' AND b.role = 'A' AND a.priority = b.priority AND a.team IS DISTINCT FROM b.team
	AND (a.literals, -a.any_labels, -a.single_labels) > (b.literals, -b.any_labels, -b.single_labels)
	AND (b.dimensions > a.dimensions OR b.territory_labels > a.territory_labels)
	AND (a.channel IS NULL OR b.channel IS NULL OR a.channel = b.channel) AND (a.segment IS NULL OR b.segment IS NULL OR a.segment = b.segment)
	AND (a.territory IS NULL OR b.territory IS NULL OR a.territory = b.territory OR starts_with(a.territory, b.territory || '.') OR starts_with(b.territory, a.territory || '.'))
WHERE EXISTS (SELECT FROM fit f JOIN fit g USING (touchpoint) WHERE f.rule_id = a.rule_id AND g.rule_id = b.rule_id)
UNION ALL
SELECT 'stale owner', r.touchpoint, r.rule_id, NULL, r.team, 'the team ' || CASE WHEN upper(t.active) <= now() THEN 'ended' ELSE 'has not begun' END FROM rule r JOIN cx.team t USING (team) WHERE NOT t.active @> now()
UNION ALL
SELECT 'review due', touchpoint, rule_id, NULL, team, 'last reviewed on ' || to_char(reviewed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM rule WHERE review_due_at <= now();
COMMENT ON VIEW cx.ownership_problem IS
'What is wrong with ownership now, a row a problem. problem: gap (no accountable rule holds for a touchpoint of the catalogue), fallback only (only ** does), unowned (a rule says nobody), tie (only rule_id decided, other_rule_id lost), no responsible (accountable, but no rule with role R fits), dead rule (fits no active touchpoint), shadowed rule (on every touchpoint a better rule holds wherever it does), incomparable (two rules of different teams can hold at once, rule_id being narrower in touchpoints and other_rule_id in channel, segment or territory: give one of them a priority), stale owner (the rule''s team does not exist now), review due. subject is the touchpoint or the glob of the rule. Touchpoints of the line support are left out of the first five.';

CREATE FUNCTION cx.ownership_orphans(touchpoints text[], OUT touchpoint text, OUT team text, OUT state text) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE COST 100 ROWS 10
BEGIN ATOMIC
	SELECT u.touchpoint, cx.current_owner(u.touchpoint), cx.ownership_state(u.touchpoint, now())
	FROM (SELECT DISTINCT s.touchpoint FROM unnest(touchpoints) AS s (touchpoint) WHERE s.touchpoint IS NOT NULL) u
	WHERE NOT EXISTS (SELECT FROM cx.touchpoint t WHERE t.touchpoint = u.touchpoint)
	ORDER BY u.touchpoint COLLATE "C";
END;
COMMENT ON FUNCTION cx.ownership_orphans(text[]) IS
'Those of some touchpoints, each once, that the catalogue cx.touchpoint does not have, with the team that is accountable today and the state (as cx.ownership_state): cx.ownership_orphans(ARRAY(SELECT DISTINCT touchpoint FROM event)). NULL elements are left out, no rows for NULL; an empty touchpoint or one over 255 bytes is an error (22023).';

CREATE FUNCTION cx.ownership_coverage(OUT state text, OUT touchpoints bigint, OUT touchpoints_share float8, OUT weight float8, OUT weight_share float8) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 5
BEGIN ATOMIC
	SELECT o.state, count(*), count(*) / sum(count(*)) OVER ()::float8, sum(o.weight), sum(o.weight) / nullif(sum(sum(o.weight)) OVER (), 0)
	FROM cx.current_ownership o WHERE o.line <> 'support' GROUP BY o.state ORDER BY o.state COLLATE "C";
END;
COMMENT ON FUNCTION cx.ownership_coverage() IS
'How much of the catalogue is owned today: for each state that occurs (as cx.ownership_state) the number of touchpoints, their weight (cx.touchpoint.weight), and the share of both from 0 to 1; weight_share is NULL if all weights are 0. Touchpoints of the line support do not count. No rows without touchpoints.';

CREATE FUNCTION cx.ownership_coverage(journey cx.journey, segment text DEFAULT NULL, territory text DEFAULT NULL, known_at timestamptz DEFAULT NULL,
	OUT state text, OUT team text, OUT touches bigint, OUT value float8) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE COST 100 ROWS 3
BEGIN ATOMIC
	SELECT o.owner_state, o.owner_team, count(*), sum(o.value)
	FROM cx.owned_touches(journey, segment, territory, known_at) o GROUP BY o.owner_state, o.owner_team ORDER BY o.owner_state COLLATE "C", o.owner_team COLLATE "C";
END;
COMMENT ON FUNCTION cx.ownership_coverage(cx.journey, text, text, timestamptz) IS
'How much of a journey was owned, at the time of each touch: for each state (as cx.ownership_state) and accountable team the number of touches and the sum of their values (NULL without any). Both add up over journeys: coverage by touches is sum(touches) FILTER (WHERE state = ''owned'') / sum(touches), by value the same with value. Arguments as for cx.owned_touches; no rows for NULL or an empty journey.';

CREATE VIEW cx.ownership_concentration WITH (security_invoker = true) AS
SELECT sum(touchpoints)::bigint AS touchpoints, sum(weight) AS weight, count(*) AS owners, sum(weight) * sum(weight) / nullif(sum(weight * weight), 0) AS effective_owners
FROM (SELECT team, count(*) AS touchpoints, sum(weight) AS weight FROM cx.current_ownership WHERE team IS NOT NULL AND line <> 'support' GROUP BY team) s;
COMMENT ON VIEW cx.ownership_concentration IS
'On how many teams the catalogue is spread today: touchpoints with an accountable team, their weight, the number of such teams, and the effective number of owners, 1 / sum(share ^ 2) over the teams'' shares of weight: from 1, one team has it all, to owners, all have the same. NULL without any weight.';

GRANT SELECT ON cx.current_rule, cx.current_ownership, cx.ownership_problem, cx.ownership_concentration TO @extowner@ WITH GRANT OPTION;
