-- Calendars and business time.

CREATE FUNCTION cx._is_time_zone(name text) RETURNS boolean
AS 'MODULE_PATHNAME', 'cx_is_time_zone' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._is_time_zone(text) IS 'Whether the server knows a time zone of that name (pg_timezone_names): check of cx.calendar.';

CREATE TABLE cx.calendar (
	calendar text PRIMARY KEY,
	zone text NOT NULL DEFAULT 'UTC',
	name text,
	CONSTRAINT calendar_is_a_label CHECK (calendar ~ '^\S(.*\S)?$' AND calendar !~ '[\x01-\x1f\x7f]' AND octet_length(calendar) <= 255),
	CONSTRAINT calendar_zone_is_known CHECK (cx._is_time_zone(zone))
);
COMMENT ON TABLE cx.calendar IS 'Business calendars: when somebody is there to answer. A calendar without hours is never open; around the clock is one window from 00:00 to 24:00 for each weekday.';
COMMENT ON COLUMN cx.calendar.calendar IS 'The calendar as functions and rules name it: 1 to 255 bytes, no control characters, no blank at either end.';
COMMENT ON COLUMN cx.calendar.zone IS 'Time zone whose clock the hours mean, by its full name, such as Europe/Berlin; it knows when clocks change.';
COMMENT ON COLUMN cx.calendar.name IS 'Name for reports.';

CREATE TABLE cx.calendar_hours (
	calendar text NOT NULL REFERENCES cx.calendar ON UPDATE CASCADE ON DELETE CASCADE,
	weekday smallint NOT NULL,
	opens time NOT NULL,
	closes time NOT NULL,
	valid daterange NOT NULL DEFAULT '(,)',
	PRIMARY KEY (calendar, weekday, opens, valid),
	CONSTRAINT calendar_hours_weekday_is_iso CHECK (weekday BETWEEN 1 AND 7),
	CONSTRAINT calendar_hours_opens_before_it_closes CHECK (opens < closes),
	CONSTRAINT calendar_hours_valid_is_not_empty CHECK (NOT isempty(valid)),
	-- equal hashes are one point
	CONSTRAINT calendar_hours_do_not_overlap EXCLUDE USING gist (
		int8range(hash_record_extended(ROW(calendar, weekday), 0) >> 1, hash_record_extended(ROW(calendar, weekday), 0) >> 1, '[]') WITH &&,
		tsrange(date '2000-01-01' + opens, date '2000-01-01' + closes) WITH &&, valid WITH &&)
);
COMMENT ON TABLE cx.calendar_hours IS
'The hours of the week: any number of windows a weekday, [opens, closes), on the clock of the calendar''s zone. Over midnight are two windows: 22:00 to 24:00, and 00:00 to 06:00 of the next weekday. Windows of a weekday that are valid on the same days do not overlap.';
COMMENT ON COLUMN cx.calendar_hours.calendar IS 'The calendar.';
COMMENT ON COLUMN cx.calendar_hours.weekday IS '1 Monday to 7 Sunday.';
COMMENT ON COLUMN cx.calendar_hours.opens IS 'When it opens.';
COMMENT ON COLUMN cx.calendar_hours.closes IS 'When it closes; 24:00 for the end of the day.';
COMMENT ON COLUMN cx.calendar_hours.valid IS 'The days on which these hours hold. To change them, end the old and insert the new ones: what was measured before stays as it was.';

CREATE TABLE cx.calendar_exception (
	calendar text NOT NULL REFERENCES cx.calendar ON UPDATE CASCADE ON DELETE CASCADE,
	day date NOT NULL,
	opens time NOT NULL DEFAULT '00:00',
	closes time NOT NULL DEFAULT '00:00',
	note text,
	PRIMARY KEY (calendar, day, opens),
	CONSTRAINT calendar_exception_day_is_finite CHECK (isfinite(day) AND day BETWEEN '0001-01-01' AND '9999-12-31'),
	CONSTRAINT calendar_exception_opens_before_it_closes CHECK (opens < closes OR (opens = '00:00' AND closes = '00:00')),
	CONSTRAINT calendar_exception_do_not_overlap EXCLUDE USING gist (
		int8range(hashtextextended(calendar, 0) >> 1, hashtextextended(calendar, 0) >> 1, '[]') WITH &&,
		tsrange(day + opens, CASE WHEN opens = closes THEN (day + 1)::timestamp ELSE day + closes END) WITH &&)
);
COMMENT ON TABLE cx.calendar_exception IS
'Days with hours of their own, which replace those of the week: a holiday is a day alone (closed), a special opening has windows, several if need be.';
COMMENT ON COLUMN cx.calendar_exception.calendar IS 'The calendar.';
COMMENT ON COLUMN cx.calendar_exception.day IS 'The day on the clock of the calendar''s zone.';
COMMENT ON COLUMN cx.calendar_exception.opens IS 'When it opens; 00:00 with closes 00:00, the default of both, is closed all day.';
COMMENT ON COLUMN cx.calendar_exception.closes IS 'When it closes; 24:00 for the end of the day.';
COMMENT ON COLUMN cx.calendar_exception.note IS 'Why, such as the name of the holiday.';

@configuration_table table=calendar
@configuration_table table=calendar_hours
@configuration_table table=calendar_exception

SELECT pg_catalog.pg_extension_config_dump('cx.calendar', '');
SELECT pg_catalog.pg_extension_config_dump('cx.calendar_hours', '');
SELECT pg_catalog.pg_extension_config_dump('cx.calendar_exception', '');

GRANT SELECT, INSERT, UPDATE, DELETE ON cx.calendar, cx.calendar_hours, cx.calendar_exception TO @extowner@ WITH GRANT OPTION;

CREATE FUNCTION cx.business_time(starts_at timestamptz, ends_at timestamptz, calendar text) RETURNS interval
AS 'MODULE_PATHNAME', 'cx_business_time' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.business_time(timestamptz, timestamptz, text) IS
'How much of [starts_at, ends_at) a calendar is open, as an interval of hours, minutes and seconds, exact to the microsecond; negative if ends_at is before starts_at. A time is open when the clock of the calendar''s zone shows one that a window of that day contains: an hour that the clock skips in spring does not count, one that it shows twice in autumn counts twice. By the calendar as the query sees it. NULL for NULL. Errors: an unknown calendar (22023), an infinite time or more than 292277 years (22008), tables that the user may not read (42501).';

CREATE FUNCTION cx.business_time_seconds(starts_at timestamptz, ends_at timestamptz, calendar text) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_business_time_seconds' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.business_time_seconds(timestamptz, timestamptz, text) IS
'cx.business_time(starts_at, ends_at, calendar) in seconds. NULL for NULL; errors as there.';

CREATE FUNCTION cx.add_business_time(starts_at timestamptz, duration interval, calendar text) RETURNS timestamptz
AS 'MODULE_PATHNAME', 'cx_add_business_time' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.add_business_time(timestamptz, interval, text) IS
'When a duration of business time is over that begins at starts_at: the first time t with cx.business_time(starts_at, t, calendar) = duration, so a deadline at the end of the day is when it closes, not when it opens again. For a negative duration the last such time before; for 0 starts_at itself. duration in hours, minutes and seconds: days and months are an error (22023), as nobody knows how many hours of business they are. NULL for NULL. Other errors: an unknown calendar (22023), an infinite time, or a calendar that is not open for so long (22008), tables that the user may not read (42501).';
