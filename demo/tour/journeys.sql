-- Chapters of the tour: what journeys are, and what can be read from them.

\echo
\echo '1. FROM EVENTS TO JOURNEYS'
\echo 'All touches of a customer, in order, packed into one value: cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs).'
\echo
SELECT clock_timestamp() AS began \gset
DROP TABLE IF EXISTS demo.journey;
CREATE TABLE demo.journey AS
SELECT customer, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) AS journey
FROM demo.touch
GROUP BY customer;
SELECT round(extract(epoch FROM clock_timestamp() - :'began'), 1) AS took \gset
ANALYZE demo.journey;

SELECT to_char(count(*), 'FM999,999,999') AS customers,
       to_char(sum(cx.touch_count(journey)), 'FM999,999,999') AS touches,
       round(avg(cx.touch_count(journey)), 1) AS "touches each",
       max(cx.touch_count(journey)) AS "at most",
       min(cx.started_at(journey))::date AS "first day",
       max(cx.ended_at(journey))::date AS "last day",
       round(sum(pg_column_size(journey))::numeric / sum(cx.touch_count(journey)), 1) AS "bytes a touch",
       :'took' || ' s' AS "built in"
FROM demo.journey;

\echo '2. ONE CUSTOMER'
\echo 'A journey read back as rows: cx.touches(journey).  The one shown met the most teams in at most 16 touches.'
\echo
SELECT customer AS shown
FROM demo.journey
ORDER BY cx.touch_count(journey) > 16, (SELECT count(DISTINCT team) FROM unnest(cx.teams(journey)) AS team) DESC,
         cx.touch_count(journey) DESC, customer COLLATE "C"
LIMIT 1 \gset
\echo 'Customer' :shown
SELECT step, to_char(at, 'YYYY-MM-DD HH24:MI') AS at, demo.span(since_seconds) AS "after", touchpoint, channel, team,
       value, demo.span(lasted_seconds) AS lasted
FROM demo.journey, cx.touches(cx.head(journey, 16))
WHERE customer = :'shown'
ORDER BY step;

\echo '3. HOW LONG JOURNEYS ARE'
\echo 'Few touches are normal, many are the long tail in which most of the work lies: cx.touch_count(journey).'
\echo
SELECT ('{1,2 to 5,6 to 10,11 to 20,21 to 50,51 to 100,over 100}'::text[])[size] AS touches,
       count(*) AS journeys,
       round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "% of journeys",
       round(100.0 * sum(n) / sum(sum(n)) OVER (), 1) AS "% of touches",
       repeat('#', round(40.0 * count(*) / sum(count(*)) OVER ())::int) AS journeys_drawn
FROM (SELECT cx.touch_count(journey) AS n,
             1 + width_bucket(cx.touch_count(journey), ARRAY[2, 6, 11, 21, 51, 101]) AS size
      FROM demo.journey) AS sized
GROUP BY size
ORDER BY size;

\echo '4. THE MOST FREQUENT PATHS'
\echo 'How customers begin, step by step: cx.path(journey, ''{collapse, first 4}''); repeats of the same touchpoint count once.'
\echo
SELECT count(*) AS journeys, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "%", demo.cut(path, 110) AS path
FROM (SELECT cx.path(journey, '{collapse, first 4}') AS path FROM demo.journey) AS paths
GROUP BY path
ORDER BY count(*) DESC, path COLLATE "C"
LIMIT 10;

\echo 'The same from further away, the first label of each touchpoint and twice as far: cx.truncate(journey, 1).'
\echo
SELECT count(*) AS journeys, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "%", demo.cut(path, 110) AS path
FROM (SELECT cx.path(cx.truncate(journey, 1), '{collapse, first 8}') AS path FROM demo.journey) AS paths
GROUP BY path
ORDER BY count(*) DESC, path COLLATE "C"
LIMIT 8;

\echo '5. HOW LONG THEY TAKE'
\echo 'From the first touch to the last, in days, by where the journey began: cx.duration_seconds(journey), cx.first_touchpoint(journey).'
\echo
SELECT coalesce(first_touch, '(all)') AS "first touch", count(*) AS journeys,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY days))::numeric, 1) AS "median days",
       round((percentile_cont(0.9) WITHIN GROUP (ORDER BY days))::numeric, 1) AS "90% are within",
       round(max(days)::numeric, 1) AS longest
FROM (SELECT cx.first_touchpoint(journey) AS first_touch, cx.duration_seconds(journey) / 86400 AS days FROM demo.journey) AS timed
GROUP BY GROUPING SETS ((first_touch), ())
ORDER BY first_touch IS NULL DESC, count(*) DESC, first_touch COLLATE "C"
LIMIT 8;

\echo '6. WHERE THEY START AND WHERE THEY END'
\echo 'The last touch is where somebody stopped, or where the data stop: cx.first_touchpoint(journey), cx.last_touchpoint(journey).'
\echo
SELECT starts.touchpoint AS "start", starts.journeys AS journeys, ends.touchpoint AS "end", ends.journeys AS journeys
FROM (SELECT row_number() OVER (ORDER BY count(*) DESC, touchpoint COLLATE "C") AS rank, touchpoint, count(*) AS journeys
      FROM (SELECT cx.first_touchpoint(journey) AS touchpoint FROM demo.journey) AS first_ones GROUP BY touchpoint) AS starts
FULL JOIN (SELECT row_number() OVER (ORDER BY count(*) DESC, touchpoint COLLATE "C") AS rank, touchpoint, count(*) AS journeys
           FROM (SELECT cx.last_touchpoint(journey) AS touchpoint FROM demo.journey) AS last_ones GROUP BY touchpoint) AS ends USING (rank)
WHERE rank <= 7
ORDER BY rank;

\echo '7. EPISODES'
\echo 'A journey falls apart where nothing happens for a week: cx.sessions(journey, ''7 days'').  What those episodes consist of:'
\echo
DROP TABLE IF EXISTS demo.episode;
CREATE TABLE demo.episode AS
SELECT customer, episode FROM demo.journey, cx.sessions(journey, '7 days') AS episode;
SELECT count(*) AS episodes, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "%",
       demo.span(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)) AS "median time",
       demo.cut(path, 100) AS path
FROM (SELECT cx.path(cx.truncate(episode, 1), '{collapse, first 6}') AS path, cx.duration_seconds(episode) AS seconds FROM demo.episode) AS paths
GROUP BY path
ORDER BY count(*) DESC, path COLLATE "C"
LIMIT 10;

SELECT EXISTS (SELECT FROM demo.touch WHERE attrs ? 'case') AS has_cases,
       EXISTS (SELECT FROM demo.touch WHERE team IS NOT NULL) AS has_teams \gset
\if :has_teams
\echo '8. FROM TEAM TO TEAM'
DROP TABLE IF EXISTS demo.part;
\if :has_cases
\echo 'Cases cut out of the journeys, cx.split(journey, ''case''), and the teams that worked on them, cx.path(part, ''{teams, collapse}'').'
\echo 'Each arrow is a hand-over; time is what the customer waited from asking to the last contact.'
CREATE TABLE demo.part AS
SELECT customer, label, part.journey AS part
FROM demo.journey AS whole, cx.split(whole.journey, 'case') AS part
WHERE label IS NOT NULL;
\set unit cases
\else
\echo 'The teams a customer meets in one episode, cx.path(episode, ''{teams, collapse}''): each arrow is a hand-over, or a new matter.'
CREATE TABLE demo.part AS
SELECT customer, NULL::text AS label, episode AS part FROM demo.episode WHERE cx.path(episode, '{teams}') IS NOT NULL;
\set unit episodes
\endif
\echo
SELECT count(*) AS :"unit", round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "%",
       demo.span(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)) AS "median time",
       demo.span(percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds)) AS "90% within",
       demo.cut(teams, 90) AS teams
FROM (SELECT cx.path(part, '{teams, collapse}') AS teams, cx.duration_seconds(part) AS seconds FROM demo.part) AS paths
GROUP BY teams
ORDER BY count(*) DESC, teams COLLATE "C"
LIMIT 10;

\echo 'The one that was sent around the most, in at most 16 touches:'
\echo
CREATE TEMP TABLE shown AS
SELECT customer, part
FROM demo.part
ORDER BY cx.touch_count(part) > 16, cx.touch_count(cx.collapse(cx.by_team(part))) DESC, cx.touch_count(part), customer COLLATE "C", part
LIMIT 1;
SELECT customer AS shown, demo.cut(cx.path(part, '{teams, collapse}'), 110) AS shown_path FROM shown \gset
\echo 'Customer' :shown':' :shown_path
SELECT step, to_char(at, 'YYYY-MM-DD HH24:MI') AS at, demo.span(since_seconds) AS "after", touchpoint, channel, team
FROM shown, cx.touches(cx.head(part, 16))
ORDER BY step;
\endif
