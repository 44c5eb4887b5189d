\echo Use "CREATE EXTENSION cx_fuzz" to load this file. \quit

-- What the functions around a type are given besides values of the type itself.
CREATE TABLE cx_fuzz.argument
(
	number	int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	type	regtype NOT NULL,
	literal	text
);

-- How text of a type is made (grammar.c); the first symbol of a type is that of a whole text.
CREATE TABLE cx_fuzz.grammar
(
	number	int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	type	regtype NOT NULL,
	symbol	text NOT NULL,
	expansion text NOT NULL
);

-- The only errors that a function raises, XX001 aside where a stored value is not sound.  Functions that are not here
-- may raise any but internal errors.
CREATE TABLE cx_fuzz.contract
(
	function regprocedure PRIMARY KEY,
	codes	text[] NOT NULL
);

-- Raises XX001, which is a problem unless a stored value is not sound, if a property does not hold.
CREATE FUNCTION cx_fuzz.must(holds boolean, what text) RETURNS boolean
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cx_fuzz_must';

CREATE FUNCTION cx_fuzz.run(type regtype, target text, seed bigint, iterations bigint, corpus bytea[])
RETURNS TABLE (outcome text, subject text, code text, cases bigint, detail text, input bytea)
LANGUAGE c STRICT VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'cx_fuzz_run';
COMMENT ON FUNCTION cx_fuzz.run(regtype, text, bigint, bigint, bytea[]) IS
'tries so many mutants of the corpus, or with 0 iterations its entries as they are, on a way into the type (text, binary, stored, jsonb, state); counts what happened, and every problem with the first input that showed it';

CREATE FUNCTION cx_fuzz.targets(type regtype) RETURNS SETOF text
LANGUAGE c STRICT VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'cx_fuzz_targets';
COMMENT ON FUNCTION cx_fuzz.targets(regtype) IS 'the ways into a type';

CREATE FUNCTION cx_fuzz.form(type regtype, target text, value text) RETURNS bytea
LANGUAGE c STRICT VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'cx_fuzz_form';
COMMENT ON FUNCTION cx_fuzz.form(regtype, text, text) IS 'the bytes that a target takes for a value in text form: an entry for run';

CREATE FUNCTION cx_fuzz.mutants(type regtype, target text, seed bigint, count bigint, corpus bytea[]) RETURNS SETOF bytea
LANGUAGE c STRICT VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'cx_fuzz_mutants';
COMMENT ON FUNCTION cx_fuzz.mutants(regtype, text, bigint, bigint, bytea[]) IS 'mutants to look at';

CREATE FUNCTION cx_fuzz.functions(type regtype) RETURNS TABLE (function text, called boolean)
LANGUAGE c STRICT VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'cx_fuzz_functions';
COMMENT ON FUNCTION cx_fuzz.functions(regtype) IS 'the functions around the type: those that run calls, and those that it cannot call and why';

CREATE FUNCTION cx_fuzz.lost() RETURNS TABLE (pid int, doing text, input bytea)
LANGUAGE c STRICT VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'cx_fuzz_lost';
COMMENT ON FUNCTION cx_fuzz.lost() IS 'what was on trial in backends that died in a run; forgets it';

-- A step of a funnel: text of a type of its own.
CREATE TYPE cx_fuzz.step;
CREATE FUNCTION cx_fuzz.step_in(cstring) RETURNS cx_fuzz.step LANGUAGE internal STRICT IMMUTABLE PARALLEL SAFE AS 'textin';
CREATE FUNCTION cx_fuzz.step_out(cx_fuzz.step) RETURNS cstring LANGUAGE internal STRICT IMMUTABLE PARALLEL SAFE AS 'textout';
CREATE TYPE cx_fuzz.step (INPUT = cx_fuzz.step_in, OUTPUT = cx_fuzz.step_out, INTERNALLENGTH = VARIABLE, STORAGE = extended);
CREATE CAST (cx_fuzz.step AS text) WITHOUT FUNCTION;

-- A type full of planted faults (toy.c).
CREATE TYPE cx_fuzz.toy;
CREATE FUNCTION cx_fuzz.toy_in(cstring) RETURNS cx_fuzz.toy
LANGUAGE c STRICT IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cx_fuzz_toy_in';
CREATE FUNCTION cx_fuzz.toy_out(cx_fuzz.toy) RETURNS cstring
LANGUAGE c STRICT IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cx_fuzz_toy_out';
CREATE FUNCTION cx_fuzz.toy_recv(internal) RETURNS cx_fuzz.toy
LANGUAGE c STRICT IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cx_fuzz_toy_recv';
CREATE FUNCTION cx_fuzz.toy_send(cx_fuzz.toy) RETURNS bytea
LANGUAGE c STRICT IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cx_fuzz_toy_send';
CREATE TYPE cx_fuzz.toy
(
	INPUT = cx_fuzz.toy_in, OUTPUT = cx_fuzz.toy_out, RECEIVE = cx_fuzz.toy_recv, SEND = cx_fuzz.toy_send,
	INTERNALLENGTH = VARIABLE, STORAGE = extended
);
CREATE FUNCTION cx_fuzz.check(cx_fuzz.toy) RETURNS text
LANGUAGE c STRICT IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cx_fuzz_toy_check';
CREATE FUNCTION cx_fuzz.toy_sum(cx_fuzz.toy) RETURNS int
LANGUAGE c STRICT IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cx_fuzz_toy_sum';
CREATE FUNCTION cx_fuzz.toy_more(cx_fuzz.toy, int) RETURNS cx_fuzz.toy
LANGUAGE c STRICT IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cx_fuzz_toy_more';
CREATE FUNCTION cx_fuzz.toy_scribble(cx_fuzz.toy) RETURNS void
LANGUAGE c STRICT IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cx_fuzz_toy_scribble';
CREATE FUNCTION cx_fuzz.toy_peek(cx_fuzz.toy) RETURNS int
LANGUAGE c STRICT IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cx_fuzz_toy_peek';
