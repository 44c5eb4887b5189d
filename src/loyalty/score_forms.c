/*
 * score_forms.c
 *		The JSON form of cx.score_summary:
 *		{"scale": [1, 3], "kind": "relational", "counts": [2, 0, 5],
 *		 "weights": [1.5, 0, 6], "squares": 8.75, "invalid": 1, "missing": 0}
 *
 * Without a kind there is no key for it, and none for weights if all are 1.
 */
#include "loyalty/score.h"

#include "stats/summary.h"

static void
print(Datum value, StringInfo out)
{
	CxScore *score = cx_score_read(value);

	appendStringInfo(out, "{\"scale\": [%d, %d]", score->low,
					 score->low + (int32) (score->points - 1));
	if (score->kind_size > 0)
	{
		appendStringInfoString(out, ", \"kind\": ");
		cx_json_put_string(out, cx_score_kind(score), score->kind_size);
	}
	appendStringInfoString(out, ", \"counts\": [");
	for (uint32 i = 0; i < score->points; i++)
		appendStringInfo(out, "%s" INT64_FORMAT, i == 0 ? "" : ", ", score->counts[i]);
	if (score->weighted)
	{
		appendStringInfoString(out, "], \"weights\": [");
		for (uint32 i = 0; i < score->points; i++)
		{
			appendStringInfoString(out, i == 0 ? "" : ", ");
			cx_wide_put(out, cx_score_weights(score)[i], CX_WEIGHT_PLACES);
		}
		appendStringInfoString(out, "], \"squares\": ");
		cx_wide_put(out, score->squares, CX_SQUARE_PLACES);
	}
	else
		appendStringInfoChar(out, ']');
	appendStringInfo(out, ", \"invalid\": " INT64_FORMAT ", \"missing\": " INT64_FORMAT "}",
					 score->invalid, score->missing);
}

/* An integer that may be left out for 0; rows keeps count of all, which must not overflow. */
static int64
count_under(CxJson *json, CxJsonNode object, const char *key, int64 *rows)
{
	int64 count = cx_json_is_null(object, key) ?
					  0 :
					  cx_json_int64(json, object, key, 0, PG_INT64_MAX - *rows);

	*rows += count;
	return count;
}

static CxScoreScale
read_scale(CxJson *json, CxJsonNode object)
{
	CxScoreScale scale = {0, 2, 0, NULL};
	CxJsonNode ends = cx_json_array(json, object, "scale");
	int64 high;

	if (ends.count != 2)
		cx_json_refuse(json, "Key \"scale\" must have the lowest and the highest score.");
	scale.low = cx_json_int64_at(json, ends, 0, PG_INT32_MIN, PG_INT32_MAX - 1);
	high = cx_json_int64_at(json, ends, 1, (int64) scale.low + 1,
							Min((int64) scale.low + CX_SCORE_MOST_POINTS - 1, PG_INT32_MAX));
	scale.points = high - scale.low + 1;
	if (!cx_json_is_null(object, "kind"))
	{
		scale.kind = cx_json_string(json, object, "kind");
		scale.kind_size = strlen(scale.kind);
		if (scale.kind_size < 1 || scale.kind_size > CX_SCORE_KIND_SIZE)
			cx_json_refuse(json, "Key \"kind\" must have 1 to %d bytes.", CX_SCORE_KIND_SIZE);
	}
	return scale;
}

static void
read_weights(CxJson *json, CxJsonNode object, CxScore *score)
{
	CxJsonNode weights = cx_json_array(json, object, "weights");
	int64 responses = cx_score_responses(score);

	if (weights.count != score->points)
		cx_json_refuse(json, "Key \"weights\" must have %u elements, one for each score.",
					   score->points);
	for (uint32 i = 0; i < score->points && !json->failed; i++)
	{
		CxWide *weight = &cx_score_weights(score)[i];
		CxWide most = cx_wide_multiply(score->counts[i], CX_WEIGHT_ONE * (uint64) CX_WEIGHT_MOST);

		*weight = cx_json_wide_at(json, weights, i, CX_WEIGHT_PLACES);
		if (!cx_wide_subtract(&most, *weight))
			cx_json_refuse(json,
						   "Element %u of key \"weights\" must be at most %.0f times the count.",
						   i + 1, CX_WEIGHT_MOST);
	}
	score->squares = cx_json_wide(json, object, "squares", CX_SQUARE_PLACES);
	if (responses == 0 && !cx_wide_is_zero(score->squares))
		cx_json_refuse(json, "Key \"squares\" must be 0 without responses.");
}

static Datum
parse(const char *text, CxErrorContext *escontext)
{
	CxJson json;
	CxJsonNode object = cx_json_begin(&json, CX_SCORE_TYPE, text, escontext);
	CxScoreScale scale = read_scale(&json, object);
	CxJsonNode counts = cx_json_array(&json, object, "counts");
	int64 rows = 0;
	CxScore *score;

	if (counts.count != scale.points)
		cx_json_refuse(&json, "Key \"counts\" must have %u elements, one for each score.",
					   scale.points);
	if (json.failed)
		return 0;
	score = cx_score_new(scale, !cx_json_is_null(object, "weights"));
	for (uint32 i = 0; i < scale.points && !json.failed; i++)
	{
		score->counts[i] = cx_json_int64_at(&json, counts, i, 0, PG_INT64_MAX - rows);
		rows += score->counts[i];
	}
	score->invalid = count_under(&json, object, "invalid", &rows);
	score->missing = count_under(&json, object, "missing", &rows);
	if (score->weighted && !json.failed)
		read_weights(&json, object, score);
	if (json.failed)
		return 0;
	return PointerGetDatum(cx_score_pack(score));
}

CX_SUMMARY_TYPE(score_summary, print, parse)
