-- Looking up who was accountable.

CREATE FUNCTION cx.owner_of(touchpoint text, at timestamptz, channel text DEFAULT NULL, segment text DEFAULT NULL, territory text DEFAULT NULL, known_at timestamptz DEFAULT NULL) RETURNS text
AS 'MODULE_PATHNAME', 'cx_owner_of' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.owner_of(text, timestamptz, text, text, text, timestamptz) IS
'The team that was accountable for touchpoint at a time, by the rules of cx.ownership_rule that the query sees. channel, segment and territory (a dotted path from large to small) are those of the touch; NULL is not known, and only rules that hold for all of them fit then. known_at asks by the rules as they were recorded at that time; NULL by those that count now. NULL if no rule fits or the winning one says that nobody is: cx.ownership_state tells which. NULL for NULL touchpoint or at. A touchpoint or territory without text or over 255 bytes is an error (22023), and so are tables that the user may not read (42501).';

CREATE FUNCTION cx.ownership_state(touchpoint text, at timestamptz, channel text DEFAULT NULL, segment text DEFAULT NULL, territory text DEFAULT NULL, known_at timestamptz DEFAULT NULL) RETURNS text
AS 'MODULE_PATHNAME', 'cx_ownership_state' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.ownership_state(text, timestamptz, text, text, text, timestamptz) IS
'How touchpoint was owned at a time: owned; stale (the team did not exist then, cx.team.active); fallback (only the catch-all rule ** holds); unowned (a rule says that deliberately nobody is); unmatched (no rule holds). Arguments and errors as for cx.owner_of. NULL for NULL touchpoint or at.';

CREATE FUNCTION cx.ownership_explain(touchpoint text, at timestamptz, channel text DEFAULT NULL, segment text DEFAULT NULL, territory text DEFAULT NULL, known_at timestamptz DEFAULT NULL, role text DEFAULT 'A',
	OUT rank integer, OUT rule_id bigint, OUT rule_touchpoint text, OUT rule_channel text, OUT rule_segment text, OUT rule_territory text, OUT priority integer, OUT team text, OUT state text, OUT decided_by text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_ownership_explain' LANGUAGE C STABLE PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION cx.ownership_explain(text, timestamptz, text, text, text, timestamptz, text) IS
'Every rule that holds for a touch, best first: rank from 1, the rule and its conditions, its team, the state it would give (as cx.ownership_state), and decided_by, what separated it from the next: priority, literal labels (more), fewer **, fewer *, dimensions (more of channel and segment), territory (smaller), later start, or tie (only rule_id did, the lower one first); the last one says only match or last match. role picks the rules: A accountable, R, S, C or I; another is an error (22023). Other arguments and errors as for cx.owner_of. No rows for NULL touchpoint, at or role, or if no rule holds.';

CREATE FUNCTION cx.current_owner(touchpoint text, channel text DEFAULT NULL, segment text DEFAULT NULL, territory text DEFAULT NULL) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE COST 10
RETURN cx.owner_of(touchpoint, now(), channel, segment, territory, NULL);
COMMENT ON FUNCTION cx.current_owner(text, text, text, text) IS
'The team that is accountable for touchpoint at the start of the transaction: cx.owner_of for today. For events of the past use cx.owner_of with the time of the event. Arguments, NULL and errors as there.';

CREATE FUNCTION cx.with_owner(journey cx.journey, segment text DEFAULT NULL, territory text DEFAULT NULL, known_at timestamptz DEFAULT NULL) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_with_owner' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.with_owner(cx.journey, text, text, timestamptz) IS
'The journey with the team of each touch replaced by the one that was accountable for its touchpoint and channel at its time; without team where nobody was. Every metric by team becomes a metric by owner. segment and territory are those of the customer, known_at as in cx.owner_of. NULL for a NULL journey.';

CREATE FUNCTION cx.owned_touches(journey cx.journey, segment text DEFAULT NULL, territory text DEFAULT NULL, known_at timestamptz DEFAULT NULL,
	OUT step integer, OUT at timestamptz, OUT touchpoint text, OUT channel text, OUT team text, OUT value float8, OUT owner_team text, OUT owner_state text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_journey_owned_touches' LANGUAGE C STABLE PARALLEL SAFE COST 10 ROWS 20;
COMMENT ON FUNCTION cx.owned_touches(cx.journey, text, text, timestamptz) IS
'The touches as rows, in canonical order: step from 1, at, touchpoint, channel, team that handled it, value, and the team that was accountable at that time with its state (as cx.ownership_state): handler and owner side by side. segment and territory are those of the customer, known_at as in cx.owner_of. No rows for a NULL or an empty journey.';
