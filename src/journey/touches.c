/*
 * touches.c
 *		Collecting touches for a new journey.
 */
#include "journey/touches.h"

/* Prepares to collect touches in the current context. */
void
cx_touches_init(CxTouches *touches, CxDictionary *dictionary, uint32 capacity)
{
	touches->dictionary = dictionary;
	touches->count = 0;
	touches->capacity = Max(capacity, 4);
	touches->items = cx_palloc_array(CxTouch, touches->capacity);
}

/* Room for one more touch, zeroed; valid until the next call. */
CxTouch *
cx_touches_next(CxTouches *touches)
{
	CxTouch *touch;

	if (touches->count == touches->capacity)
	{
		cx_check_touch_count((uint64) touches->count + 1);
		touches->capacity = Min(touches->capacity * 2, CX_MAX_TOUCHES);
		touches->items = repalloc(touches->items, mul_size(touches->capacity, sizeof(CxTouch)));
	}
	touch = &touches->items[touches->count++];
	memset(touch, 0, sizeof(CxTouch));
	return touch;
}

/* Adds all touches of a journey; labels that are new here point into its datum. */
void
cx_touches_load(CxTouches *touches, const CxView *view)
{
	CxDictionary *source = cx_dictionary_of(view);
	uint32 *number = cx_palloc_array(uint32, view->symbol_count);
	CxCursor cursor;
	CxTouch touch;

	for (uint32 i = 0; i < view->symbol_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		number[i] = cx_dictionary_import(touches->dictionary, source, i, false);
	}
	cx_cursor_start(&cursor, view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		CHECK_FOR_INTERRUPTS();
		touch.symbol = number[touch.symbol];
		*cx_touches_next(touches) = touch;
	}
	pfree(number);
}

/* The journey of the collected touches, in the current context. */
struct varlena *
cx_touches_encode(const CxTouches *touches)
{
	return cx_encode(touches->dictionary, touches->items, sizeof(CxTouch), touches->count);
}

/*
 * Opens a journey and prepares to collect touches under its own symbol numbers.
 */
void
cx_touches_open(CxTouches *touches, CxView *view, Datum journey)
{
	cx_view_open(view, journey);
	cx_touches_init(touches, cx_dictionary_of(view), view->touch_count);
}

/* The journey of some touches of another, given by their numbers in rising order. */
struct varlena *
cx_touches_pick(const CxView *view, const uint32 *numbers, uint32 count)
{
	CxTouches touches;
	CxCursor cursor;
	CxTouch touch;
	uint32 k = 0;

	cx_touches_init(&touches, cx_dictionary_of(view), count);
	cx_cursor_start(&cursor, view, numbers[0]);
	while (k < count && cx_cursor_next(&cursor, &touch))
	{
		if (cursor.next - 1 == numbers[k])
		{
			*cx_touches_next(&touches) = touch;
			k++;
		}
	}
	return cx_touches_encode(&touches);
}
