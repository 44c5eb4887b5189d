-- Whether those who handle are those who should, and whether values that are added up mean the same.

CREATE FUNCTION cx.ownership_drift(journey cx.journey, segment text DEFAULT NULL, territory text DEFAULT NULL, known_at timestamptz DEFAULT NULL,
	OUT touchpoint text, OUT channel text, OUT owner_team text, OUT owner_state text, OUT handler_team text, OUT drifted boolean, OUT assisted boolean, OUT touches bigint, OUT value float8)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE COST 100 ROWS 5
BEGIN ATOMIC
	SELECT s.touchpoint, s.channel, s.owner_team, s.owner_state, s.team, s.drifted, c.assisted, count(*), sum(s.value)
	FROM (SELECT o.*, o.team IS DISTINCT FROM o.owner_team AND NOT EXISTS (
			SELECT FROM cx.ownership_explain(o.touchpoint, o.at, o.channel, ownership_drift.segment, ownership_drift.territory, ownership_drift.known_at, 'R') r WHERE r.team = o.team) AS drifted
		FROM cx.owned_touches(ownership_drift.journey, ownership_drift.segment, ownership_drift.territory, ownership_drift.known_at) o WHERE o.team IS NOT NULL) s
	LEFT JOIN cx.channel c USING (channel)
	GROUP BY s.touchpoint, s.channel, s.owner_team, s.owner_state, s.team, s.drifted, c.assisted
	ORDER BY s.touchpoint COLLATE "C", s.channel COLLATE "C", s.owner_team COLLATE "C", s.owner_state COLLATE "C", s.team COLLATE "C", s.drifted;
END;
COMMENT ON FUNCTION cx.ownership_drift(cx.journey, text, text, timestamptz) IS
'Ownership on paper against ownership in fact, over the touches that a team handled: for each touchpoint, channel, accountable team at the time of the touch (owner_team, with owner_state as cx.ownership_state) and team that handled it (handler_team) the number of touches and the sum of their values (NULL without any). drifted: the handler is neither accountable nor named by a rule with role R that holds for the touch. assisted: as cx.channel says, NULL where it does not know the channel or there is none. All adds up over journeys: the drift is sum(touches) FILTER (WHERE drifted) / sum(touches). segment and territory are those of the customer, known_at as in cx.owner_of. No rows for NULL or an empty journey.';

CREATE FUNCTION cx.value_units(journey cx.journey, OUT value_unit text, OUT touchpoint text, OUT known boolean, OUT touches bigint, OUT value float8) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE COST 100 ROWS 5
BEGIN ATOMIC
	SELECT t.value_unit, s.touchpoint, t.touchpoint IS NOT NULL, count(*), sum(s.value)
	FROM cx.touches(value_units.journey) s LEFT JOIN cx.touchpoint t USING (touchpoint)
	WHERE s.value IS NOT NULL
	GROUP BY t.value_unit, s.touchpoint, t.touchpoint
	ORDER BY t.value_unit COLLATE "C", s.touchpoint COLLATE "C";
END;
COMMENT ON FUNCTION cx.value_units(cx.journey) IS
'What the values of a journey mean, over the touches that have one: for each touchpoint its unit (cx.touchpoint.value_unit), whether the catalogue knows it, the number of touches and the sum of their values. More than one value_unit, or NULL beside another: a sum over the journey adds up what is not alike. Adds up over journeys. No rows for NULL or without values.';

CREATE VIEW cx.mixed_value_unit WITH (security_invoker = true) AS
SELECT g.kind, g.subject, array_agg(DISTINCT g.value_unit COLLATE "C" ORDER BY g.value_unit COLLATE "C") AS value_units, count(*) AS touchpoints
FROM (
	SELECT 'team' AS kind, o.team AS subject, t.value_unit FROM cx.current_ownership o JOIN cx.touchpoint t USING (touchpoint) WHERE o.team IS NOT NULL AND t.value_unit IS NOT NULL
	UNION ALL
	SELECT 'branch', array_to_string(l.labels[1:n], '.'), t.value_unit
	FROM cx.touchpoint t, LATERAL (SELECT string_to_array(t.touchpoint, '.')) AS l (labels), generate_series(1, cardinality(l.labels) - 1) AS n WHERE t.active @> now() AND t.value_unit IS NOT NULL) g
GROUP BY g.kind, g.subject HAVING count(DISTINCT g.value_unit) > 1;
COMMENT ON VIEW cx.mixed_value_unit IS
'Where values of different units would be added up today, by the catalogue: kind team (subject is accountable for touchpoints with different units) or branch (subject is the first part of such touchpoints, as cx.truncate makes it); value_units are the units, touchpoints the number of touchpoints that have one. Touchpoints without unit do not count: their values are found by cx.value_units in journeys.';
GRANT SELECT ON cx.mixed_value_unit TO @extowner@ WITH GRANT OPTION;
