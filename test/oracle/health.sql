--
-- RFM scores and health against plain SQL; RFM of a real cohort against what is known of it.
-- Variable: data, the folder with the reference data (default ../shared/data, beside the checkout).
--
\if :{?data} \else \set data ../shared/data \endif
\setenv CX_DATA :data
\set there `test -f "$CX_DATA/models/CDNOW_master.txt.gz" && echo true || echo false`
\ir lib/begin.sql

-- scores: values and cut points with many ties
CREATE TABLE sample AS SELECT id, (oracle.dice(id, 0, 'value', 12) - 1)::float8 / 2 AS value, coalesce((SELECT array_agg(c ORDER BY c) FROM (SELECT oracle.dice(id, k, 'cut', 6)::float8 AS c FROM generate_series(1, oracle.dice(id, 0, 'cuts', 7)) k) s), '{}') AS cuts
FROM generate_series(:seed * 100000 + 1, :seed * 100000 + 3000 * :scale) AS id;
CALL oracle.check_rows('scores', 'SELECT id, cx.rfm_score(value, cuts) FROM sample', 'SELECT id, 1 + count(c) FROM sample LEFT JOIN unnest(cuts) c ON c < value GROUP BY id');
-- the map of cells as it is widely published, as regular expressions over recency and frequency; each matches what no other does
CREATE TABLE published (pattern text, segment text);
INSERT INTO published VALUES ('[12][12]', 'hibernating'), ('[12][34]', 'at_risk'), ('[12]5', 'cannot_lose'), ('3[12]', 'about_to_sleep'), ('33', 'needs_attention'), ('[34][45]', 'loyal'), ('41', 'promising'), ('51', 'new'), ('[45][23]', 'potential_loyalist'), ('5[45]', 'champion');
CALL oracle.check_rows('cells', 'SELECT recency, frequency, segment FROM cx.rfm_cells()', 'SELECT r, f, segment FROM generate_series(1, 5) r, generate_series(1, 5) f JOIN published ON true WHERE r::text || f ~ (''^'' || pattern || ''$'')');

-- health: components known and not, now and before
CREATE TABLE part AS SELECT id, k, CASE WHEN oracle.dice(id, k, 'known', 3) > 0 THEN (oracle.dice(id, k, 'now', 140) - 20)::float8 END AS now, CASE WHEN oracle.dice(id, k, 'was', 3) > 0 THEN CASE WHEN oracle.dice(id, k, 'same', 2) = 0 THEN (oracle.dice(id, k, 'now', 140) - 20)::float8 ELSE (oracle.dice(id, k, 'before', 140) - 20)::float8 END END AS before,
	oracle.dice(id, k, 'weight', 5)::float8 / 10 + CASE WHEN k = 1 THEN 0.1 ELSE 0 END AS weight FROM generate_series(:seed * 100000 + 1, :seed * 100000 + 2000 * :scale) AS id, generate_series(1, 1 + oracle.dice(id, 0, 'parts', 5)) k;
CREATE TABLE customer AS SELECT id, array_agg('c' || k ORDER BY k) AS names, array_agg(now ORDER BY k) AS now, array_agg(before ORDER BY k) AS before, array_agg(weight ORDER BY k) AS weights FROM part GROUP BY id;
CREATE TABLE wanted AS SELECT id, sum(least(100, greatest(0, now::numeric)) * weight::numeric) / nullif(sum(weight::numeric) FILTER (WHERE now IS NOT NULL), 0) AS now, sum(least(100, greatest(0, before::numeric)) * weight::numeric) / nullif(sum(weight::numeric) FILTER (WHERE before IS NOT NULL), 0) AS before,
	sum(CASE WHEN now IS NULL THEN 0 ELSE weight::numeric END) / sum(weight::numeric) AS coverage FROM part GROUP BY id;
CALL oracle.check_rows('health', 'SELECT id, round(cx.health(now, weights)::numeric, 9), round(cx.health_coverage(now, weights)::numeric, 9) FROM customer', 'SELECT id, round(now, 9), round(coverage, 9) FROM wanted');
CALL oracle.check_rows('coverage', 'SELECT id, least, cx.health(now, weights, least) IS NULL FROM customer, unnest(''{0.3,0.5,0.8,1}''::float8[]) least', 'SELECT id, least, now IS NULL OR coverage < least::numeric FROM wanted, unnest(''{0.3,0.5,0.8,1}''::float8[]) least');
-- shares, contributions and the two parts of a change as their definitions say, and what they add up to
CREATE TABLE share AS SELECT p.id, k, CASE WHEN p.now IS NOT NULL THEN least(100, greatest(0, p.now::numeric)) END AS now, CASE WHEN p.before IS NOT NULL THEN least(100, greatest(0, p.before::numeric)) END AS before, CASE WHEN p.now IS NULL THEN 0 ELSE coalesce(weight::numeric / nullif(sum(weight::numeric) FILTER (WHERE p.now IS NOT NULL) OVER w, 0), 0) END AS s_now,
	CASE WHEN p.before IS NULL THEN 0 ELSE coalesce(weight::numeric / nullif(sum(weight::numeric) FILTER (WHERE p.before IS NOT NULL) OVER w, 0), 0) END AS s_before, (t.now + t.before) / 2 AS middle FROM part p JOIN wanted t USING (id) WINDOW w AS (PARTITION BY p.id);
CALL oracle.check_rows('explanation', 'SELECT id, component, round(share::numeric, 9), round(contribution::numeric, 9), round(contribution_before::numeric, 9), round(change_by_value::numeric, 9), round(change_by_share::numeric, 9) FROM customer, cx.health_explain(names, now, weights, before)',
	'SELECT id, ''c'' || k, round(s_now, 9), round(coalesce(now * s_now, 0), 9), round(coalesce(before * s_before, 0), 9), CASE WHEN middle IS NOT NULL THEN CASE WHEN now IS NULL OR before IS NULL THEN round(0, 9) ELSE round((s_now + s_before) / 2 * (now - before), 9) END END,
		CASE WHEN middle IS NOT NULL THEN CASE WHEN now IS NULL AND before IS NULL THEN round(0, 9) ELSE round((s_now - s_before) * ((coalesce(now, before) + coalesce(before, now)) / 2 - middle), 9) END END FROM share');
CALL oracle.check_rows('what it adds up to', 'SELECT id, round(sum(contribution)::numeric, 9), round(sum(change)::numeric, 9) FROM customer, cx.health_explain(names, now, weights, before) GROUP BY id', 'SELECT id, coalesce(round(now, 9), round(0, 9)), round(now - before, 9) FROM wanted');

\if :there
-- customers who bought in the first quarter of 1997, up to the end of June 1998: their purchases on different days
CREATE TABLE line (line text);
\copy line FROM PROGRAM 'zcat "$CX_DATA/models/CDNOW_master.txt.gz" | tr -d "\r"' (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
CREATE TABLE buyer AS SELECT f[1] AS customer, max(f[2]::date) AS last, count(*) AS frequency, sum(f[4]::numeric) AS monetary FROM line, regexp_split_to_array(trim(line), '\s+') f WHERE f[1] ~ '^\d+$' GROUP BY 1;
CREATE TABLE cuts AS SELECT percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY extract(epoch FROM last)::float8) AS r, percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY frequency::float8) AS f, percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY monetary::float8) AS m FROM buyer;
CREATE TABLE scored AS SELECT buyer.*, cx.rfm_score(extract(epoch FROM last)::float8, r) AS r, cx.rfm_score(frequency, f) AS f, cx.rfm_score(monetary::float8, m) AS m FROM buyer, cuts;
CALL oracle.check_rows('a cohort', 'SELECT count(*), bool_and(cx.rfm_segment(r, f) IS NOT NULL), count(DISTINCT (frequency, f)) = count(DISTINCT frequency), bool_and(r BETWEEN 1 AND 5 AND f BETWEEN 1 AND 5 AND m BETWEEN 1 AND 5) FROM scored', 'SELECT 23570, true, true, true');
-- a score of k or less: as many as the quintile says, or more for ties
CALL oracle.check_rows('quintiles', 'SELECT k, count(*) FILTER (WHERE f <= k) >= 0.2 * k * count(*), count(*) FILTER (WHERE r <= k) >= 0.2 * k * count(*), count(*) FILTER (WHERE m <= k) >= 0.2 * k * count(*), count(*) FILTER (WHERE m < k) < 0.2 * k * count(*) FROM scored, generate_series(1, 4) k GROUP BY k', 'SELECT k, true, true, true, true FROM generate_series(1, 4) k');
\else
\echo no purchases in :data
\endif

\ir lib/end.sql
