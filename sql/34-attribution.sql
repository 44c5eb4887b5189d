-- Attribution: which touches a conversion is credited to.

CREATE FUNCTION cx.attribute(journey cx.journey, conversion cx.selector, model text, half_life interval DEFAULT NULL, lookback interval DEFAULT NULL,
	touches cx.selector DEFAULT '*', OUT conversion_number integer, OUT converted_at timestamptz, OUT at timestamptz, OUT touchpoint text, OUT channel text,
	OUT team text, OUT seconds_before float8, OUT share float8, OUT credit float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_attribute' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION cx.attribute(cx.journey, cx.selector, text, interval, interval, cx.selector) IS
'Credits each conversion, a touch that fits the selector, to the touches before it: those since the previous conversion that fit touches (default: any) and lie at most lookback before (inclusive; days of 24 hours, months by the calendar in UTC; NULL: no limit). A row for each of them, credited or not: conversion_number (from 1), converted_at, at, touchpoint, channel, team, seconds_before, share (0..1), credit (share of the conversion''s value, in its unit; a conversion without value counts as 1). Models: first, last, linear (the same for all), position (first and last 40 % each, the others 20 % together; two touches 50 % each), time_decay (the weight halves with every half_life before the conversion, default 7 days; other models ignore half_life). Shares of a conversion add up to 1 and credits to its value, exactly and in any order. A conversion that no touch comes before is one row with the full credit and NULL for at, touchpoint, channel, team and seconds_before. No rows if journey, conversion, model or touches is NULL. Errors (22023): another model, a negative lookback, a half_life that is not positive or has months.';
