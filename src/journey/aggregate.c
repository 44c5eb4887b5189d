/*
 * aggregate.c
 *		journey_agg: rows, or journeys, of a group into one journey.
 *
 * A group's state is one chunk in the aggregate's context: a header and the
 * touches so far.  Labels are numbered by a dictionary that all groups share;
 * it lives as long as the query, because a hash aggregation that spills throws
 * the aggregate's context away, and it is bounded: labels that do not fit go
 * into a dictionary of the group's own.
 */
#include "journey/journey.h"

#include "journey/attrs.h"
#include "journey/scalars.h"

/* bounds of the shared dictionary */
#define SHARED_MAX_NUMBERS 65536
#define SHARED_MAX_BYTES (4 * 1024 * 1024)

#define OWN_SYMBOL 0x80000000 /* flag in a touch: the symbol is one of state->own */

#define FIRST_STATE_SIZE 128 /* a power of two, like the allocator's chunks */

typedef struct JourneyState
{
	CxDictionary *shared; /* of the aggregate's node; NULL: only packed */
	union
	{
		CxDictionary *own;		/* NULL until a label does not fit */
		struct varlena *packed; /* a partial result as it came from a worker */
	};
	uint32 count;
	uint32 capacity;
	uint32 stride;	 /* of a touch: bare or with numbers */
	uint32 reserved; /* keeps the touches aligned */
	char touches[FLEXIBLE_ARRAY_MEMBER];
} JourneyState;

/* The dictionary of this call site, made by its first call. */
static CxDictionary *
shared_dictionary(FunctionCallInfo fcinfo)
{
	if (fcinfo->flinfo->fn_extra == NULL)
		fcinfo->flinfo->fn_extra = cx_dictionary_create(fcinfo->flinfo->fn_mcxt);
	return fcinfo->flinfo->fn_extra;
}

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	return context;
}

static JourneyState *
create_state(FunctionCallInfo fcinfo, MemoryContext context)
{
	JourneyState *state = MemoryContextAlloc(context, FIRST_STATE_SIZE);

	memset(state, 0, offsetof(JourneyState, touches));
	state->shared = shared_dictionary(fcinfo);
	state->stride = sizeof(CxBareTouch);
	state->capacity = (FIRST_STATE_SIZE - offsetof(JourneyState, touches)) / state->stride;
	return state;
}

static inline CxBareTouch *
state_touch(const JourneyState *state, uint32 i)
{
	return (CxBareTouch *) (state->touches + (size_t) i * state->stride);
}

/*
 * Returns a state with room for more touches of the given stride, which may
 * have moved.  The chunk doubles, so that it fits the allocator's sizes.
 */
static inline JourneyState *
reserve(JourneyState *state, uint32 more, uint32 stride)
{
	uint64 count = (uint64) state->count + more;
	JourneyState *moved;
	size_t size = FIRST_STATE_SIZE;

	if (likely(count <= state->capacity && stride <= state->stride))
		return state;
	cx_check_touch_count(count);
	stride = Max(stride, state->stride);
	while ((size - offsetof(JourneyState, touches)) / stride < count)
		size *= 2;
	if (stride == state->stride)
		moved = repalloc(state, size);
	else
	{
		moved = MemoryContextAlloc(GetMemoryChunkContext(state), size);
		memcpy(moved, state, offsetof(JourneyState, touches));
		for (uint32 i = 0; i < state->count; i++)
		{
			CxTouch *touch = (CxTouch *) (moved->touches + (size_t) i * stride);

			memset(touch, 0, sizeof(CxTouch));
			memcpy(touch, state_touch(state, i), state->stride);
		}
		moved->stride = stride;
		pfree(state);
	}
	moved->capacity = (size - offsetof(JourneyState, touches)) / stride;
	return moved;
}

static inline void
append_touch(JourneyState *state, const CxTouch *touch)
{
	if (state->stride == sizeof(CxBareTouch))
		memcpy(state_touch(state, state->count++), touch, sizeof(CxBareTouch));
	else
		memcpy(state_touch(state, state->count++), touch, sizeof(CxTouch));
}

static bool
is_full(const CxDictionary *dictionary)
{
	return dictionary->label_count >= SHARED_MAX_NUMBERS ||
		   dictionary->symbol_count >= SHARED_MAX_NUMBERS ||
		   dictionary->label_bytes >= SHARED_MAX_BYTES;
}

/*
 * Looks up the shared number of a symbol given by its labels (data NULL:
 * absent), adding it if there is room.  False if there is none.
 */
static bool
shared_symbol(CxDictionary *dictionary, const CxSpan *parts, uint32 *number)
{
	CxSymbol symbol = {{CX_NONE, CX_NONE, CX_NONE, CX_NONE}};

	if (likely(!is_full(dictionary)))
	{
		for (int part = 0; part < CX_PARTS; part++)
			if (parts[part].data != NULL)
				symbol.part[part] =
					cx_dictionary_label(dictionary, parts[part].data, parts[part].length, true);
		*number = cx_dictionary_symbol(dictionary, &symbol);
		return true;
	}
	for (int part = 0; part < CX_PARTS; part++)
	{
		if (parts[part].data == NULL)
			continue;
		symbol.part[part] =
			cx_dictionary_find_label(dictionary, parts[part].data, parts[part].length);
		if (symbol.part[part] == CX_NONE)
			return false;
	}
	return cx_dictionary_find_symbol(dictionary, &symbol, number);
}

/* The number of a symbol among the group's own. */
static uint32
own_symbol(JourneyState *state, const CxSpan *parts)
{
	CxSymbol symbol = {{CX_NONE, CX_NONE, CX_NONE, CX_NONE}};

	if (state->own == NULL)
		state->own = cx_dictionary_create(GetMemoryChunkContext(state));
	for (int part = 0; part < CX_PARTS; part++)
		if (parts[part].data != NULL)
			symbol.part[part] =
				cx_dictionary_label(state->own, parts[part].data, parts[part].length, true);
	return cx_dictionary_symbol(state->own, &symbol) | OWN_SYMBOL;
}

/* The labels of a symbol of another dictionary. */
static void
symbol_parts(const CxDictionary *dictionary, uint32 number, CxSpan *parts)
{
	for (int part = 0; part < CX_PARTS; part++)
	{
		int32 label = dictionary->symbols[number].part[part];

		parts[part] = label == CX_NONE ? (CxSpan){NULL, 0} : dictionary->labels[label];
	}
}

/* Adds the touches of a journey; returns the state, which may have moved. */
static JourneyState *
add_journey(JourneyState *state, const CxView *view)
{
	bool numbers = (view->flags & ~CX_FLAG_SYMBOLS) != 0;
	CxDictionary *source = cx_dictionary_of(view);
	uint32 *number = cx_palloc_array(uint32, view->symbol_count);
	CxSpan parts[CX_PARTS];
	CxCursor cursor;
	CxTouch touch;

	state = reserve(state, view->touch_count, numbers ? sizeof(CxTouch) : sizeof(CxBareTouch));
	for (uint32 i = 0; i < view->symbol_count; i++)
	{
		symbol_parts(source, i, parts);
		if (!shared_symbol(state->shared, parts, &number[i]))
			number[i] = own_symbol(state, parts);
	}
	cx_cursor_start(&cursor, view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		touch.symbol = number[touch.symbol];
		append_touch(state, &touch);
	}
	return state;
}

/* The journey of a state, in the current context; the state stays as it is. */
static struct varlena *
state_journey(const JourneyState *state)
{
	CxDictionary *merged;
	CxTouches touches;

	if (state->shared == NULL)
		return state->packed;
	if (state->own == NULL)
		return cx_encode(state->shared, state->touches, state->stride, state->count);

	merged = cx_dictionary_create(CurrentMemoryContext);
	cx_touches_init(&touches, merged, state->count);
	for (uint32 i = 0; i < state->count; i++)
	{
		const CxBareTouch *source = state_touch(state, i);
		CxTouch *touch = cx_touches_next(&touches);
		bool own = (source->symbol & OWN_SYMBOL) != 0;

		memcpy(touch, source, state->stride);
		touch->symbol = cx_dictionary_import(merged, own ? state->own : state->shared,
											 source->symbol & ~OWN_SYMBOL, false);
	}
	return cx_touches_encode(&touches);
}

static void
null_argument(const char *argument)
{
	ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					errmsg("%s of a touch must not be null", argument),
					errhint("Leave such rows out with FILTER (WHERE %s IS NOT NULL); rows whose "
							"arguments are all null are skipped.",
							argument)));
}

/* Raises for a time or a value that a touch cannot have. */
static void
refuse_number(const char *argument, int sqlstate, const char *shown)
{
	ereport(ERROR, (errcode(sqlstate), errmsg("%s of a touch must be finite", argument),
					errdetail("It is %s.", shown)));
}

/* The arguments' positions; fewer are there in the shorter forms. */
enum
{
	ARG_STATE,
	ARG_AT,
	ARG_TOUCHPOINT,
	ARG_CHANNEL,
	ARG_TEAM,
	ARG_VALUE,
	ARG_LASTED,
	ARG_REF,
	ARG_ATTRS
};

static inline bool
has_argument(FunctionCallInfo fcinfo, int position)
{
	return PG_NARGS() > position && !PG_ARGISNULL(position);
}

static void
take_label(FunctionCallInfo fcinfo, int position, const char *argument, CxSpan *label)
{
	text *value = PG_GETARG_TEXT_PP(position);

	*label = (CxSpan){VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
	cx_check_label(argument, label->data, label->length);
}

/* Fills the numbers of a touch from the longer forms' arguments. */
static void
take_numbers(FunctionCallInfo fcinfo, CxTouch *touch)
{
	if (has_argument(fcinfo, ARG_VALUE))
	{
		touch->value = PG_GETARG_FLOAT8(ARG_VALUE) + 0.0; /* -0 becomes 0 */
		touch->has |= CX_HAS_VALUE;
		if (isnan(touch->value) || isinf(touch->value))
			refuse_number(
				"value", ERRCODE_INVALID_PARAMETER_VALUE,
				DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(ARG_VALUE))));
	}
	if (has_argument(fcinfo, ARG_LASTED))
	{
		const char *problem =
			cx_interval_to_milliseconds(PG_GETARG_INTERVAL_P(ARG_LASTED), &touch->lasted);

		touch->has |= CX_HAS_LASTED;
		if (problem != NULL)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("invalid duration of a touch"),
							errdetail("%s  It is \"%s\".", problem,
									  DatumGetCString(DirectFunctionCall1(
										  interval_out, PG_GETARG_DATUM(ARG_LASTED))))));
	}
	if (has_argument(fcinfo, ARG_REF))
	{
		touch->ref = PG_GETARG_INT64(ARG_REF);
		touch->has |= CX_HAS_REF;
	}
}

PG_FUNCTION_INFO_V1(cx_journey_agg_row);

/* transition over rows, for every number of arguments */
Datum
cx_journey_agg_row(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	JourneyState *state =
		PG_ARGISNULL(ARG_STATE) ? NULL : (JourneyState *) PG_GETARG_POINTER(ARG_STATE);
	CxSpan parts[CX_PARTS] = {{0}};
	CxTouch touch;
	bool shared;

	if (unlikely(PG_ARGISNULL(ARG_AT) || PG_ARGISNULL(ARG_TOUCHPOINT)))
	{
		bool any = false;

		for (int i = ARG_AT; i < PG_NARGS(); i++)
			any |= !PG_ARGISNULL(i);
		if (any)
			null_argument(PG_ARGISNULL(ARG_AT) ? "at" : "touchpoint");
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}

	/* hashing many groups, the state is rarely in the cache: ask for it early */
	if (state != NULL)
		__builtin_prefetch(state);

	touch.at = PG_GETARG_TIMESTAMPTZ(ARG_AT);
	if (unlikely(TIMESTAMP_NOT_FINITE(touch.at)))
		refuse_number("at", ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
					  TIMESTAMP_IS_NOBEGIN(touch.at) ? "-infinity" : "infinity");
	touch.has = 0;
	take_label(fcinfo, ARG_TOUCHPOINT, "touchpoint", &parts[CX_TOUCHPOINT]);
	if (has_argument(fcinfo, ARG_CHANNEL))
		take_label(fcinfo, ARG_CHANNEL, "channel", &parts[CX_CHANNEL]);
	if (has_argument(fcinfo, ARG_TEAM))
		take_label(fcinfo, ARG_TEAM, "team", &parts[CX_TEAM]);
	if (PG_NARGS() > ARG_VALUE)
	{
		touch.value = 0;
		touch.lasted = 0;
		touch.ref = 0;
		take_numbers(fcinfo, &touch);
	}
	if (has_argument(fcinfo, ARG_ATTRS))
	{
		StringInfoData attrs;
		const char *problem;

		initStringInfo(&attrs);
		problem = cx_attrs_from_jsonb(PG_GETARG_JSONB_P(ARG_ATTRS), &attrs);
		if (problem != NULL)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("invalid attrs of a touch"), errdetail("%s", problem),
							errhint("Leave out null values with jsonb_strip_nulls, and take nested "
									"values out with ->>.")));
		parts[CX_ATTRS] = (CxSpan){attrs.data, attrs.len};
	}

	shared = shared_symbol(shared_dictionary(fcinfo), parts, &touch.symbol);
	if (state == NULL)
		state = create_state(fcinfo, context);
	state = reserve(state, 1, touch.has != 0 ? sizeof(CxTouch) : sizeof(CxBareTouch));
	if (unlikely(!shared))
		touch.symbol = own_symbol(state, parts);
	append_touch(state, &touch);
	PG_RETURN_POINTER(state);
}

/* Adds a journey, unless it is NULL, to the state that is argument 0. */
static Datum
accumulate(FunctionCallInfo fcinfo, const struct varlena *journey)
{
	MemoryContext context = aggregate_context(fcinfo);
	JourneyState *state = PG_ARGISNULL(0) ? NULL : (JourneyState *) PG_GETARG_POINTER(0);

	if (journey != NULL)
	{
		CxView view;

		cx_view_open(&view, PointerGetDatum(journey));
		if (state == NULL)
			state = create_state(fcinfo, context);
		state = add_journey(state, &view);
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(cx_journey_agg_journey);

/* transition over journeys; NULL ones are skipped */
Datum
cx_journey_agg_journey(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, PG_ARGISNULL(1) ? NULL : PG_GETARG_VARLENA_PP(1));
}

PG_FUNCTION_INFO_V1(cx_journey_agg_combine);

/* adds a partial state to another; the second stays as it is */
Datum
cx_journey_agg_combine(PG_FUNCTION_ARGS)
{
	return accumulate(
		fcinfo, PG_ARGISNULL(1) ? NULL : state_journey((JourneyState *) PG_GETARG_POINTER(1)));
}

PG_FUNCTION_INFO_V1(cx_journey_agg_serial);

/* a state as the bytes of its journey: versioned, canonical, compact */
Datum
cx_journey_agg_serial(PG_FUNCTION_ARGS)
{
	aggregate_context(fcinfo);
	PG_RETURN_BYTEA_P(state_journey((JourneyState *) PG_GETARG_POINTER(0)));
}

PG_FUNCTION_INFO_V1(cx_journey_agg_deserial);

/* the bytes of a journey as a state that only the combine function reads */
Datum
cx_journey_agg_deserial(PG_FUNCTION_ARGS)
{
	JourneyState *state;
	CxView view;

	aggregate_context(fcinfo);
	state = palloc0(offsetof(JourneyState, touches));
	state->packed = (struct varlena *) PG_GETARG_BYTEA_PP(0);
	cx_view_open(&view, PointerGetDatum(state->packed));
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(cx_journey_agg_final);

/* the journey of a group; NULL where there was nothing */
Datum
cx_journey_agg_final(PG_FUNCTION_ARGS)
{
	aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	CX_RETURN_JOURNEY(state_journey((JourneyState *) PG_GETARG_POINTER(0)));
}

PG_FUNCTION_INFO_V1(cx_refuse_timestamp);

/* transition of the overloads that exist to say what is wrong with them */
Datum
cx_refuse_timestamp(PG_FUNCTION_ARGS)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_DATATYPE_MISMATCH),
		 errmsg("the time of a touch must be a timestamp with time zone"),
		 errdetail("A timestamp without time zone would be read in the session's zone, and the "
				   "same rows would give other journeys in another session."),
		 errhint(
			 "Say which zone it is in: at AT TIME ZONE 'Europe/Berlin', or AT TIME ZONE 'UTC'.")));
	PG_RETURN_NULL();
}
