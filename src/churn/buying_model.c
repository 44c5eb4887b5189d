/*
 * buying_model.c
 *		cx.buying_model: its forms, and what a reader wants to know of any model.
 *
 * The text form of a fitted model is
 *		{"version": 1, "model": "sbg", "terms": [{"term": "alpha", "estimate": 0.7,
 *		 "std_error": 0.1}, {"term": "beta", "estimate": 3.8, "std_error": 0.8}],
 *		 "log_likelihood": -1611.2, "observations": 1000, "status": "converged"}
 * std_error is null unless converged.  A model with parameters from elsewhere has
 * status "given", no log-likelihood and no observations.
 */
#include "churn/buying.h"

#include "funcapi.h"
#include "stats/interval.h"
#include "stats/json.h"
#include "stats/summary.h"
#include "utils/array.h"

#define TYPE "buying_model"

static const char *const status_names[] = {"given", "converged", "boundary", "stopped"};

/* A model with these parameters and no fit. */
CxBuyingModel *
cx_buying_model_new(CxBuyingKind kind, const float8 *estimates)
{
	CxBuyingModel *model = palloc0(sizeof(CxBuyingModel));

	SET_VARSIZE(model, sizeof(CxBuyingModel));
	model->version = CX_BUYING_VERSION;
	model->kind = kind;
	memcpy(model->estimates, estimates, cx_buying_terms(cx_buying_methods(kind)) * sizeof(float8));
	return model;
}

/* True when a number can be a parameter: positive, and far from what overflows. */
static bool
is_parameter(float8 number)
{
	return number >= 1e-30 && number <= 1e30;
}

static bool
is_sound(const CxBuyingModel *model)
{
	const CxBuyingMethods *methods;

	if (VARSIZE(model) != sizeof(CxBuyingModel) || model->version != CX_BUYING_VERSION ||
		(methods = cx_buying_methods(model->kind)) == NULL ||
		model->status >= lengthof(status_names) || model->reserved != 0 ||
		!isfinite(model->log_likelihood) || !isfinite(model->observations) ||
		model->observations < 0)
		return false;
	for (int i = 0; i < cx_buying_terms(methods); i++)
		if (!is_parameter(model->estimates[i]) || !isfinite(model->std_errors[i]) ||
			model->std_errors[i] < 0)
			return false;
	return true;
}

/* A stored model, checked. */
static const CxBuyingModel *
read_model(Datum value, const CxBuyingMethods **methods)
{
	const CxBuyingModel *model = (const CxBuyingModel *) PG_DETOAST_DATUM(value);

	if (!is_sound(model))
		cx_summary_corrupt(TYPE);
	*methods = cx_buying_methods(model->kind);
	return model;
}

/* A model that is an argument; raises XX001 when it is corrupted. */
const CxBuyingModel *
cx_buying_argument(FunctionCallInfo fcinfo, int argument, const CxBuyingMethods **methods)
{
	return read_model(PG_GETARG_DATUM(argument), methods);
}

static void
print(Datum value, StringInfo out)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = read_model(value, &methods);
	bool fitted = model->status != CX_FIT_NONE;

	appendStringInfo(out, "{\"version\": %d, \"model\": \"%s\", \"terms\": [", CX_BUYING_VERSION,
					 methods->name);
	for (int i = 0; i < cx_buying_terms(methods); i++)
	{
		appendStringInfo(out, "%s{\"term\": \"%s\", \"estimate\": ", i == 0 ? "" : ", ",
						 methods->terms[i]);
		cx_json_put_float8(out, model->estimates[i]);
		appendStringInfoString(out, ", \"std_error\": ");
		if (model->status == CX_FIT_CONVERGED)
			cx_json_put_float8(out, model->std_errors[i]);
		else
			appendStringInfoString(out, "null");
		appendStringInfoChar(out, '}');
	}
	appendStringInfoString(out, "], \"log_likelihood\": ");
	if (fitted)
		cx_json_put_float8(out, model->log_likelihood);
	else
		appendStringInfoString(out, "null");
	appendStringInfoString(out, ", \"observations\": ");
	if (fitted)
		cx_json_put_float8(out, model->observations);
	else
		appendStringInfoString(out, "null");
	appendStringInfo(out, ", \"status\": \"%s\"}", status_names[model->status]);
}

/* The kind of a name; 0 for none. */
static uint8
kind_of(const char *name)
{
	for (uint8 kind = 1; cx_buying_methods(kind) != NULL; kind++)
		if (strcmp(cx_buying_methods(kind)->name, name) == 0)
			return kind;
	return 0;
}

/* Reads the parameters in the model's order. */
static void
parse_terms(CxJson *json, CxJsonNode array, CxBuyingModel *model)
{
	const CxBuyingMethods *methods = cx_buying_methods(model->kind);
	int terms = cx_buying_terms(methods);

	if (array.count != terms)
		cx_json_refuse(json, "Model \"%s\" has %d terms, not %d.", methods->name, terms,
					   array.count);
	for (int i = 0; i < terms && !json->failed; i++)
	{
		CxJsonNode term = cx_json_object_at(json, array, i);

		if (strcmp(cx_json_string(json, term, "term"), methods->terms[i]) != 0)
			cx_json_refuse(json, "Term %d of model \"%s\" must be \"%s\".", i + 1, methods->name,
						   methods->terms[i]);
		model->estimates[i] = cx_json_float8(json, term, "estimate");
		if (!is_parameter(model->estimates[i]))
			cx_json_refuse(json, "Key \"estimate\" must be from 1e-30 to 1e30.");
		if (model->status != CX_FIT_CONVERGED)
			continue;
		model->std_errors[i] = cx_json_float8(json, term, "std_error") + 0.0;
		if (model->std_errors[i] < 0)
			cx_json_refuse(json, "Key \"std_error\" must not be negative.");
	}
}

/* Reads how the model came about. */
static uint8
parse_status(CxJson *json, CxJsonNode object)
{
	const char *name;

	if (cx_json_is_null(object, "status"))
		return CX_FIT_NONE;
	name = cx_json_string(json, object, "status");
	for (uint8 status = 0; status < lengthof(status_names); status++)
		if (strcmp(status_names[status], name) == 0)
			return status;
	cx_json_refuse(json, "Key \"status\" must be \"given\", \"converged\", \"boundary\" or "
						 "\"stopped\".");
	return CX_FIT_NONE;
}

static Datum
parse(const char *text, CxErrorContext *escontext)
{
	CxJson json;
	CxJsonNode object = cx_json_begin(&json, TYPE, text, escontext);
	const float8 none[CX_MAX_TERMS] = {0};
	const char *name = cx_json_string(&json, object, "model");
	uint8 kind = kind_of(name);
	CxBuyingModel *model;

	if (kind == 0)
		cx_json_refuse(&json, "There is no model \"%s\".", name);
	if (!cx_json_is_null(object, "version"))
		cx_json_int64(&json, object, "version", CX_BUYING_VERSION, CX_BUYING_VERSION);
	if (json.failed)
		return 0;
	model = cx_buying_model_new(kind, none);
	model->status = parse_status(&json, object);
	parse_terms(&json, cx_json_array(&json, object, "terms"), model);
	if (model->status != CX_FIT_NONE)
	{
		model->log_likelihood = cx_json_float8(&json, object, "log_likelihood") + 0.0;
		model->observations = cx_json_float8(&json, object, "observations") + 0.0;
		if (model->observations < 0)
			cx_json_refuse(&json, "Key \"observations\" must not be negative.");
	}
	return json.failed ? 0 : PointerGetDatum(model);
}

CX_SUMMARY_TYPE(buying_model, print, parse)

PG_FUNCTION_INFO_V1(cx_buying_model);

/* cx.buying_model(model, parameters) */
Datum
cx_buying_model(PG_FUNCTION_ARGS)
{
	char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(1);
	uint8 kind = kind_of(name);
	const float8 *parameters = (const float8 *) ARR_DATA_PTR(array);
	int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));

	if (kind == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown model \"%s\"", name),
				 errhint("There are nbd, bgnbd, mbgnbd, pareto_nbd, gamma_gamma, bgbb and sbg.")));
	if (count != cx_buying_terms(cx_buying_methods(kind)) || array_contains_nulls(array))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("model \"%s\" has %d parameters", name,
							   cx_buying_terms(cx_buying_methods(kind))),
						errdetail("The array has %d elements.", count)));
	for (int i = 0; i < count; i++)
		if (!is_parameter(parameters[i]))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("parameters must be from 1e-30 to 1e30"),
							errdetail("Parameter %s is %g.", cx_buying_methods(kind)->terms[i],
									  parameters[i])));
	PG_RETURN_POINTER(cx_buying_model_new(kind, parameters));
}

PG_FUNCTION_INFO_V1(cx_buying_summary);

/* cx.summary(model, confidence): a row a parameter */
Datum
cx_buying_summary(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	float8 quantile = cx_confidence_z(PG_GETARG_FLOAT8(1));
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = cx_buying_argument(fcinfo, 0, &methods);

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < cx_buying_terms(methods); i++)
	{
		float8 estimate = model->estimates[i];
		float8 error = model->std_errors[i];
		float8 z = estimate / error;
		float8 factor = exp(quantile * error / estimate);
		bool told = model->status == CX_FIT_CONVERGED && error > 0 && isfinite(z);
		bool bounded = told && isfinite(estimate * factor);
		Datum values[7];
		bool nulls[7] = {false, false, !told, !told, !told, !bounded, !bounded};

		values[0] = CStringGetTextDatum(methods->terms[i]);
		values[1] = Float8GetDatum(estimate);
		values[2] = Float8GetDatum(error);
		values[3] = Float8GetDatum(z);
		values[4] = Float8GetDatum(2 * cx_normal_cdf(-z));
		values[5] = Float8GetDatum(estimate / factor);
		values[6] = Float8GetDatum(estimate * factor);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(cx_buying_log_likelihood);

/* cx.log_likelihood(model); NULL without a fit */
Datum
cx_buying_log_likelihood(PG_FUNCTION_ARGS)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = cx_buying_argument(fcinfo, 0, &methods);

	if (model->status == CX_FIT_NONE)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(model->log_likelihood);
}

PG_FUNCTION_INFO_V1(cx_buying_observations);

/* cx.observations(model); NULL without a fit */
Datum
cx_buying_observations(PG_FUNCTION_ARGS)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = cx_buying_argument(fcinfo, 0, &methods);

	if (model->status == CX_FIT_NONE)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(model->observations);
}

PG_FUNCTION_INFO_V1(cx_buying_converged);

/* cx.converged(model); NULL without a fit */
Datum
cx_buying_converged(PG_FUNCTION_ARGS)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = cx_buying_argument(fcinfo, 0, &methods);

	if (model->status == CX_FIT_NONE)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(model->status == CX_FIT_CONVERGED);
}

PG_FUNCTION_INFO_V1(cx_buying_status);

/* cx.fit_status(model) */
Datum
cx_buying_status(PG_FUNCTION_ARGS)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = cx_buying_argument(fcinfo, 0, &methods);

	PG_RETURN_TEXT_P(cstring_to_text(status_names[model->status]));
}
