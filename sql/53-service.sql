-- Service of a contact centre: staffing, service level, resolution, waiting, control charts.

CREATE FUNCTION cx.traffic(contacts float8, per_seconds float8, handle_seconds float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_sql_traffic' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.traffic(float8, float8, float8) IS
'The load of a contact centre in Erlang: contacts * handle_seconds / per_seconds, where contacts arrive in per_seconds and each takes handle_seconds of an agent on average. It is the number of agents who would be busy if nobody waited. NULL for NULL. Errors: a negative, infinite or NaN argument, per_seconds not above 0 (22023), a result out of range (22003).';

CREATE FUNCTION cx.erlang_b(traffic float8, agents integer) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_sql_erlang_b' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.erlang_b(float8, integer) IS
'The share, 0 to 1, of contacts that are turned away where nobody can wait (Erlang B). traffic in Erlang as cx.traffic gives it, agents from 0 to 10000000. NULL for NULL. Errors: an argument out of these ranges (22023).';

CREATE FUNCTION cx.erlang_c(traffic float8, agents integer) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_sql_erlang_c' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.erlang_c(float8, integer) IS
'The share, 0 to 1, of contacts that have to wait, where everybody waits until answered (Erlang C); 1 where traffic is not below agents, because the queue only grows. traffic in Erlang as cx.traffic gives it, agents from 0 to 10000000. NULL for NULL. Errors: an argument out of these ranges (22023).';

CREATE FUNCTION cx.erlang_c_service_level(traffic float8, agents integer, handle_seconds float8, threshold_seconds float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_sql_erlang_c_service_level' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.erlang_c_service_level(float8, integer, float8, float8) IS
'The share, 0 to 1, of contacts answered within threshold_seconds by Erlang C: 1 - C * exp(-(agents - traffic) * threshold_seconds / handle_seconds); 0 where traffic is not below agents. handle_seconds is the mean handle time. Other arguments as in cx.erlang_c. NULL for NULL. Errors: an argument out of range, handle_seconds not above 0 (22023).';

CREATE FUNCTION cx.erlang_c_wait(traffic float8, agents integer, handle_seconds float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_sql_erlang_c_wait' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.erlang_c_wait(float8, integer, float8) IS
'The mean wait in seconds of all contacts by Erlang C (average speed of answer): C * handle_seconds / (agents - traffic); NULL where traffic is not below agents, because the queue only grows. Other arguments as in cx.erlang_c. NULL for NULL. Errors: an argument out of range, handle_seconds not above 0 (22023).';

CREATE FUNCTION cx.erlang_a(traffic float8, agents integer, handle_seconds float8, patience_seconds float8, threshold_seconds float8,
	OUT wait_share float8, OUT abandon_rate float8, OUT service_level_rate float8, OUT occupancy_share float8,
	OUT mean_wait_seconds float8, OUT mean_answer_seconds float8, OUT mean_waiting float8)
AS 'MODULE_PATHNAME', 'cx_sql_erlang_a' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.erlang_a(float8, integer, float8, float8, float8) IS
'A queue that people leave when their patience, patience_seconds on average and exponentially distributed, ends (Erlang A, Palm 1957). Of all contacts, 0 to 1: wait_share have to wait, abandon_rate hang up, service_level_rate are answered within threshold_seconds. occupancy_share: how much of their time agents are busy, NULL without agents. mean_wait_seconds: of all, those who hang up included; mean_answer_seconds: of those who are answered, NULL without agents. mean_waiting: how many wait at a time. traffic in Erlang as cx.traffic gives it, above agents too, as patience keeps the queue finite; agents from 0 to 10000000; handle_seconds is the mean handle time. NULL for NULL. Errors: an argument out of range, handle_seconds or patience_seconds not above 0 (22023).';

CREATE FUNCTION cx.agents_needed(traffic float8, handle_seconds float8, service_level float8, threshold_seconds float8, patience_seconds float8 DEFAULT NULL)
RETURNS integer
AS 'MODULE_PATHNAME', 'cx_sql_agents_needed' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cx.agents_needed(float8, float8, float8, float8, float8) IS
'The fewest agents with whom at least the share service_level, between 0 and 1, of all contacts is answered within threshold_seconds: by Erlang C if patience_seconds is NULL, else by Erlang A as cx.erlang_a gives it (those who hang up are not answered). These are agents at work: divide by 1 - shrinkage for those to be scheduled. traffic in Erlang as cx.traffic gives it, handle_seconds is the mean handle time. 0 without traffic. NULL for NULL in another argument. Errors: an argument out of range (22023), more than 10000000 agents (54000).';

@summary type=service_summary
COMMENT ON TYPE cx.service_summary IS
'What happened to the contacts of a queue: how many were answered or abandoned within a threshold or later, or are still open, and sums and distributions of their times. Made by cx.service_level_agg, merged by cx.rollup, read by cx.service_rates, cx.service_level, cx.abandon_rate, cx.service_times, cx.asa, cx.aht and cx.service_counts. The text form is JSON.';

CREATE FUNCTION cx._service_agg(cx.service_summary, float8, boolean, float8) RETURNS cx.service_summary
AS 'MODULE_PATHNAME', 'cx_service_agg' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._service_agg(cx.service_summary, float8, boolean, float8) IS 'Transition function of cx.service_level_agg.';
CREATE FUNCTION cx._service_agg(cx.service_summary, float8, boolean, float8, float8) RETURNS cx.service_summary
AS 'MODULE_PATHNAME', 'cx_service_agg' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._service_agg(cx.service_summary, float8, boolean, float8, float8) IS 'Transition function of cx.service_level_agg.';
CREATE FUNCTION cx._service_agg(cx.service_summary, float8, boolean, float8, float8, float8) RETURNS cx.service_summary
AS 'MODULE_PATHNAME', 'cx_service_agg' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._service_agg(cx.service_summary, float8, boolean, float8, float8, float8) IS 'Transition function of cx.service_level_agg.';
CREATE FUNCTION cx._service_merge(cx.service_summary, cx.service_summary) RETURNS cx.service_summary
AS 'MODULE_PATHNAME', 'cx_service_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._service_merge(cx.service_summary, cx.service_summary) IS 'Combine function of cx.service_level_agg and transition function of cx.rollup.';
CREATE FUNCTION cx._service_final(cx.service_summary) RETURNS cx.service_summary
AS 'MODULE_PATHNAME', 'cx_service_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._service_final(cx.service_summary) IS 'Final function of cx.service_level_agg and cx.rollup.';

CREATE AGGREGATE cx.service_level_agg(wait_seconds float8, answered boolean, threshold_seconds float8) (
	SFUNC = cx._service_agg,
	STYPE = cx.service_summary,
	FINALFUNC = cx._service_final,
	COMBINEFUNC = cx._service_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.service_level_agg(float8, boolean, float8) IS
'The summary of a queue''s contacts, a row each. wait_seconds: until the contact was answered or abandoned, or so far; answered: true, false (abandoned), or NULL while it is open. Within means at most threshold_seconds, which is the same for all contacts of a group (22023 otherwise). A contact whose wait is NULL counts as answered or abandoned after an unknown time, and as longer than the threshold; one whose wait and answered are both NULL is skipped. Times that are negative, NaN or over 9000000000 s make the contact invalid, which is counted apart. Times are kept to the microsecond. NULL without contacts. Errors: a threshold that is NULL (22004), negative, NaN or too long (22023).';

CREATE AGGREGATE cx.service_level_agg(wait_seconds float8, answered boolean, threshold_seconds float8, short_seconds float8) (
	SFUNC = cx._service_agg,
	STYPE = cx.service_summary,
	FINALFUNC = cx._service_final,
	COMBINEFUNC = cx._service_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.service_level_agg(float8, boolean, float8, float8) IS
'The summary of a queue''s contacts, a row each. wait_seconds: until the contact was answered or abandoned, or so far; answered: true, false (abandoned), or NULL while it is open. Within means at most threshold_seconds, which is the same for all contacts of a group (22023 otherwise). With short_seconds, at most the threshold, abandonments after at most that are short (NULL: none is); the same for all contacts of a group (22023 otherwise). A contact whose wait is NULL counts as answered or abandoned after an unknown time, and as longer than the threshold; one whose wait and answered are both NULL is skipped. Times that are negative, NaN or over 9000000000 s make the contact invalid, which is counted apart. Times are kept to the microsecond. NULL without contacts. Errors: a threshold that is NULL (22004), negative, NaN or too long (22023).';

CREATE AGGREGATE cx.service_level_agg(wait_seconds float8, answered boolean, threshold_seconds float8, short_seconds float8, handle_seconds float8) (
	SFUNC = cx._service_agg,
	STYPE = cx.service_summary,
	FINALFUNC = cx._service_final,
	COMBINEFUNC = cx._service_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.service_level_agg(float8, boolean, float8, float8, float8) IS
'The summary of a queue''s contacts, a row each. wait_seconds: until the contact was answered or abandoned, or so far; answered: true, false (abandoned), or NULL while it is open. Within means at most threshold_seconds, which is the same for all contacts of a group (22023 otherwise). short_seconds: abandonments after at most that are short (NULL: none is), at most the threshold and the same for all contacts of a group (22023 otherwise). handle_seconds: how long an answered contact took an agent in all, NULL if not known; that of others is not looked at. A contact whose wait is NULL counts as answered or abandoned after an unknown time, and as longer than the threshold; one whose wait and answered are both NULL is skipped. Times that are negative, NaN or over 9000000000 s make the contact invalid, which is counted apart. Times are kept to the microsecond. NULL without contacts. Errors: a threshold that is NULL (22004), negative, NaN or too long (22023).';

CREATE AGGREGATE cx.rollup(summary cx.service_summary) (
	SFUNC = cx._service_merge,
	STYPE = cx.service_summary,
	FINALFUNC = cx._service_final,
	COMBINEFUNC = cx._service_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.rollup(cx.service_summary) IS
'Summaries with the same threshold and short wait merged into one: that of all their contacts, exactly, in any order. NULL summaries are skipped; NULL without others. Different thresholds are an error (22023).';

CREATE FUNCTION cx.service_rates(summary cx.service_summary, confidence float8 DEFAULT 0.95,
	OUT metric text, OUT definition text, OUT numerator bigint, OUT denominator bigint, OUT rate float8, OUT low float8, OUT high float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_service_rates' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 8;
COMMENT ON FUNCTION cx.service_rates(cx.service_summary, float8) IS
'The rates that vendors call service level and abandonment, side by side, a row each: rate = numerator / denominator, 0 to 1, NULL when the denominator is 0, and low and high, its Wilson interval at the confidence (between 0 and 1, 22023 otherwise). service_level, with the contacts answered within the threshold as numerator: answered (of those answered), ignore (of all but those abandoned within the threshold), negative (of all), positive (of all, and those abandoned within the threshold are in the numerator too), short (of all but short abandonments). All are the answered, the abandoned and those open for longer than the threshold. abandonment: offered (of answered and abandoned), queued (of these and all open), short (short abandonments in neither number). No rows for NULL.';

CREATE FUNCTION cx.service_level(summary cx.service_summary, definition text DEFAULT 'negative') RETURNS float8
AS 'MODULE_PATHNAME', 'cx_service_level' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.service_level(cx.service_summary, text) IS
'The service level, 0 to 1, by a definition of cx.service_rates: answered, ignore, negative, positive or short. NULL for NULL or without contacts that count. Errors: an unknown definition (22023).';

CREATE FUNCTION cx.abandon_rate(summary cx.service_summary, definition text DEFAULT 'offered') RETURNS float8
AS 'MODULE_PATHNAME', 'cx_service_abandon_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.abandon_rate(cx.service_summary, text) IS
'The share of contacts that were abandoned, 0 to 1, by a definition of cx.service_rates: offered, queued or short. NULL for NULL or without contacts that count. Errors: an unknown definition (22023).';

CREATE FUNCTION cx.service_times(summary cx.service_summary,
	OUT measure text, OUT contacts bigint, OUT total_seconds float8, OUT mean_seconds float8, OUT median_seconds float8, OUT p90_seconds float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_service_times' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION cx.service_times(cx.service_summary) IS
'Times of a queue, a row a measure: answer (wait of those answered; its mean is the average speed of answer), abandon (wait of those who gave up) and handle (its mean is the average handle time). contacts: those whose time is known. Total and mean are exact to the microsecond a contact; median and 90th percentile are interpolated as percentile_cont does and good to 0.8 percent. Seconds are NULL without contacts. No rows for NULL.';

CREATE FUNCTION cx.asa(summary cx.service_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_service_asa' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.asa(cx.service_summary) IS
'Average speed of answer: the mean wait in seconds of the contacts that were answered, where known. NULL for NULL or without such contacts.';

CREATE FUNCTION cx.aht(summary cx.service_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_service_aht' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.aht(cx.service_summary) IS
'Average handle time: the mean of handle_seconds of the contacts that were answered, where known. NULL for NULL or without such contacts.';

CREATE FUNCTION cx.service_counts(summary cx.service_summary,
	OUT threshold_seconds float8, OUT short_seconds float8, OUT offered bigint, OUT answered bigint, OUT answered_within bigint,
	OUT abandoned bigint, OUT abandoned_short bigint, OUT abandoned_within bigint, OUT open bigint, OUT open_within bigint,
	OUT unknown_wait bigint, OUT invalid bigint)
AS 'MODULE_PATHNAME', 'cx_service_counts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.service_counts(cx.service_summary) IS
'The counts behind the rates, which add up over summaries: offered = answered + abandoned; answered_within the threshold; abandoned_short after at most short_seconds (NULL: none is short), abandoned_within the threshold, short ones included; open and, of these, open_within, which still may be answered within the threshold (pending); unknown_wait, answered or abandoned after an unknown time; invalid, which are in no other count. NULL for NULL.';

CREATE FUNCTION cx.resolution(journey cx.journey, contact cx.selector, within interval DEFAULT '7 days', as_of timestamptz DEFAULT NULL,
	forward_gap interval DEFAULT '15 minutes',
	OUT episode integer, OUT started_at timestamptz, OUT ended_at timestamptz, OUT contacts integer, OUT touchpoint text, OUT channel text, OUT team text,
	OUT next_at timestamptz, OUT seconds_to_next float8, OUT state text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_resolution' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION cx.resolution(cx.journey, cx.selector, interval, timestamptz, interval) IS
'Contacts and whether the customer came back, a row an episode in order of time. An episode is a touch that fits contact and those that follow, each less than forward_gap after the one before (forwarding is no repeat): started_at and ended_at are the times of its first and last contact, touchpoint, channel and team those of the first. next_at: the next contact after it, seconds_to_next from ended_at; NULL without one. state: repeated (the next contact came within, the limit included, after ended_at), resolved (none did) or pending (ended_at + within lies after as_of, the time up to which the data are complete, so that nothing is known; touches after it are left out). NULL as_of: nothing is pending. First-contact resolution = resolved / (resolved + repeated). For contacts about one reason take the parts of cx.split. Months and days count by UTC''s calendar. No rows for NULL in another argument or without a contact. Errors: a negative within or forward_gap (22023), an infinite as_of (22008).';

CREATE FUNCTION cx.containment(journey cx.journey, self_service cx.selector, assisted cx.selector, within interval DEFAULT '24 hours',
	gap interval DEFAULT '30 minutes', as_of timestamptz DEFAULT NULL,
	OUT session integer, OUT started_at timestamptz, OUT ended_at timestamptz, OUT touches integer, OUT touchpoint text, OUT channel text, OUT team text,
	OUT assisted_at timestamptz, OUT seconds_to_assisted float8, OUT contained boolean, OUT state text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_containment' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION cx.containment(cx.journey, cx.selector, cx.selector, interval, interval, timestamptz) IS
'Self-service and whether people had to help, a row a session in order of time. A session consists of touches that fit self_service or assisted (if both, it is assisted), none more than gap after the one before, with at least one of self-service: started_at, touchpoint, channel and team are of its first such touch, touches is their number, ended_at the time of its last touch. assisted_at: the first assisted touch after started_at, in the session or later, seconds_to_assisted from started_at; NULL without one. contained: no assisted touch followed in the session (raw containment); NULL while the session may go on at as_of, the time up to which the data are complete. state: escalated (one did), recontacted (none did, but one came within, the limit included, after ended_at), contained (none came: verified containment) or pending (gap or within is not over at as_of; touches after it are left out). NULL as_of: nothing is pending. Verified containment = contained / (contained + recontacted + escalated). Months and days count by UTC''s calendar. No rows for NULL in another argument or without self-service. Errors: a negative within or gap (22023), an infinite as_of (22008).';

CREATE FUNCTION cx.left_waiting(journey cx.journey, inbound cx.selector, answer cx.selector, within interval, as_of timestamptz DEFAULT NULL,
	OUT at timestamptz, OUT touchpoint text, OUT channel text, OUT team text, OUT contacts integer, OUT waiting_since timestamptz,
	OUT answered_at timestamptz, OUT wait_seconds float8, OUT state text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_left_waiting' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION cx.left_waiting(cx.journey, cx.selector, cx.selector, interval, timestamptz) IS
'The bad silence: customers who wait for an answer, a row a wait in order of time. A wait begins with a touch that fits inbound, when it is over (waiting_since = at + lasted), and ends with the next touch that fits answer; contacts counts the inbound touches until then. A touch that fits both is an answer. wait_seconds: from waiting_since to answered_at, at least 0; both NULL without an answer. state: answered (within, the limit included), late, unanswered, or pending (waiting_since + within lies after as_of, the time up to which the data are complete; touches after it are left out). NULL as_of: nothing is pending. Months and days count by UTC''s calendar. No rows for NULL in another argument or without an inbound touch. Errors: a negative within (22023), an infinite as_of or the end of a touch out of range (22008).';

CREATE FUNCTION cx.contact_pressure(journey cx.journey, outbound cx.selector, period interval, most integer DEFAULT NULL, collision interval DEFAULT '24 hours',
	OUT at timestamptz, OUT touchpoint text, OUT channel text, OUT team text, OUT contacts integer, OUT over boolean, OUT collides boolean) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_contact_pressure' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 5;
COMMENT ON FUNCTION cx.contact_pressure(cx.journey, cx.selector, interval, integer, interval) IS
'How much a customer is addressed, a row for each touch that fits outbound in order of time. contacts: such touches in the period up to it, itself included; a touch exactly a period before is not. over: contacts is more than most, which is what a policy allows; NULL without one. collides: another team''s outbound touch lies before it by less than collision; NULL if its own team is not known. Touches at the same instant count in canonical order. Months and days count by UTC''s calendar. No rows for NULL in another argument or without an outbound touch. Errors: a negative period or collision (22023).';

@summary type=xmr_summary
COMMENT ON TYPE cx.xmr_summary IS
'The points of a control chart (XmR): times and values. Made by cx.xmr_agg, merged by cx.rollup, read by cx.xmr_limits and cx.xmr_points. Text form: {"points": [["2026-01-01T00:00:00+00:00", 33.75]]}.';

CREATE FUNCTION cx._xmr_add(cx.xmr_summary, timestamptz, float8) RETURNS cx.xmr_summary
AS 'MODULE_PATHNAME', 'cx_xmr_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._xmr_add(cx.xmr_summary, timestamptz, float8) IS 'Transition function of cx.xmr_agg.';
CREATE FUNCTION cx._xmr_merge(cx.xmr_summary, cx.xmr_summary) RETURNS cx.xmr_summary
AS 'MODULE_PATHNAME', 'cx_xmr_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._xmr_merge(cx.xmr_summary, cx.xmr_summary) IS 'Combine function of cx.xmr_agg and transition function of cx.rollup.';
CREATE FUNCTION cx._xmr_final(cx.xmr_summary) RETURNS cx.xmr_summary
AS 'MODULE_PATHNAME', 'cx_xmr_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._xmr_final(cx.xmr_summary) IS 'Final function of cx.xmr_agg and cx.rollup.';

CREATE AGGREGATE cx.xmr_agg(at timestamptz, value float8) (
	SFUNC = cx._xmr_add,
	STYPE = cx.xmr_summary,
	FINALFUNC = cx._xmr_final,
	COMBINEFUNC = cx._xmr_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.xmr_agg(timestamptz, float8) IS
'The points of a control chart, put in order of at (and value, at the same time) by the aggregate itself, so that rows may come in any order; works over windows too. Rows with a NULL are skipped; NULL without others. Errors: an infinite time (22008), an infinite or NaN value (22003).';

CREATE AGGREGATE cx.rollup(summary cx.xmr_summary) (
	SFUNC = cx._xmr_merge,
	STYPE = cx.xmr_summary,
	FINALFUNC = cx._xmr_final,
	COMBINEFUNC = cx._xmr_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.rollup(cx.xmr_summary) IS
'The points of several control charts in one, in any order the same. NULL summaries are skipped; NULL without others.';

CREATE FUNCTION cx.xmr_limits(summary cx.xmr_summary, method text DEFAULT 'mean',
	OUT points bigint, OUT mean float8, OUT moving_range float8, OUT lower float8, OUT upper float8, OUT range_upper float8)
AS 'MODULE_PATHNAME', 'cx_xmr_summary_limits' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.xmr_limits(cx.xmr_summary, text) IS
'The lines of a control chart (XmR): the mean of the values, and of the distances between successive ones (moving_range), in the unit of the values. method mean: lower and upper are mean -+ 2.66 * moving_range, range_upper is 3.267 * moving_range; median: with the median moving range, which a few large ones do not move, 3.145 and 3.865. All but points and mean are NULL with one point; all NULL for NULL. Errors: an unknown method (22023), a sum out of range (22003).';

CREATE FUNCTION cx.xmr_points(summary cx.xmr_summary, method text DEFAULT 'mean', run_length integer DEFAULT 8, trend_length integer DEFAULT 7,
	OUT at timestamptz, OUT value float8, OUT moving_range float8, OUT mean float8, OUT lower float8, OUT upper float8, OUT range_upper float8,
	OUT signals text[]) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_xmr_points' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 100;
COMMENT ON FUNCTION cx.xmr_points(cx.xmr_summary, text, integer, integer) IS
'A control chart (XmR), a row a point in order of time: value, its distance from the one before (moving_range, NULL for the first) and the lines of cx.xmr_limits. signals that it is not mere chance, {} for none: outside (beyond lower or upper), range (moving_range above range_upper), run (one of at least run_length successive points on the same side of the mean), trend (one of at least trend_length that rise, or fall, one after the other), two_of_three (one of two in three successive points that lie on the same side beyond two thirds of the way from the mean to a limit). No rows for NULL. Errors: an unknown method, a length under 2 (22023), a sum out of range (22003).';
