/*
 * attribute.c
 *		Attribution of one journey's conversions by rule: first, last, linear,
 *		position, time decay.
 */
#include "pattern/pattern.h"

#include "funcapi.h"
#include "journey/journey.h"
#include "journey/scalars.h"
#include "stats/apportion.h"

#define DEFAULT_HALF_LIFE (7.0 * USECS_PER_DAY)

typedef enum Model
{
	MODEL_FIRST,
	MODEL_LAST,
	MODEL_LINEAR,
	MODEL_POSITION,
	MODEL_TIME_DECAY
} Model;

/* the touches that a conversion may be credited to, and what they get */
typedef struct Window
{
	CxBareTouch *touches;
	float8 *weights;
	float8 *credits;
	uint32 first; /* touches before it lie further back than the look-back */
	uint32 count;
} Window;

/* what rows are made of */
typedef struct Output
{
	ReturnSetInfo *result;
	const CxDictionary *dictionary;
	Datum *labels; /* as text, by number; 0: not made yet */
	int32 conversions;
} Output;

static Model
parse_model(const char *name)
{
	static const char *const names[] = {"first", "last", "linear", "position", "time_decay"};

	for (int i = 0; i < lengthof(names); i++)
		if (strcmp(name, names[i]) == 0)
			return (Model) i;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("unknown attribution model: \"%.*s\"",
						   pg_mbcliplen(name, strlen(name), 80), name),
					errhint("Known are first, last, linear, position and time_decay.")));
}

/* A half-life in microseconds; raises 22023 unless it is positive and of fixed length. */
static float8
half_life_of(Interval *half_life)
{
	float8 microseconds = half_life->day * (float8) USECS_PER_DAY + half_life->time;

	if (half_life->month != 0 || microseconds <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 half_life->month != 0 ? errmsg("half_life must not contain months or years") :
										 errmsg("half_life must be positive"),
				 errdetail("It is \"%s\".", DatumGetCString(DirectFunctionCall1(
												interval_out, IntervalPGetDatum(half_life)))),
				 half_life->month != 0 ? errhint("Use days: months differ in length.") : 0));
	return microseconds;
}

/*
 * The weights of touches, from first to last; returns their sum.  Position is 40/20/40 in whole
 * numbers; decay is relative to the last touch, so that old ones cannot make all
 * weights vanish.
 */
static float8
weigh(Model model, float8 half_life, const CxBareTouch *touches, uint32 count, float8 *weights)
{
	float8 total = 0;

	for (uint32 i = 0; i < count; i++)
	{
		bool first = i == 0;
		bool last = i == count - 1;

		switch (model)
		{
			case MODEL_FIRST:
				weights[i] = first;
				break;
			case MODEL_LAST:
				weights[i] = last;
				break;
			case MODEL_LINEAR:
				weights[i] = 1;
				break;
			case MODEL_POSITION:
				weights[i] = (first || last) && count > 2 ? 2.0 * (count - 2) : 1;
				break;
			case MODEL_TIME_DECAY:
				weights[i] =
					exp2(-(float8) ((uint64) touches[count - 1].at - (uint64) touches[i].at) /
						 half_life);
				break;
		}
		total += weights[i];
	}
	return total;
}

/* Sets the text of a symbol's label, if it has one. */
static void
put_label(Output *output, uint32 symbol, int part, Datum *value, bool *null)
{
	int32 label = output->dictionary->symbols[symbol].part[part];

	if (label == CX_NONE)
		return;
	if (output->labels[label] == 0)
		output->labels[label] = PointerGetDatum(cx_span_text(&output->dictionary->labels[label]));
	*value = output->labels[label];
	*null = false;
}

/* A row for a touch that a conversion is credited to; NULL: for what no touch is credited with. */
static void
put_row(Output *output, const CxTouch *conversion, const CxBareTouch *touch, float8 share,
		float8 credit)
{
	Datum values[9];
	bool nulls[9] = {false, false, true, true, true, true, true, false, false};

	values[0] = Int32GetDatum(output->conversions);
	values[1] = TimestampTzGetDatum(conversion->at);
	if (touch != NULL)
	{
		values[2] = TimestampTzGetDatum(touch->at);
		for (int part = CX_TOUCHPOINT; part <= CX_TEAM; part++)
			put_label(output, touch->symbol, part, &values[3 + part], &nulls[3 + part]);
		values[6] = Float8GetDatum(cx_seconds_between(touch->at, conversion->at));
		nulls[2] = nulls[6] = false;
	}
	values[7] = Float8GetDatum(share);
	values[8] = Float8GetDatum(credit);
	tuplestore_putvalues(output->result->setResult, output->result->setDesc, values, nulls);
}

/* The rows of a conversion. */
static void
credit(Output *output, Window *window, const CxTouch *conversion, Model model, float8 half_life)
{
	const CxBareTouch *touches = window->touches + window->first;
	uint32 count = window->count - window->first;
	float8 value = (conversion->has & CX_HAS_VALUE) != 0 ? conversion->value : 1;
	float8 total;

	output->conversions++;
	if (count == 0)
	{
		put_row(output, conversion, NULL, 1, value);
		return;
	}
	total = weigh(model, half_life, touches, count, window->weights);
	cx_apportion(value, value, window->weights, count, window->credits);
	for (uint32 i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		put_row(output, conversion, &touches[i], window->weights[i] / total, window->credits[i]);
	}
}

/* Leaves out the touches that lie more than a look-back before a time. */
static void
cut_window(Window *window, const Interval *lookback, TimestampTz at)
{
	TimestampTz limit;

	while (window->first < window->count &&
		   cx_time_plus(window->touches[window->first].at, lookback, &limit) && limit < at)
		window->first++;
}

static void
make_window(Window *window, uint32 capacity)
{
	window->touches = cx_palloc_array(CxBareTouch, capacity);
	window->weights = cx_palloc_array(float8, capacity);
	window->credits = cx_palloc_array(float8, capacity);
	window->first = window->count = 0;
}

PG_FUNCTION_INFO_V1(cx_attribute);

/* cx.attribute(j, conversion, model, half_life, lookback, touches) */
Datum
cx_attribute(PG_FUNCTION_ARGS)
{
	Output output = {(ReturnSetInfo *) fcinfo->resultinfo};
	Interval *lookback = PG_ARGISNULL(4) ? NULL : PG_GETARG_INTERVAL_P(4);
	float8 half_life = PG_ARGISNULL(3) ? DEFAULT_HALF_LIFE : half_life_of(PG_GETARG_INTERVAL_P(3));
	Model model;
	CxView view;
	CxScan conversions;
	CxScan candidates;
	CxCursor cursor;
	CxTouch touch;
	Window window;

	InitMaterializedSRF(fcinfo, 0);
	if (lookback != NULL)
		cx_check_lookback(lookback);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(5))
		return (Datum) 0;
	model = parse_model(text_to_cstring(PG_GETARG_TEXT_PP(2)));
	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (!cx_scan_begin(&conversions, cx_call_selector(fcinfo, 1), &view))
		return (Datum) 0;
	cx_scan_begin_all(&candidates, cx_call_selector(fcinfo, 5), &view);
	output.dictionary = cx_scan_dictionary(&conversions);
	output.labels = palloc0(mul_size(output.dictionary->label_count, sizeof(Datum)));
	make_window(&window, view.touch_count);
	cx_cursor_start(&cursor, &view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		uint32 number = cursor.next - 1;

		if ((number & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (cx_scan_fits(&conversions, 0, number))
		{
			if (lookback != NULL)
				cut_window(&window, lookback, touch.at);
			credit(&output, &window, &touch, model, half_life);
			window.first = window.count = 0;
		}
		else if (cx_scan_fits(&candidates, 0, number))
			window.touches[window.count++] = (CxBareTouch){touch.at, touch.symbol};
	}
	return (Datum) 0;
}
