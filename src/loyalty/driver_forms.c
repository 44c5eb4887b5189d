/*
 * driver_forms.c
 *		The text form of cx.driver_summary:
 *		{"kind": "drivers", "names": ["wait", "price"], "observations": 3, "incomplete": 0,
 *		 "means": [..], "mean_rests": [..], "products": [..]}
 *
 * Kind is drivers when the first variable is the outcome, else items.  Products are the lower triangle by rows; mean_rests is what a mean of this
 * type is more than the number in means.
 */
#include "loyalty/driver.h"

#include "stats/json.h"
#include "stats/summary.h"
#include "stats/symmetric.h"

/* How far correlations may miss what data could have: what rounding does, and more. */
#define TOLERANCE 1e-9

/* by whether there is an outcome */
static const char *const kinds[] = {"items", "drivers"};

static void
print_numbers(const char *name, const float8 *numbers, int count, StringInfo out)
{
	appendStringInfo(out, ", \"%s\": [", name);
	for (int i = 0; i < count; i++)
	{
		if (i > 0)
			appendStringInfoString(out, ", ");
		cx_json_put_float8(out, numbers[i]);
	}
	appendStringInfoChar(out, ']');
}

static void
print(Datum value, StringInfo out)
{
	CxDriverSummary *summary = cx_driver_pack(cx_driver_read(value));
	int variables = cx_driver_variables(summary);

	appendStringInfo(out, "{\"kind\": \"%s\", \"names\": ", kinds[summary->outcome]);
	if (summary->names_size == 0)
		appendStringInfoString(out, "null");
	for (int i = 0; summary->names_size > 0 && i < summary->drivers; i++)
	{
		char *name = cx_driver_name(summary, i);

		appendStringInfoString(out, i == 0 ? "[" : ", ");
		cx_json_put_string(out, name, strlen(name));
		if (i + 1 == summary->drivers)
			appendStringInfoChar(out, ']');
	}
	appendStringInfo(out, ", \"observations\": " INT64_FORMAT ", \"incomplete\": " INT64_FORMAT,
					 summary->observations, summary->incomplete);
	print_numbers("means", cx_driver_means(summary), variables, out);
	print_numbers("mean_rests", cx_driver_mean_rests(summary), variables, out);
	print_numbers("products", cx_driver_products(summary), cx_driver_place(variables, 0), out);
	appendStringInfoChar(out, '}');
}

/* Reads the names into a buffer, each with a zero at its end. */
static void
parse_names(CxJson *json, CxJsonNode object, int drivers, StringInfo names)
{
	CxJsonNode array;

	initStringInfo(names);
	if (json->failed || cx_json_is_null(object, "names"))
		return;
	array = cx_json_array(json, object, "names");
	if (!json->failed && (array.count != drivers || drivers == 0))
		cx_json_refuse(json, "Key \"names\" must have one element a driver.");
	for (int i = 0; i < array.count && !json->failed; i++)
	{
		char *name = cx_json_string_at(json, array, i);

		if (!json->failed && (name[0] == '\0' || strlen(name) > CX_MAX_DRIVER_NAME))
			cx_json_refuse(json, "Names must have 1 to %d bytes.", CX_MAX_DRIVER_NAME);
		for (char *other = names->data; other < names->data + names->len && !json->failed;
			 other += strlen(other) + 1)
			if (strcmp(name, other) == 0)
				cx_json_refuse(json, "Names must be different.");
		appendBinaryStringInfo(names, name, strlen(name) + 1);
	}
}

static void
parse_numbers(CxJson *json, CxJsonNode object, const char *key, float8 *numbers, int count)
{
	CxJsonNode array = cx_json_array(json, object, key);

	if (!json->failed && array.count != count)
		cx_json_refuse(json, "Key \"%s\" must have %d elements.", key, count);
	/* adding zero makes a negative zero a positive one */
	for (int i = 0; i < count && !json->failed; i++)
		numbers[i] = cx_json_float8_at(json, array, i) + 0.0;
}

/* True when the products are those of some data. */
static bool
products_are_possible(const CxDriverSummary *summary)
{
	int variables = cx_driver_variables(summary);
	float8 *matrix = cx_palloc_array(float8, variables * variables);
	const float8 *products = cx_driver_products(summary);

	for (int i = 0; i < variables; i++)
		for (int j = 0; j <= i; j++)
		{
			float8 own = products[cx_driver_place(i, i)];
			float8 other = products[cx_driver_place(j, j)];
			float8 product = products[cx_driver_place(i, j)];

			float8 correlation = i == j;

			if (own < 0 || (product != 0 && summary->observations < 2))
				return false;
			if (i != j && Min(own, other) >= CX_LEAST_SQUARES)
				correlation = product / sqrt(own) / sqrt(other);
			else if (i != j && fabs(product) > sqrt(CX_LEAST_SQUARES) * sqrt(Max(own, other)))
				return false;
			matrix[i * variables + j] = matrix[j * variables + i] = correlation;
			if (!(fabs(matrix[i * variables + j]) <= 1 + TOLERANCE))
				return false;
		}
	return cx_symmetric_is_semidefinite(matrix, variables, TOLERANCE);
}

/* Notes what cannot be about the numbers of a summary. */
static void
check(CxJson *json, const CxDriverSummary *summary)
{
	for (int i = 0; i < cx_driver_variables(summary); i++)
	{
		float8 mean = cx_driver_means(summary)[i];
		float8 rest = cx_driver_mean_rests(summary)[i];

		if (mean + rest != mean || (summary->observations == 0 && mean != 0))
			cx_json_refuse(json, "Means and their rests do not fit together.");
	}
	if (!json->failed && !products_are_possible(summary))
		cx_json_refuse(json, "No data have these products.");
}

static Datum
parse(const char *text, CxErrorContext *escontext)
{
	CxJson json;
	CxJsonNode object = cx_json_begin(&json, CX_DRIVER_TYPE, text, escontext);
	char *kind = cx_json_string(&json, object, "kind");
	bool outcome = strcmp(kind, kinds[true]) == 0;
	int64 observations = cx_json_int64(&json, object, "observations", 0, PG_INT64_MAX);
	int64 incomplete = cx_json_int64(&json, object, "incomplete", 0, PG_INT64_MAX);
	int variables = cx_json_array(&json, object, "means").count;
	int drivers = variables == 0 ? 0 : variables - outcome;
	StringInfoData names;
	CxDriverSummary *summary;

	if (!outcome && strcmp(kind, kinds[false]) != 0)
		cx_json_refuse(&json, "Key \"kind\" must be \"drivers\" or \"items\".");
	if (!json.failed &&
		(drivers > CX_MAX_DRIVERS || (drivers == 0 && (variables > 0 || observations > 0))))
		cx_json_refuse(&json, "Key \"means\" must have an element for each of 1 to %d drivers%s.",
					   CX_MAX_DRIVERS, outcome ? ", and before them one for the outcome" : "");
	parse_names(&json, object, drivers, &names);
	if (json.failed)
		return 0;
	summary = cx_driver_new(false, outcome, drivers, names.data, names.len);
	summary->observations = observations;
	summary->incomplete = incomplete;
	parse_numbers(&json, object, "means", cx_driver_means(summary), variables);
	parse_numbers(&json, object, "mean_rests", cx_driver_mean_rests(summary), variables);
	parse_numbers(&json, object, "products", cx_driver_products(summary),
				  cx_driver_place(variables, 0));
	if (!json.failed)
		check(&json, summary);
	return json.failed ? 0 : PointerGetDatum(summary);
}

CX_SUMMARY_TYPE(driver_summary, print, parse)
