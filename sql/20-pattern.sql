-- Selectors and patterns: the types, and questions to journeys.

CREATE TYPE cx.selector;
CREATE TYPE cx.pattern;

CREATE FUNCTION cx._selector_in(cstring) RETURNS cx.selector
AS 'MODULE_PATHNAME', 'cx_selector_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._selector_in(cstring) IS 'Input function of cx.selector.';
CREATE FUNCTION cx._selector_out(cx.selector) RETURNS cstring
AS 'MODULE_PATHNAME', 'cx_pattern_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._selector_out(cx.selector) IS 'Output function of cx.selector.';
CREATE FUNCTION cx._selector_recv(internal) RETURNS cx.selector
AS 'MODULE_PATHNAME', 'cx_selector_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._selector_recv(internal) IS 'Binary input function of cx.selector: a version byte and the text, which is parsed again.';
CREATE FUNCTION cx._selector_send(cx.selector) RETURNS bytea
AS 'MODULE_PATHNAME', 'cx_pattern_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._selector_send(cx.selector) IS 'Binary output function of cx.selector.';
CREATE TYPE cx.selector (
	INPUT = cx._selector_in,
	OUTPUT = cx._selector_out,
	RECEIVE = cx._selector_recv,
	SEND = cx._selector_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);

CREATE FUNCTION cx._pattern_in(cstring) RETURNS cx.pattern
AS 'MODULE_PATHNAME', 'cx_pattern_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._pattern_in(cstring) IS 'Input function of cx.pattern.';
CREATE FUNCTION cx._pattern_out(cx.pattern) RETURNS cstring
AS 'MODULE_PATHNAME', 'cx_pattern_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._pattern_out(cx.pattern) IS 'Output function of cx.pattern.';
CREATE FUNCTION cx._pattern_recv(internal) RETURNS cx.pattern
AS 'MODULE_PATHNAME', 'cx_pattern_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._pattern_recv(internal) IS 'Binary input function of cx.pattern: a version byte and the text, which is parsed again.';
CREATE FUNCTION cx._pattern_send(cx.pattern) RETURNS bytea
AS 'MODULE_PATHNAME', 'cx_pattern_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._pattern_send(cx.pattern) IS 'Binary output function of cx.pattern.';
CREATE TYPE cx.pattern (
	INPUT = cx._pattern_in,
	OUTPUT = cx._pattern_out,
	RECEIVE = cx._pattern_recv,
	SEND = cx._pattern_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);

COMMENT ON TYPE cx.selector IS
'A test on one touch: support.billing.* (touchpoint; * one label, ** any number), call@voice, @chat (channel), #billing (team), purchase[value >= 100], order[device = "ios"], call[lasted > 10 minutes], a | b, !a, * (any touch). Labels with other characters than letters, digits and _-.:/ are quoted. Text input is normalised; errors (22P02) say where and what was expected.';
COMMENT ON TYPE cx.pattern IS
'Selectors in sequence: a -> b (later), a => b (the very next touch), a -[> 1 hour, <= 7 days]-> b, a -[!c]-> b (no c in between), a !-> b (at the end: not followed by b), (p | q), x? x* x+ x{2,5}, ^p (from the first touch), p$ (to the last), p within 30 days. Text input is normalised; errors (22P02) say where and what was expected. At most 65535 bytes and 256 selectors written out, nested at most 200 levels deep (54000); a pattern that could match without any touch is an error (22023).';

CREATE FUNCTION cx._selector(text) RETURNS cx.selector
AS 'MODULE_PATHNAME', 'cx_selector_from_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._selector(text) IS 'Cast of text to cx.selector.';
CREATE FUNCTION cx._selector_text(cx.selector) RETURNS text
AS 'MODULE_PATHNAME', 'cx_pattern_to_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._selector_text(cx.selector) IS 'Cast of cx.selector to text.';
CREATE CAST (text AS cx.selector) WITH FUNCTION cx._selector(text) AS IMPLICIT;
COMMENT ON CAST (text AS cx.selector) IS 'Parses; implicit, so that bound parameters and columns of text work.';
CREATE CAST (varchar AS cx.selector) WITH FUNCTION cx._selector(text) AS IMPLICIT;
COMMENT ON CAST (varchar AS cx.selector) IS 'Parses; implicit, so that bound parameters and columns of varchar work.';
CREATE CAST (cx.selector AS text) WITH FUNCTION cx._selector_text(cx.selector) AS ASSIGNMENT;
COMMENT ON CAST (cx.selector AS text) IS 'The normal form.';
@comparable type=selector symbol=bytes

CREATE FUNCTION cx._pattern(text) RETURNS cx.pattern
AS 'MODULE_PATHNAME', 'cx_pattern_from_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._pattern(text) IS 'Cast of text to cx.pattern.';
CREATE FUNCTION cx._pattern_text(cx.pattern) RETURNS text
AS 'MODULE_PATHNAME', 'cx_pattern_to_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._pattern_text(cx.pattern) IS 'Cast of cx.pattern to text.';
CREATE CAST (text AS cx.pattern) WITH FUNCTION cx._pattern(text) AS IMPLICIT;
COMMENT ON CAST (text AS cx.pattern) IS 'Parses; implicit, so that bound parameters and columns of text work.';
CREATE CAST (varchar AS cx.pattern) WITH FUNCTION cx._pattern(text) AS IMPLICIT;
COMMENT ON CAST (varchar AS cx.pattern) IS 'Parses; implicit, so that bound parameters and columns of varchar work.';
CREATE CAST (cx.pattern AS text) WITH FUNCTION cx._pattern_text(cx.pattern) AS ASSIGNMENT;
COMMENT ON CAST (cx.pattern AS text) IS 'The normal form.';
@comparable type=pattern symbol=bytes

CREATE CAST (cx.selector AS cx.pattern) WITHOUT FUNCTION AS IMPLICIT;
COMMENT ON CAST (cx.selector AS cx.pattern) IS 'A selector is a pattern of one touch.';

CREATE FUNCTION cx.quote_label(label text) RETURNS text
AS 'MODULE_PATHNAME', 'cx_quote_label' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.quote_label(text) IS
'A touchpoint, channel, team or key as a selector spells it: as it is if it has only letters, digits and _-.:/ and ends in a letter, digit or _, otherwise in double quotes. NULL for NULL.';
