/*
 * driver.h
 *		cx.driver_summary: how an outcome and what may drive it vary together.
 *
 * Variables are the outcome, if there is one, and then the drivers.  The value
 * holds their means and the sums of products of their deviations from the
 * means, updated row by row (Welford 1962) and merged (Chan, Golub and LeVeque
 * 1979).  A mean is an unevaluated sum of two numbers, and so is a sum of
 * products while it grows: large offsets do not cancel, and the error does not
 * grow with the number of rows.
 */
#ifndef CX_LOYALTY_DRIVER_H
#define CX_LOYALTY_DRIVER_H

#include "cx.h"

#include "lib/stringinfo.h"

#define CX_DRIVER_TYPE "driver_summary"
#define CX_MAX_DRIVERS 100
#define CX_MAX_DRIVER_NAME 255
/* A variable whose squared deviations sum up to less does not vary: digits are lost down there. */
#define CX_LEAST_SQUARES 1e-290

typedef struct CxDriverSummary
{
	int32 vl_len_;
	uint8 version;
	uint8 growing;		/* a state, with the rests of the sums of products */
	uint8 outcome;		/* the first variable is the outcome */
	uint8 reserved;		/* zero */
	uint32 drivers;		/* 0: only rows without any were seen */
	uint32 names_size;	/* bytes of the names, each with a zero at its end; 0: there are none */
	int64 observations; /* complete rows */
	int64 incomplete;	/* others, which count nowhere else */
	/* means, rests of means, products by rows of the lower triangle, their rests; names */
	float8 numbers[FLEXIBLE_ARRAY_MEMBER];
} CxDriverSummary;

/* The number of variables. */
static inline int
cx_driver_variables(const CxDriverSummary *summary)
{
	return summary->drivers == 0 ? 0 : summary->drivers + summary->outcome;
}

/* The place of the product of variables i and j, j <= i, among the products. */
static inline int
cx_driver_place(int i, int j)
{
	return i * (i + 1) / 2 + j;
}

static inline float8 *
cx_driver_means(const CxDriverSummary *summary)
{
	return (float8 *) summary->numbers;
}

static inline float8 *
cx_driver_mean_rests(const CxDriverSummary *summary)
{
	return cx_driver_means(summary) + cx_driver_variables(summary);
}

static inline float8 *
cx_driver_products(const CxDriverSummary *summary)
{
	return cx_driver_mean_rests(summary) + cx_driver_variables(summary);
}

static inline float8 *
cx_driver_product_rests(const CxDriverSummary *summary)
{
	return cx_driver_products(summary) + cx_driver_place(cx_driver_variables(summary), 0);
}

extern CxDriverSummary *
cx_driver_new(bool growing, bool outcome, int drivers, const char *names, uint32 names_size);
extern CxDriverSummary *cx_driver_read(Datum value);
extern const char *cx_driver_names(const CxDriverSummary *summary);
extern char *cx_driver_name(const CxDriverSummary *summary, int driver);
extern void cx_driver_add(CxDriverSummary *state, const float8 *row);
extern CxDriverSummary *cx_driver_set_drivers(CxDriverSummary *state, int drivers);
extern CxDriverSummary *cx_driver_merge(CxDriverSummary *state, const CxDriverSummary *other);
extern CxDriverSummary *cx_driver_pack(const CxDriverSummary *summary);

#endif /* CX_LOYALTY_DRIVER_H */
