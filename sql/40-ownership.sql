-- Ownership: the configuration tables, and the token that tells one state of them from another.

CREATE SEQUENCE cx.configuration_token_seq;
COMMENT ON SEQUENCE cx.configuration_token_seq IS 'Tokens of cx.configuration_token; never goes back, also not by a rollback.';

CREATE TABLE cx.configuration_token (
	one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
	token bigint NOT NULL DEFAULT nextval('cx.configuration_token_seq')
);
COMMENT ON TABLE cx.configuration_token IS
'One row whose token changes with every statement that writes to a configuration table. Look-ups read it to know which compiled copy of the configuration holds in their snapshot. Written by triggers, not dumped, not for writing by hand.';
COMMENT ON COLUMN cx.configuration_token.one_row IS 'Always true: there is one row.';
COMMENT ON COLUMN cx.configuration_token.token IS 'Number that no other state of the configuration has or had.';
INSERT INTO cx.configuration_token DEFAULT VALUES;

CREATE FUNCTION cx._configuration_changed() RETURNS trigger
AS 'MODULE_PATHNAME', 'cx_configuration_changed' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION cx._configuration_changed() IS
'Trigger function of every configuration table: writes a fresh token into cx.configuration_token, whoever writes to the table.';

CREATE TABLE cx.team (
	team text PRIMARY KEY,
	name text,
	active tstzrange NOT NULL DEFAULT '(,)',
	contact_center boolean NOT NULL DEFAULT false,
	contact text,
	CONSTRAINT team_is_a_label CHECK (team ~ '^\S(.*\S)?$' AND team !~ '[\x01-\x1f\x7f]' AND octet_length(team) <= 255),
	CONSTRAINT team_active_is_half_open CHECK (NOT isempty(active) AND NOT upper_inc(active) AND (lower_inf(active) OR lower_inc(active)))
);
COMMENT ON TABLE cx.team IS 'Who can own or handle a touchpoint.';
COMMENT ON COLUMN cx.team.team IS 'The team as journeys and rules name it: 1 to 255 bytes, no control characters, no blank at either end.';
COMMENT ON COLUMN cx.team.name IS 'Name for reports.';
COMMENT ON COLUMN cx.team.active IS 'When the team exists, [starts_at, ends_at). Outside of it rules still name the team, and the state is stale.';
COMMENT ON COLUMN cx.team.contact_center IS 'False for a team that handles customers without being called a contact centre.';
COMMENT ON COLUMN cx.team.contact IS 'How to reach the team.';

CREATE TABLE cx.team_parent (
	team text PRIMARY KEY REFERENCES cx.team ON UPDATE CASCADE ON DELETE CASCADE,
	parent text NOT NULL REFERENCES cx.team ON UPDATE CASCADE ON DELETE CASCADE,
	CONSTRAINT team_parent_is_another CHECK (team <> parent)
);
COMMENT ON TABLE cx.team_parent IS
'The hierarchy of teams: at most one parent a team. A table of its own, because a table that refers to itself cannot be dumped and restored in every way. Cycles are refused.';
COMMENT ON COLUMN cx.team_parent.team IS 'A team.';
COMMENT ON COLUMN cx.team_parent.parent IS 'The team above it.';

CREATE FUNCTION cx._refuse_team_cycle() RETURNS trigger
AS 'MODULE_PATHNAME', 'cx_refuse_team_cycle' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION cx._refuse_team_cycle() IS 'Trigger function of cx.team_parent: refuses (23514) a statement after which a team would be above itself.';

CREATE TABLE cx.channel (
	channel text PRIMARY KEY,
	name text,
	assisted boolean NOT NULL,
	unit_cost float8,
	cost_per_minute float8,
	CONSTRAINT channel_is_a_label CHECK (channel ~ '^\S(.*\S)?$' AND channel !~ '[\x01-\x1f\x7f]' AND octet_length(channel) <= 255),
	CONSTRAINT channel_unit_cost_is_finite CHECK (unit_cost >= 0 AND unit_cost < 'infinity'),
	CONSTRAINT channel_cost_per_minute_is_finite CHECK (cost_per_minute >= 0 AND cost_per_minute < 'infinity')
);
COMMENT ON TABLE cx.channel IS 'Where customers are met.';
COMMENT ON COLUMN cx.channel.channel IS 'The channel as journeys and rules name it: 1 to 255 bytes, no control characters, no blank at either end.';
COMMENT ON COLUMN cx.channel.name IS 'Name for reports.';
COMMENT ON COLUMN cx.channel.assisted IS 'Whether a person answers.';
COMMENT ON COLUMN cx.channel.unit_cost IS 'Cost of one contact, in the currency of the company, 0 or more; NULL if not known.';
COMMENT ON COLUMN cx.channel.cost_per_minute IS 'Cost of a minute of a contact, in the currency of the company, 0 or more; NULL if not known.';

CREATE TABLE cx.touchpoint (
	touchpoint text PRIMARY KEY,
	name text,
	line text NOT NULL DEFAULT 'frontstage',
	weight float8 NOT NULL DEFAULT 1,
	moment_of_truth boolean NOT NULL DEFAULT false,
	value_unit text,
	active tstzrange NOT NULL DEFAULT '(,)',
	CONSTRAINT touchpoint_is_a_path CHECK (touchpoint ~ '^[^.*\x01-\x1f\x7f]+(\.[^.*\x01-\x1f\x7f]+)*$' AND touchpoint ~ '^\S(.*\S)?$' AND octet_length(touchpoint) <= 255),
	CONSTRAINT touchpoint_line_is_known CHECK (line IN ('frontstage', 'backstage', 'support', 'partner')),
	CONSTRAINT touchpoint_weight_is_finite CHECK (weight >= 0 AND weight < 'infinity'),
	CONSTRAINT touchpoint_active_is_half_open CHECK (NOT isempty(active) AND NOT upper_inc(active) AND (lower_inf(active) OR lower_inc(active)))
);
COMMENT ON TABLE cx.touchpoint IS
'The catalogue of touchpoints. One that occurs in data and not here is an orphan; one here that no accountable rule reaches is a gap.';
COMMENT ON COLUMN cx.touchpoint.touchpoint IS 'Dotted path from general to special, such as support.billing.refund: up to 255 bytes, labels not empty and without *.';
COMMENT ON COLUMN cx.touchpoint.name IS 'Name for reports.';
COMMENT ON COLUMN cx.touchpoint.line IS
'Where it lies in the service blueprint: frontstage (the customer sees it), backstage (behind the line of visibility), support (a process that supports the others; audits leave it out) or partner (another company does it).';
COMMENT ON COLUMN cx.touchpoint.weight IS 'How much it counts in coverage, 0 or more.';
COMMENT ON COLUMN cx.touchpoint.moment_of_truth IS 'Whether customers decide here to stay or to go.';
COMMENT ON COLUMN cx.touchpoint.value_unit IS 'What the value of a touch means here, such as EUR or points; NULL if touches have none.';
COMMENT ON COLUMN cx.touchpoint.active IS 'When it exists, [starts_at, ends_at).';

CREATE TABLE cx.ownership_rule (
	rule_id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	touchpoint text NOT NULL,
	channel text REFERENCES cx.channel ON UPDATE CASCADE,
	segment text,
	territory text,
	role text NOT NULL DEFAULT 'A',
	team text REFERENCES cx.team ON UPDATE CASCADE,
	unowned boolean NOT NULL DEFAULT false,
	valid tstzrange NOT NULL DEFAULT '(,)',
	recorded tstzrange NOT NULL DEFAULT tstzrange(now(), NULL),
	priority integer NOT NULL DEFAULT 0,
	reviewed_at timestamptz NOT NULL DEFAULT now(),
	review_every interval NOT NULL DEFAULT '1 year',
	note text,
	CONSTRAINT ownership_rule_touchpoint_is_a_glob CHECK (touchpoint ~ '^([^.*\x01-\x1f\x7f]+|\*\*?)(\.([^.*\x01-\x1f\x7f]+|\*\*?))*$'
		AND touchpoint ~ '^\S(.*\S)?$' AND touchpoint !~ '\*\*\.\*\*' AND octet_length(touchpoint) <= 255),
	CONSTRAINT ownership_rule_segment_is_a_label CHECK (segment ~ '^\S(.*\S)?$' AND segment !~ '[\x01-\x1f\x7f]' AND octet_length(segment) <= 255),
	CONSTRAINT ownership_rule_territory_is_a_path CHECK (territory ~ '^[^.\x01-\x1f\x7f]+(\.[^.\x01-\x1f\x7f]+)*$' AND territory ~ '^\S(.*\S)?$' AND octet_length(territory) <= 255),
	CONSTRAINT ownership_rule_role_is_known CHECK (role IN ('A', 'R', 'S', 'C', 'I')),
	CONSTRAINT ownership_rule_team_or_unowned CHECK (unowned = (team IS NULL)),
	CONSTRAINT ownership_rule_unowned_is_accountable CHECK (role = 'A' OR NOT unowned),
	CONSTRAINT ownership_rule_valid_is_half_open CHECK (NOT isempty(valid) AND NOT upper_inc(valid) AND (lower_inf(valid) OR lower_inc(valid))),
	CONSTRAINT ownership_rule_recorded_is_half_open CHECK (NOT isempty(recorded) AND NOT upper_inc(recorded) AND (lower_inf(recorded) OR lower_inc(recorded))),
	CONSTRAINT ownership_rule_review_every_is_positive CHECK (review_every > '0'),
	CONSTRAINT ownership_rule_note_is_a_line CHECK (note !~ '[\x01-\x1f\x7f]' AND note ~ '^\S(.*\S)?$'),
	-- one accountable rule for the same condition and time, and no other rule twice: equal hashes are one point
	CONSTRAINT ownership_rule_one_accountable EXCLUDE USING gist (
		int8range(hash_record_extended(ROW(touchpoint, channel, segment, territory, priority, role, CASE WHEN role <> 'A' THEN team END), 0) >> 1,
			hash_record_extended(ROW(touchpoint, channel, segment, territory, priority, role, CASE WHEN role <> 'A' THEN team END), 0) >> 1, '[]') WITH &&,
		valid WITH &&, recorded WITH &&)
);
COMMENT ON TABLE cx.ownership_rule IS
'Who answers for which touchpoints, where, for whom and when. All conditions of a rule must hold; NULL holds always. Of several rules that hold, the first by priority, literal labels, fewer **, fewer *, more of channel and segment, smallest territory, later start, lower rule_id wins: the order of rows never matters. cx.ownership_explain shows the ranking.';
COMMENT ON SEQUENCE cx.ownership_rule_rule_id_seq IS 'Numbers of ownership rules; dumped with them.';
COMMENT ON COLUMN cx.ownership_rule.rule_id IS 'Number of the rule; decides last, and that is reported as a tie.';
COMMENT ON COLUMN cx.ownership_rule.touchpoint IS 'Glob over dotted touchpoints: * is exactly one label, ** any number of labels, none included, everything else itself. ** alone holds for all.';
COMMENT ON COLUMN cx.ownership_rule.channel IS 'Channel, or NULL for any.';
COMMENT ON COLUMN cx.ownership_rule.segment IS 'Segment of customers, or NULL for any.';
COMMENT ON COLUMN cx.ownership_rule.territory IS 'Territory as dotted path from large to small, such as de.by.munich, or NULL for any. The rule holds in the territory and all that begin with it; more labels are a smaller territory.';
COMMENT ON COLUMN cx.ownership_rule.role IS 'A accountable, R responsible, S supporting, C consulted, I informed.';
COMMENT ON COLUMN cx.ownership_rule.team IS 'The team; NULL only if unowned.';
COMMENT ON COLUMN cx.ownership_rule.unowned IS 'True for a rule that says that deliberately nobody is accountable; it beats broader rules and is told apart from no rule.';
COMMENT ON COLUMN cx.ownership_rule.valid IS 'When the rule holds in the business, [starts_at, ends_at).';
COMMENT ON COLUMN cx.ownership_rule.recorded IS 'When the database held the rule to be true, [starts_at, ends_at). To correct a rule and keep what was believed before, end its recorded and insert another.';
COMMENT ON COLUMN cx.ownership_rule.priority IS 'Decides before everything else, higher first; keep it 0 unless you mean it.';
COMMENT ON COLUMN cx.ownership_rule.reviewed_at IS 'When somebody last confirmed the rule.';
COMMENT ON COLUMN cx.ownership_rule.review_every IS 'How long a review lasts.';
COMMENT ON COLUMN cx.ownership_rule.note IS 'Why: one line.';

@configuration_table table=team
@configuration_table table=team_parent
CREATE TRIGGER refuse_cycle AFTER INSERT OR UPDATE ON cx.team_parent FOR EACH STATEMENT EXECUTE FUNCTION cx._refuse_team_cycle();
@configuration_table table=channel
@configuration_table table=touchpoint
@configuration_table table=ownership_rule

SELECT pg_catalog.pg_extension_config_dump('cx.team', '');
SELECT pg_catalog.pg_extension_config_dump('cx.team_parent', '');
SELECT pg_catalog.pg_extension_config_dump('cx.channel', '');
SELECT pg_catalog.pg_extension_config_dump('cx.touchpoint', '');
SELECT pg_catalog.pg_extension_config_dump('cx.ownership_rule', '');
SELECT pg_catalog.pg_extension_config_dump('cx.ownership_rule_rule_id_seq', '');

-- Never TRIGGER: it would run code as whoever writes.
GRANT SELECT, INSERT, UPDATE, DELETE ON cx.team, cx.team_parent, cx.channel, cx.touchpoint, cx.ownership_rule TO @extowner@ WITH GRANT OPTION;
GRANT SELECT ON cx.configuration_token TO @extowner@ WITH GRANT OPTION;
GRANT SELECT, UPDATE ON SEQUENCE cx.ownership_rule_rule_id_seq TO @extowner@;
