/*
 * scalars.c
 *		Times, durations and numbers of the text form; calendar arithmetic in UTC.
 *
 * The text form is the same in every session: times are ISO 8601 with a zone,
 * whatever DateStyle and TimeZone say.
 */
#include "journey/scalars.h"

#include "journey/layout.h"
#include "utils/datetime.h"
#include "utils/numeric.h"

#define MAX_NUMBER_DIGITS 16383 /* numeric has that many behind the point */

/* Appends a time in UTC with as many fraction digits as it needs. */
void
cx_time_print(TimestampTz at, StringInfo out)
{
	struct pg_tm tm;
	fsec_t fsec;
	char text[MAXDATELEN + 1];

	if (timestamp2tm(at, NULL, &tm, &fsec, NULL, NULL) != 0)
		cx_corrupt("A touch has a time out of range.");
	tm.tm_isdst = 0; /* or the zone would not be printed */
	EncodeDateTime(&tm, fsec, true, 0, NULL, USE_XSD_DATES, text);
	appendStringInfoString(out, text);
}

/* Reads least to most digits; -1 if they are not there. */
static int
take_digits(const char **text, int least, int most)
{
	int number = 0;
	int count = 0;

	while (count < most && **text >= '0' && **text <= '9')
	{
		number = number * 10 + (*(*text)++ - '0');
		count++;
	}
	return count >= least ? number : -1;
}

static bool
take_char(const char **text, char wanted)
{
	if (**text != wanted)
		return false;
	(*text)++;
	return true;
}

/* Reads a fraction of a second, rounded to microseconds; -1 if there is none. */
static int
take_fraction(const char **text)
{
	int fraction = 0;
	int digits = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++, digits++)
	{
		if (digits < 6)
			fraction = fraction * 10 + (**text - '0');
		else if (digits == 6 && **text >= '5')
			fraction++;
	}
	if (digits == 0)
		return -1;
	for (; digits < 6; digits++)
		fraction *= 10;
	return fraction;
}

/* Reads a zone into seconds east of UTC. */
static bool
take_zone(const char **text, int *seconds)
{
	int sign;
	int hour;
	int minute = 0;
	int second = 0;

	*seconds = 0;
	if (take_char(text, 'Z') || take_char(text, 'z'))
		return true;
	if (**text != '+' && **text != '-')
		return false;
	sign = *(*text)++ == '-' ? -1 : 1;
	hour = take_digits(text, 2, 2);
	if (take_char(text, ':'))
	{
		minute = take_digits(text, 2, 2);
		if (take_char(text, ':'))
			second = take_digits(text, 2, 2);
	}
	else if (**text >= '0' && **text <= '9')
		minute = take_digits(text, 2, 2);
	if (hour < 0 || hour > 15 || minute < 0 || minute > 59 || second < 0 || second > 59)
		return false;
	*seconds = sign * (hour * SECS_PER_HOUR + minute * SECS_PER_MINUTE + second);
	return true;
}

/*
 * Reads `2026-01-05T09:30:00.25+01:00`: ISO 8601 with a zone, a space or T in
 * the middle, seconds optional, ` BC` at the end for years before 1.  Returns
 * NULL, or a sentence and the SQLSTATE to raise it with.
 */
const char *
cx_time_parse(const char *text, TimestampTz *at, int *sqlstate)
{
	struct pg_tm tm;
	fsec_t fsec = 0;
	int zone;
	bool bc;

	*sqlstate = ERRCODE_INVALID_TEXT_REPRESENTATION;
	memset(&tm, 0, sizeof(tm));
	tm.tm_year = take_digits(&text, 4, 6);
	if (tm.tm_year < 0 || !take_char(&text, '-') || (tm.tm_mon = take_digits(&text, 2, 2)) < 0 ||
		!take_char(&text, '-') || (tm.tm_mday = take_digits(&text, 2, 2)) < 0 ||
		!(take_char(&text, 'T') || take_char(&text, 't') || take_char(&text, ' ')) ||
		(tm.tm_hour = take_digits(&text, 2, 2)) < 0 || !take_char(&text, ':') ||
		(tm.tm_min = take_digits(&text, 2, 2)) < 0)
		return "A time looks like 2026-01-05T09:30:00+00:00.";
	if (take_char(&text, ':'))
	{
		if ((tm.tm_sec = take_digits(&text, 2, 2)) < 0 ||
			(take_char(&text, '.') && (fsec = take_fraction(&text)) < 0))
			return "A time looks like 2026-01-05T09:30:00+00:00.";
	}
	take_char(&text, ' ');
	if (!take_zone(&text, &zone))
		return "A time must end in its zone, such as Z or +01:00.";
	bc = strcmp(text, " BC") == 0;
	if (!bc && *text != '\0')
		return "A time looks like 2026-01-05T09:30:00+00:00.";

	*sqlstate = ERRCODE_DATETIME_FIELD_OVERFLOW;
	if (tm.tm_year == 0)
		return "There is no year 0; the year before 1 is 0001 BC.";
	if (bc)
		tm.tm_year = 1 - tm.tm_year;
	if (tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 ||
		tm.tm_mday > day_tab[isleap(tm.tm_year)][tm.tm_mon - 1] || tm.tm_hour > 23 ||
		tm.tm_min > 59 || tm.tm_sec > 59)
		return "There is no such date or time of day.";
	zone = -zone;
	if (tm2timestamp(&tm, fsec, &zone, at) != 0)
		return "The time is out of range: 4714-11-24 BC to 294276-12-31.";
	return NULL;
}

/*
 * A JSON number without exponent: the text itself, or a copy in the current
 * context.  NULL when it would have more digits than numeric, and so jsonb,
 * can be sure to hold.
 */
const char *
cx_number_plain(const char *text)
{
	const char *exponent = strpbrk(text, "eE");
	const char *point = strchr(text, '.');
	int power = 0;
	Datum number;

	if (exponent == NULL)
		return point != NULL && strlen(point) > MAX_NUMBER_DIGITS ? NULL : text;
	for (const char *p = exponent + 1; *p != '\0'; p++)
	{
		if (*p >= '0' && *p <= '9')
			power = power * 10 + (*p - '0');
		if (power > MAX_NUMBER_DIGITS)
			return NULL;
	}
	if (exponent - text + power > MAX_NUMBER_DIGITS)
		return NULL;
	number = DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
								 Int32GetDatum(-1));
	return DatumGetCString(DirectFunctionCall1(numeric_out, number));
}

/* Appends milliseconds as seconds. */
void
cx_milliseconds_print(int64 ms, StringInfo out)
{
	int fraction = ms % 1000;

	appendStringInfo(out, INT64_FORMAT, ms / 1000);
	if (fraction == 0)
		return;
	appendStringInfo(out, ".%03d", fraction);
	while (out->data[out->len - 1] == '0')
		out->data[--out->len] = '\0';
}

/*
 * Reads a JSON number of seconds, rounded to milliseconds.  Returns NULL or a
 * sentence.
 */
const char *
cx_milliseconds_parse(const char *text, int64 *ms)
{
	static const char *const out_of_range =
		"lasted is a number of seconds, at least 0 and less than 292277 years.";
	uint64 number = 0;
	int fraction = -1; /* digits read behind the point */

	if ((text = cx_number_plain(text)) == NULL)
		return out_of_range;
	if (*text == '-')
	{
		if (strpbrk(text, "123456789") != NULL)
			return out_of_range;
		text++;
	}
	for (; *text != '\0'; text++)
	{
		if (*text == '.')
		{
			fraction = 0;
			continue;
		}
		if (fraction >= 3)
		{
			if (fraction == 3 && *text >= '5')
				number++;
			fraction = 4;
			continue;
		}
		number = number * 10 + (*text - '0');
		if (number > (uint64) CX_MAX_LASTED)
			return out_of_range;
		if (fraction >= 0)
			fraction++;
	}
	for (fraction = Max(fraction, 0); fraction < 3; fraction++)
	{
		number *= 10;
		if (number > (uint64) CX_MAX_LASTED)
			return out_of_range;
	}
	if (number > (uint64) CX_MAX_LASTED)
		return out_of_range;
	*ms = number;
	return NULL;
}

/*
 * An interval as milliseconds, a day being 24 hours.  Returns NULL or a
 * sentence: months have no fixed length, and a touch cannot last less than 0.
 */
const char *
cx_interval_to_milliseconds(const Interval *interval, int64 *ms)
{
	int64 total;
	int64 rest;

	if (interval->month != 0)
		return "lasted must not have months or years: their length varies.";
	if (pg_mul_s64_overflow(interval->day, USECS_PER_DAY, &total) ||
		pg_add_s64_overflow(total, interval->time, &total))
		return "lasted must be less than 292277 years.";
	if (total < 0)
		return "lasted must not be negative.";
	*ms = total / 1000;
	rest = total % 1000;
	if (rest >= 500)
		(*ms)++;
	return *ms > CX_MAX_LASTED ? "lasted must be less than 292277 years." : NULL;
}

/*
 * at + interval with months and days by UTC's calendar.  False when the result
 * is out of range.
 */
bool
cx_time_plus(TimestampTz at, const Interval *interval, TimestampTz *result)
{
	int64 span;

	if (interval->month != 0)
	{
		struct pg_tm tm;
		fsec_t fsec;
		int64 months;

		if (timestamp2tm(at, NULL, &tm, &fsec, NULL, NULL) != 0)
			return false;
		months = (int64) tm.tm_year * MONTHS_PER_YEAR + (tm.tm_mon - 1) + interval->month;
		if (months / MONTHS_PER_YEAR < -5000 || months / MONTHS_PER_YEAR > 300000)
			return false;
		tm.tm_year = months / MONTHS_PER_YEAR - (months % MONTHS_PER_YEAR < 0 ? 1 : 0);
		tm.tm_mon = months - (int64) tm.tm_year * MONTHS_PER_YEAR + 1;
		tm.tm_mday = Min(tm.tm_mday, day_tab[isleap(tm.tm_year)][tm.tm_mon - 1]);
		if (tm2timestamp(&tm, fsec, NULL, &at) != 0)
			return false;
	}
	if (pg_mul_s64_overflow(interval->day, USECS_PER_DAY, &span) ||
		pg_add_s64_overflow(span, interval->time, &span) || pg_add_s64_overflow(at, span, result))
		return false;
	return IS_VALID_TIMESTAMP(*result);
}

/* Seconds from an earlier time to a later one, which may be 299,000 years apart. */
float8
cx_seconds_between(TimestampTz earlier, TimestampTz later)
{
	return (float8) ((uint64) later - (uint64) earlier) / 1000000.0;
}
