-- Funnels.

CREATE FUNCTION cx.funnel(journey cx.journey, steps text[], within interval DEFAULT NULL, mode text[] DEFAULT '{}') RETURNS integer
AS 'MODULE_PATHNAME', 'cx_funnel' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.funnel(cx.journey, text[], interval, text[]) IS
'The number of leading steps that the journey reached: the longest chain of touches that fit step 1, 2, ... in order of time, over all starts; 0 if none fits step 1. Steps are selectors. within counts from the chain''s first touch, inclusive; NULL is no limit; days are 24 hours, months go by the calendar in UTC. Touches at the same instant are taken in the order that is best for the funnel, and one touch may fill several steps. Modes: strict_increase (each step later than the one before), once (a touch fills one step), strict_order (a touch that fits no step, or one beyond the next, ends the chain), strict_deduplication (a repeat of a step already reached, except the first, ends the scan), first (chains start at the first touch that fits step 1). NULL if journey, steps or mode is NULL. Errors: no step or an unknown mode (22023), a NULL step (22004), a negative window (22023), more than 1000 steps (54000).';

CREATE FUNCTION cx.funnel_stop(journey cx.journey, steps text[], within interval DEFAULT NULL, mode text[] DEFAULT '{}') RETURNS text
AS 'MODULE_PATHNAME', 'cx_funnel_stop' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.funnel_stop(cx.journey, text[], interval, text[]) IS
'Why the best chain of cx.funnel with the same arguments did not go on: completed (all steps reached), interrupted (a strict mode ended it), window_over (the next step came too late), no_event (the next step never came after it). NULL and errors as in cx.funnel.';

CREATE FUNCTION cx.funnel_times(journey cx.journey, steps text[], within interval DEFAULT NULL, mode text[] DEFAULT '{}') RETURNS timestamptz[]
AS 'MODULE_PATHNAME', 'cx_funnel_times_of' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.funnel_times(cx.journey, text[], interval, text[]) IS
'The times at which the best chain of cx.funnel with the same arguments reached its steps, one element a step reached; of several best chains the one whose times come earliest, compared one after the other. An empty array if no step was reached. NULL and errors as in cx.funnel.';
