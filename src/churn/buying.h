/*
 * buying.h
 *		Models of buying behaviour: what each can do, and the value that a fit
 *		gives.
 *
 * A model's file has formulas only.  Reading rows, fitting, storing and the SQL
 * functions are the same for all.
 */
#ifndef CX_CHURN_BUYING_H
#define CX_CHURN_BUYING_H

#include "cx.h"

#include "stats/optimise.h"

#define CX_MAX_PURCHASES 1000000000.0
#define CX_MAX_OPPORTUNITIES 100000.0
#define CX_MAX_WEIGHT 1e15

/* stored values have these numbers */
typedef enum CxBuyingKind
{
	CX_NBD = 1,
	CX_BGNBD,
	CX_MBGNBD,
	CX_PARETO_NBD,
	CX_GAMMA_GAMMA,
	CX_BGBB,
	CX_SBG
} CxBuyingKind;

/*
 * What is known about customers that are alike, and how many (weight) they are.
 * frequency counts repeat purchases, the last one recency after the first, and
 * the customer was observed for age after the first.
 * Gamma-Gamma: recency is the mean value of the repeat purchases, age unused.
 * sBG: age is the number of periods, frequency 1 if the customer left in the last.
 */
typedef struct CxBuyer
{
	float8 frequency;
	float8 recency;
	float8 age;
	float8 weight;
} CxBuyer;

typedef struct CxBuyingMethods
{
	const char *name;
	const char *terms[CX_MAX_TERMS + 1]; /* names of the parameters, then NULL */

	/* raises 22023 for what cannot be */
	void (*check)(const CxBuyer *buyer);

	/* sums of the log-likelihood and its derivatives; buyers are sorted by frequency */
	void (*likelihood)(const float8 *p, const CxBuyer *buyers, uint32 count, CxExpansion *at);

	/* start number i for a fit; false if there is none */
	bool (*start)(const CxBuyer *buyers, uint32 count, int i, float8 *p);

	/* ln P(alive at age), or NULL */
	float8 (*log_alive)(const float8 *p, const CxBuyer *buyer);

	/* expected purchases in the next horizon of one who is alive at age, or NULL */
	float8 (*expected)(const float8 *p, const CxBuyer *buyer, float8 horizon);

	/* P(a new customer makes so many repeat purchases in the horizon), or NULL */
	float8 (*probability)(const float8 *p, float8 purchases, float8 horizon);

	/* the time in which the rate of purchases changes, unless discrete, or NULL */
	float8 (*time_scale)(const float8 *p, const CxBuyer *buyer);

	bool discrete; /* time is counted in opportunities to buy */
} CxBuyingMethods;

/* the stored value, of which all bytes are set */
typedef struct CxBuyingModel
{
	int32 vl_len_;
	uint8 version;
	uint8 kind;
	uint8 status;	/* CxFitStatus */
	uint8 reserved; /* zero */
	float8 estimates[CX_MAX_TERMS];
	float8 std_errors[CX_MAX_TERMS]; /* 0 unless converged */
	float8 log_likelihood;			 /* 0 if there was no fit, and observations too */
	float8 observations;
} CxBuyingModel;

#define CX_BUYING_VERSION 1

extern const CxBuyingMethods cx_nbd;
extern const CxBuyingMethods cx_bgnbd;
extern const CxBuyingMethods cx_mbgnbd;
extern const CxBuyingMethods cx_pareto_nbd;
extern const CxBuyingMethods cx_gamma_gamma;
extern const CxBuyingMethods cx_bgbb;
extern const CxBuyingMethods cx_sbg;

/* buying_kinds.c */
extern const CxBuyingMethods *cx_buying_methods(uint8 kind);
extern int cx_buying_terms(const CxBuyingMethods *methods);
extern void cx_check_whole(const char *what, float8 number, float8 most);
extern void cx_check_purchases(const CxBuyer *buyer);
extern void cx_check_nbd(const CxBuyer *buyer);
extern float8 cx_nbd_probability(const float8 *p, float8 purchases, float8 horizon);
extern float8 cx_nbd_at_least(const float8 *p, float8 purchases, float8 horizon);
extern float8 cx_rate_scale(const CxBuyer *buyers, uint32 count);

/* gamma_gamma.c, bgbb.c, sbg.c: what only these can tell; infinity where it has no bound */
extern float8 cx_gamma_gamma_mean(const float8 *p, float8 frequency, float8 mean);
extern float8
cx_bgbb_discounted(const float8 *p, const CxBuyer *buyer, float8 horizon, float8 rate);
extern float8 cx_sbg_survival(const float8 *p, float8 periods);
extern float8 cx_sbg_retention(const float8 *p, float8 period);
extern float8 cx_sbg_renewals(const float8 *p, float8 renewals, float8 discount);

/* buying_model.c */
extern const CxBuyingModel *
cx_buying_argument(FunctionCallInfo fcinfo, int argument, const CxBuyingMethods **methods);
extern CxBuyingModel *cx_buying_model_new(CxBuyingKind kind, const float8 *estimates);

#endif /* CX_CHURN_BUYING_H */
