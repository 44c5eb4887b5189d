-- Hand-offs from team to team, and how much of a journey stays with the same teams.

CREATE FUNCTION cx.handoffs(journey cx.journey, within interval DEFAULT '30 days', as_of timestamptz DEFAULT NULL, opened_by_customer cx.selector DEFAULT NULL,
	OUT at timestamptz, OUT from_team text, OUT to_team text, OUT touchpoint text, OUT wait_seconds float8, OUT state text, OUT returned boolean,
	OUT ping_pong boolean, OUT warm boolean, OUT carried_by text, OUT intended_team text, OUT received_at timestamptz, OUT received_touchpoint text,
	OUT step integer, OUT waiting_since timestamptz)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_handoffs' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION cx.handoffs(cx.journey, interval, timestamptz, cx.selector) IS
'The hand-offs of a journey: pairs of successive touches by different teams, a row each, in order; touches without a team are left out. within bounds the time from the end of the one touch to the begin of the other (inclusive; days of 24 hours, months by the calendar in UTC; NULL: no bound); where more lies between two touches a new case begins. at, from_team, touchpoint, step: the touch that hands over. waiting_since: its end, at + lasted (NULL beyond all times). to_team, received_at, received_touchpoint: the touch that receives. wait_seconds: from waiting_since to received_at, at least 0. state: received; or for a touch whose attrs name the next team under handoff_to (intended_team), after which no other team comes and not the intended one within the bound either: pending while that time is not over at as_of, then dropped; what follows is NULL for both, and to_team the intended one. returned: the receiving team has had the customer before in the case; ping_pong: right before the team that hands over (A, B, A). warm: received before the other touch was over; NULL if lasted is not known. carried_by: who opened the receiving touch, customer or company: whether it fits the selector opened_by_customer; without one by its attrs, customer for the direction inbound, company for outbound and internal, NULL for others. as_of: the time up to which the data are complete, later touches are not looked at; NULL: forever. No rows for NULL. A negative within (22023) and an infinite as_of (22008) are errors.';

CREATE FUNCTION cx.handoff_count(journey cx.journey, within interval DEFAULT '30 days') RETURNS integer
AS 'MODULE_PATHNAME', 'cx_handoff_count' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.handoff_count(cx.journey, interval) IS
'How many hand-offs a journey has: the received ones of cx.handoffs(journey, within). 0 for a journey without any, NULL for NULL; within NULL: no bound. A negative within is an error (22023).';

CREATE FUNCTION cx.ping_pong(journey cx.journey, within interval DEFAULT '30 days', OUT direct integer, OUT returns integer, OUT indirect integer)
AS 'MODULE_PATHNAME', 'cx_ping_pong' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.ping_pong(cx.journey, interval) IS
'How often a customer comes back to a team, in the sequence of teams r, runs of the same team as one: direct counts the i where r[i] = r[i - 2] (A, B, A), returns those where r[i] is among r[1] to r[i - 1], indirect = returns - direct. Touches without a team are left out; where more than within lies between two touches (see cx.handoffs) a new sequence begins; within NULL: no bound. NULL for NULL; a negative within is an error (22023).';

CREATE FUNCTION cx.continuity(journey cx.journey, index text) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_continuity' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.continuity(cx.journey, text) IS
'How much of a journey stays with the same teams, 0 to 1. With N touches that have a team, n of each team, and c successive pairs of them by the same team, index is one of: hhi = sum of (n / N)^2 (Herfindahl; 1 / hhi is the effective number of teams), coc = (sum of n^2 - N) / (N (N - 1)) (Bice and Boxerman 1977), upc = greatest n / N (Breslau and Reeb 1975), secon = c / (N - 1) (Steinwachs 1979). NULL where that is not defined: without touches that have a team, coc and secon with one alone; NULL for NULL. Another index is an error (22023).';
