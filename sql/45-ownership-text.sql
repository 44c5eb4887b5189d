-- Ownership rules as text that people review: one rule a line, written and read.

CREATE FUNCTION cx._text_word(word text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN word = '' OR word ~ '[ \t"#]' THEN '"' || replace(word, '"', '""') || '"' ELSE word END;
COMMENT ON FUNCTION cx._text_word(text) IS 'A word of a line of cx.ownership_to_text, quoted if it must be.';

CREATE FUNCTION cx._text_time(at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN isfinite(at) THEN regexp_replace(regexp_replace(to_jsonb(at AT TIME ZONE 'UTC') #>> '{}', '( BC)?$', 'Z\1'), 'T00:00:00Z', '')
	WHEN at > '2000-01-01Z' THEN 'infinity' ELSE '-infinity' END;
COMMENT ON FUNCTION cx._text_time(timestamptz) IS 'A time as cx.ownership_to_text writes it: in UTC, the date alone at midnight.';

CREATE FUNCTION cx._text_to_time(word text) RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN word IN ('infinity', '-infinity') THEN word::timestamp AT TIME ZONE 'UTC'
		WHEN p[1]::integer BETWEEN 1 AND CASE WHEN p[9] IS NULL THEN 294275 ELSE 4713 END AND p[2]::integer BETWEEN 1 AND 12 AND p[3]::integer >= 1 AND coalesce(p[4]::integer, 0) <= 23 AND coalesce(p[5]::integer, 0) <= 59 AND coalesce(p[6]::float8, 0) < 60
			AND coalesce(p[8], '') !~ '^(1[6-9]|[2-9])|:[6-9]'
		THEN CASE WHEN p[3]::integer <= extract(day FROM make_date(2000 + (CASE WHEN p[9] IS NULL THEN p[1]::integer ELSE 1 - p[1]::integer END % 400), p[2]::integer, 1) + interval '1 month -1 day')
			AND (p[9] IS NULL OR p[1]::integer < 4713 OR p[2]::integer > 11)
			THEN make_timestamp(CASE WHEN p[9] IS NULL THEN p[1]::integer ELSE -p[1]::integer END, p[2]::integer, p[3]::integer, coalesce(p[4]::integer, 0), coalesce(p[5]::integer, 0), coalesce(p[6]::float8, 0)) AT TIME ZONE 'UTC'
				- CASE WHEN p[7] IS NULL THEN interval '0' ELSE make_interval(mins => (p[7] || '1')::integer * (substr(p[8], 1, 2)::integer * 60 + substr(p[8], 4, 2)::integer)) END END END
	FROM (SELECT regexp_match(word, '^(\d{4,6})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d(?:\.\d{1,6})?))?(?:Z|([+-])(\d\d:\d\d)))?( BC)?$') AS p) s;
END;
COMMENT ON FUNCTION cx._text_to_time(text) IS 'A time as cx.ownership_from_text reads it, NULL if it is none.';

CREATE FUNCTION cx._text_to_period(word text) RETURNS interval
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT make_interval(years => coalesce(p[1]::integer, 0), months => coalesce(p[2]::integer, 0), days => coalesce(p[3]::integer, 0), secs => coalesce(p[4]::float8, 0))
	FROM (SELECT regexp_match(word, '^P(?=.)(?:(-?\d{1,6})Y)?(?:(-?\d{1,6})M)?(?:(-?\d{1,8})D)?(?:T(-?\d{1,9}(?:\.\d{1,6})?)S)?$') AS p) s
	WHERE p IS NOT NULL;
END;
COMMENT ON FUNCTION cx._text_to_period(text) IS 'A duration such as P1Y6M, P30D or P1DT3600S as cx.ownership_from_text reads it, NULL if it is none.';

CREATE FUNCTION cx._text_period(period interval) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT 'P' || coalesce(nullif(months, 0) || 'M', '') || coalesce(nullif(days, 0) || 'D', '') || coalesce('T' || trim_scale(nullif(seconds, 0)) || 'S', '')
	FROM (SELECT extract(year FROM period) * 12 + extract(month FROM period) AS months, extract(day FROM period) AS days, extract(hour FROM period) * 3600 + extract(minute FROM period) * 60 + extract(second FROM period) AS seconds) s;
END;
COMMENT ON FUNCTION cx._text_period(interval) IS 'A duration as cx.ownership_to_text writes it.';

CREATE FUNCTION cx._ownership_line(rule cx.ownership_rule) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN concat_ws(' ', cx._text_word((rule).touchpoint), CASE WHEN (rule).unowned THEN 'nobody' ELSE '@' || cx._text_word((rule).team) END,
	'role=' || nullif((rule).role, 'A'), 'channel=' || cx._text_word((rule).channel), 'segment=' || cx._text_word((rule).segment), 'territory=' || cx._text_word((rule).territory),
	'priority=' || nullif((rule).priority, 0), 'from=' || cx._text_word(cx._text_time(lower((rule).valid))), 'until=' || cx._text_word(cx._text_time(upper((rule).valid))),
	'reviewed=' || cx._text_word(cx._text_time((rule).reviewed_at)), 'review_every=' || nullif(cx._text_period((rule).review_every), 'P12M'), '# ' || (rule).note);
COMMENT ON FUNCTION cx._ownership_line(cx.ownership_rule) IS 'A rule as a line of cx.ownership_to_text.';

CREATE FUNCTION cx.ownership_to_text() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
	SELECT coalesce(string_agg(cx._ownership_line(r) || E'\n', '' ORDER BY r.touchpoint COLLATE "C", r.channel COLLATE "C" NULLS FIRST, r.segment COLLATE "C" NULLS FIRST, r.territory COLLATE "C" NULLS FIRST,
		strpos('ARSCI', r.role), r.priority DESC, r.valid, r.team COLLATE "C"), '')
	FROM cx.ownership_rule r WHERE upper_inf(r.recorded);
END;
COMMENT ON FUNCTION cx.ownership_to_text() IS
'The ownership rules that are believed now (recorded has no end), of the past, of today and of the future, as text for reviews and version control: a rule a line, in an order that depends on nothing but the rules. A line is touchpoint and @team (or nobody), then what differs from the default of role=, channel=, segment=, territory=, priority=, from=, until=, reviewed= and review_every=, then the note behind a #. Times are in UTC, durations ISO 8601. Not in the text: rule_id, which decides ties, and rules that are no longer believed. Empty without rules. cx.ownership_from_text reads it.';

CREATE FUNCTION cx._ownership_read(content text,
	OUT line integer, OUT source text, OUT touchpoint text, OUT team text, OUT unowned boolean, OUT role text, OUT channel text, OUT segment text, OUT territory text, OUT priority integer,
	OUT valid tstzrange, OUT reviewed_at timestamptz, OUT review_every interval, OUT note text, OUT problems text[])
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 100
BEGIN ATOMIC
	WITH source AS MATERIALIZED (
		SELECT n::integer AS n, btrim(l, E' \t\r') AS l FROM string_to_table(content, E'\n') WITH ORDINALITY AS t (l, n)
	), word AS MATERIALIZED (
		SELECT n, k, w, CASE WHEN starts_with(w, '#') THEN 'comment' WHEN k = 1 THEN 'touchpoint' WHEN k = 2 AND (starts_with(w, '@') OR w = 'nobody') THEN 'team' ELSE substring(w FROM '^([a-z_]+)=') END AS key
		FROM source, LATERAL (SELECT m[1], k FROM regexp_matches(l, '#.*|(?:@|[a-z_]+=)?"(?:[^"]|"")*"|[^ \t"]+|"', 'g') WITH ORDINALITY AS r (m, k)) s (w, k)
	), value AS MATERIALIZED (
		SELECT n, k, w, key, CASE WHEN starts_with(v, '"') AND length(v) > 1 THEN replace(substr(v, 2, length(v) - 2), '""', '"') ELSE v END AS v
		FROM word, LATERAL (SELECT CASE key WHEN 'comment' THEN btrim(substr(w, 2), E' \t') WHEN 'touchpoint' THEN w WHEN 'team' THEN ltrim(substr(w, 1, 1), '@') || substr(w, 2) ELSE substr(w, strpos(w, '=') + 1) END) s (v)
	), field AS MATERIALIZED (
		SELECT n, max(v) FILTER (WHERE key = 'touchpoint') AS touchpoint, max(v) FILTER (WHERE key = 'team' AND w <> 'nobody') AS team, coalesce(bool_or(key = 'team' AND w = 'nobody'), false) AS unowned,
			coalesce(max(v) FILTER (WHERE key = 'role'), 'A') AS role, max(v) FILTER (WHERE key = 'channel') AS channel, max(v) FILTER (WHERE key = 'segment') AS segment, max(v) FILTER (WHERE key = 'territory') AS territory,
			coalesce(max(v) FILTER (WHERE key = 'priority'), '0') AS priority, max(v) FILTER (WHERE key = 'from') AS starts, max(v) FILTER (WHERE key = 'until') AS ends, max(v) FILTER (WHERE key = 'reviewed') AS reviewed,
			coalesce(max(v) FILTER (WHERE key = 'review_every'), 'P1Y') AS review_every, max(v) FILTER (WHERE key = 'comment') AS remark,
			array_agg('the quotation mark does not end'::text) FILTER (WHERE w = '"')
				|| array_agg(format('unknown word "%s"', w) ORDER BY k) FILTER (WHERE w <> '"' AND k <> 2 AND (key IS NULL OR key NOT IN ('comment', 'touchpoint', 'team', 'role', 'channel', 'segment', 'territory', 'priority', 'from', 'until', 'reviewed', 'review_every')))
				|| CASE WHEN count(DISTINCT key) < count(key) THEN ARRAY['a word is there twice'::text] END AS problems
		FROM value GROUP BY n HAVING bool_or(key = 'touchpoint')
	), next AS (
		-- for each comment on lines of its own the next rule, and the next line that is no such comment
		SELECT n, l, min(n) FILTER (WHERE f IS NOT NULL) OVER below AS rule, min(n) FILTER (WHERE NOT starts_with(l, '#')) OVER below AS other
		FROM source LEFT JOIN (SELECT n, true FROM field) AS f (n, f) USING (n) WINDOW below AS (ORDER BY n DESC)
	), remark AS (
		SELECT rule AS n, string_agg(nullif(btrim(substr(l, 2), E' \t'), ''), ' ' ORDER BY n) AS above FROM next WHERE starts_with(l, '#') AND rule = other GROUP BY rule
	), typed AS MATERIALIZED (
		SELECT f.*, s.l AS source, nullif(concat_ws(' ', r.above, nullif(f.remark, '')), '') AS note, cx._text_to_time(starts) AS starts_at, cx._text_to_time(ends) AS ends_at, cx._text_to_time(reviewed) AS at, cx._text_to_period(f.review_every) AS period,
			CASE WHEN priority ~ '^-?\d{1,10}$' THEN priority::bigint END AS number
		FROM field f JOIN source s USING (n) LEFT JOIN remark r USING (n)
	)
	SELECT n, source, touchpoint, team, unowned, role, channel, segment, territory, CASE WHEN number BETWEEN -2147483648 AND 2147483647 THEN number::integer END,
		CASE WHEN starts_at < ends_at OR starts_at IS NULL OR ends_at IS NULL THEN tstzrange(starts_at, ends_at) END, at, period, note,
		coalesce(problems, '{}') || array_remove(ARRAY[
			CASE WHEN touchpoint !~ '^([^.*\x01-\x1f\x7f]+|\*\*?)(\.([^.*\x01-\x1f\x7f]+|\*\*?))*$' OR touchpoint !~ '^\S(.*\S)?$' OR touchpoint ~ '\*\*\.\*\*' OR octet_length(touchpoint) > 255 THEN format('"%s" is no touchpoint', touchpoint) END,
			CASE WHEN team IS NULL AND NOT unowned THEN 'the second word must be @team or nobody' END,
			CASE WHEN team IS NOT NULL AND NOT EXISTS (SELECT FROM cx.team x WHERE x.team = t.team) THEN format('unknown team "%s"', team) END,
			CASE WHEN channel IS NOT NULL AND NOT EXISTS (SELECT FROM cx.channel x WHERE x.channel = t.channel) THEN format('unknown channel "%s"', channel) END,
			CASE WHEN segment !~ '^\S(.*\S)?$' OR segment ~ '[\x01-\x1f\x7f]' OR octet_length(segment) > 255 THEN format('"%s" is no segment', segment) END,
			CASE WHEN territory !~ '^[^.\x01-\x1f\x7f]+(\.[^.\x01-\x1f\x7f]+)*$' OR territory !~ '^\S(.*\S)?$' OR octet_length(territory) > 255 THEN format('"%s" is no territory', territory) END,
			CASE WHEN role NOT IN ('A', 'R', 'S', 'C', 'I') THEN format('"%s" is no role: A, R, S, C or I', role) END,
			CASE WHEN unowned AND role <> 'A' THEN 'nobody needs the role A' END,
			CASE WHEN number IS NULL OR number NOT BETWEEN -2147483648 AND 2147483647 THEN format('"%s" is no priority', priority) END,
			CASE WHEN starts IS NOT NULL AND starts_at IS NULL THEN format('from="%s" is no time', starts) END,
			CASE WHEN ends IS NOT NULL AND ends_at IS NULL THEN format('until="%s" is no time', ends) END,
			CASE WHEN starts_at >= ends_at THEN 'until must be later than from' END,
			CASE WHEN reviewed IS NOT NULL AND at IS NULL THEN format('reviewed="%s" is no time', reviewed) END,
			CASE WHEN period IS NULL OR period <= '0' THEN format('review_every="%s" is no duration such as P1Y, P6M or P30D', review_every) END,
			CASE WHEN note ~ '[\x01-\x1f\x7f]' OR note !~ '^\S(.*\S)?$' THEN 'the note contains control characters or begins or ends with a blank' END], NULL)
	FROM typed t ORDER BY n;
END;
COMMENT ON FUNCTION cx._ownership_read(text) IS 'The rules of a text as cx.ownership_from_text reads it, a row a rule, with what is wrong with it.';

CREATE FUNCTION cx._ownership_plan(content text,
	OUT line integer, OUT action text, OUT rule text, OUT message text, OUT rule_id bigint, OUT touchpoint text, OUT team text, OUT unowned boolean, OUT role text, OUT channel text, OUT segment text, OUT territory text,
	OUT priority integer, OUT valid tstzrange, OUT reviewed_at timestamptz, OUT review_every interval, OUT note text, OUT ends boolean, OUT begins boolean)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 100
BEGIN ATOMIC
	WITH wanted AS MATERIALIZED (
		SELECT *, ROW(touchpoint, channel, segment, territory, role, priority, CASE WHEN role <> 'A' THEN team END)::text AS condition FROM cx._ownership_read(content)
	), there AS MATERIALIZED (
		SELECT r.*, ROW(touchpoint, channel, segment, territory, role, priority, CASE WHEN role <> 'A' THEN team END)::text AS condition, cx._ownership_line(r) AS source FROM cx.ownership_rule r WHERE upper_inf(recorded)
	), problem AS MATERIALIZED (
		SELECT line, source, p.message, p.n FROM wanted, unnest(problems) WITH ORDINALITY AS p (message, n)
		UNION ALL
		SELECT b.line, b.source, format('the same condition at the same time as in line %s', min(a.line)), NULL
		FROM wanted a JOIN wanted b USING (condition) WHERE a.line < b.line AND a.valid && b.valid AND a.problems = '{}' AND b.problems = '{}' GROUP BY b.line, b.source
	), difference AS (
		SELECT w.line, coalesce(w.source, t.source) AS rule, t.rule_id, w.touchpoint, w.team, w.unowned, w.role, w.channel, w.segment, w.territory, w.priority, w.valid, coalesce(w.reviewed_at, t.reviewed_at, now()) AS reviewed_at, w.review_every, w.note,
			t.source AS was, t.rule_id IS NOT NULL AND (w.line IS NULL OR w.team IS DISTINCT FROM t.team) AS ends, w.line IS NOT NULL AND (t.rule_id IS NULL OR w.team IS DISTINCT FROM t.team) AS begins,
			(coalesce(w.reviewed_at, t.reviewed_at), w.review_every::text, w.note) IS DISTINCT FROM (t.reviewed_at, t.review_every::text, t.note) AS differs
		FROM wanted w FULL JOIN there t ON t.condition = w.condition AND t.valid = w.valid
		WHERE NOT EXISTS (SELECT FROM problem)
	)
	SELECT p.line, 'error', p.source, p.message, NULL::bigint, NULL::text, NULL::text, NULL::boolean, NULL::text, NULL::text, NULL::text, NULL::text, NULL::integer, NULL::tstzrange, NULL::timestamptz, NULL::interval, NULL::text, false, false FROM problem p
	UNION ALL
	SELECT d.line, CASE WHEN d.ends AND d.begins THEN 'changed' WHEN d.ends THEN 'ended' WHEN d.begins THEN 'added' ELSE 'changed' END, d.rule, CASE WHEN d.line IS NOT NULL THEN 'was ' || d.was END,
		d.rule_id, d.touchpoint, d.team, d.unowned, d.role, d.channel, d.segment, d.territory, d.priority, d.valid, d.reviewed_at, d.review_every, d.note, d.ends, d.begins
	FROM difference d WHERE d.ends OR d.begins OR d.differs;
END;
COMMENT ON FUNCTION cx._ownership_plan(text) IS 'What cx.ownership_from_text shows, and what it does: ends (the rule rule_id) and begins (a new one); neither is a change of note or review.';

CREATE FUNCTION cx._refuse_ownership_text(problems text) RETURNS void
AS 'MODULE_PATHNAME', 'cx_refuse_ownership_text' LANGUAGE C VOLATILE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._refuse_ownership_text(text) IS 'The error of cx.ownership_from_text (22P02).';

CREATE FUNCTION cx._ownership_apply(content text, OUT line integer, OUT action text, OUT rule text, OUT message text) RETURNS SETOF record
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE COST 1000 ROWS 100
BEGIN ATOMIC
	SELECT cx._refuse_ownership_text(string_agg(format('line %s: %s', p.line, p.message), E'\n' ORDER BY p.line)) FROM cx._ownership_plan(content) p WHERE p.action = 'error';
	WITH plan AS MATERIALIZED (
		SELECT p.*, r.recorded FROM cx._ownership_plan(content) p LEFT JOIN cx.ownership_rule r USING (rule_id)
	), ended AS (
		UPDATE cx.ownership_rule r SET recorded = tstzrange(lower(r.recorded), now()) FROM plan p WHERE r.rule_id = p.rule_id AND p.ends AND upper_inf(r.recorded) AND (lower_inf(r.recorded) OR lower(r.recorded) < now()) RETURNING 1
	), dropped AS (
		-- nobody has believed it at any time
		DELETE FROM cx.ownership_rule r USING plan p WHERE r.rule_id = p.rule_id AND p.ends AND lower(p.recorded) >= now() RETURNING 1
	), reviewed AS (
		UPDATE cx.ownership_rule r SET note = p.note, reviewed_at = p.reviewed_at, review_every = p.review_every FROM plan p WHERE r.rule_id = p.rule_id AND NOT p.ends RETURNING 1
	), begun AS (
		-- the counts let what ends end first
		INSERT INTO cx.ownership_rule (touchpoint, channel, segment, territory, role, team, unowned, valid, priority, reviewed_at, review_every, note)
		SELECT p.touchpoint, p.channel, p.segment, p.territory, p.role, p.team, p.unowned, p.valid, p.priority, p.reviewed_at, p.review_every, p.note
		FROM plan p WHERE p.begins AND (SELECT count(*) FROM ended) + (SELECT count(*) FROM dropped) >= 0 ORDER BY p.line RETURNING 1
	)
	SELECT p.line, p.action, p.rule, p.message FROM plan p WHERE (SELECT count(*) FROM begun) + (SELECT count(*) FROM reviewed) >= 0;
END;
COMMENT ON FUNCTION cx._ownership_apply(text) IS 'cx.ownership_from_text(text, false).';

CREATE FUNCTION cx.ownership_from_text(content text, dry_run boolean DEFAULT true, OUT line integer, OUT action text, OUT rule text, OUT message text) RETURNS SETOF record
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE COST 1000 ROWS 100
BEGIN ATOMIC
	SELECT * FROM (
		SELECT p.line, p.action, p.rule, p.message FROM cx._ownership_plan(content) p WHERE dry_run
		UNION ALL
		SELECT a.line, a.action, a.rule, a.message FROM cx._ownership_apply(content) a WHERE NOT dry_run) s
	ORDER BY s.line, s.rule COLLATE "C", s.message COLLATE "C";
END;
COMMENT ON FUNCTION cx.ownership_from_text(text, boolean) IS
'Makes the ownership rules those of a text as cx.ownership_to_text writes it, and tells a row for each rule that differs: line, action, the rule as a line, message. dry_run (the default) changes nothing. action: added; ended (no longer in the text, line is NULL); changed (another accountable team, note or review; message says what it was); error (message says what is wrong; then there are no other rows). The text is all that is believed: a rule that it does not have any more, or has with another team, is no longer believed, also for the past, and stays with the end of recorded at the start of the transaction (one recorded since is deleted); a hand-over on a day is two lines, until= and from= that day. Words: touchpoint, then @team or nobody, then in any order role=, channel=, segment=, territory=, priority=, from=, until=, reviewed= (where it is missing the review that is known, or now()), review_every=; words with blanks, " or # are quoted, with " doubled. Times: 2025-01-31 or 2025-01-31T12:30:00Z, or with an offset such as +01:00; dates begin in UTC. A comment behind a rule, and comment lines right above it, are its note; other comments are skipped. With dry_run false an error in the text is an error (22P02) with all of them, and nothing is changed; it needs the rights to read and write cx.ownership_rule and to read cx.team and cx.channel. No rows and no change for NULL.';
