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
