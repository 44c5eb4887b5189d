-- Everything about the objects of the extension cx_analytics, a line a property: two installations are the same when
-- these lines are.  No OIDs, and owners only where they could differ.
CREATE FUNCTION pg_temp.rows_of(relation regclass) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT to_jsonb(s)::text FROM %s s', relation);
END $$;
WITH member AS (
	SELECT d.classid, d.objid, d.objsubid, pg_describe_object(d.classid, d.objid, d.objsubid) AS name
	FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
	WHERE d.deptype = 'e' AND e.extname = 'cx_analytics'
), line (name, property, value) AS (
	SELECT name, 'is a member', '' FROM member
	UNION ALL
	SELECT m.name, 'comment', c.description
	FROM member m JOIN pg_description c ON c.classoid = m.classid AND c.objoid = m.objid AND c.objsubid = 0
	UNION ALL
	SELECT m.name, 'initial privileges', i.initprivs::text
	FROM member m JOIN pg_init_privs i ON i.classoid = m.classid AND i.objoid = m.objid
	UNION ALL
	-- what else of it PostgreSQL made on its own account: array types, index operators, defaults, constraints
	SELECT m.name, 'has ' || pg_describe_object(d.classid, d.objid, d.objsubid), d.deptype::text
	FROM member m JOIN pg_depend d ON d.refclassid = m.classid AND d.refobjid = m.objid AND d.deptype IN ('i', 'a')
	WHERE d.classid <> 'pg_class'::regclass OR d.objid NOT IN (SELECT oid FROM pg_class WHERE relkind = 't')
	UNION ALL
	-- and what it depends on
	SELECT m.name, 'needs ' || pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid), d.deptype::text
	FROM member m JOIN pg_depend d ON d.classid = m.classid AND d.objid = m.objid AND d.deptype NOT IN ('e', 'x')
	UNION ALL
	SELECT m.name, 'definition', CASE p.prokind
			WHEN 'a' THEN format('aggregate %s -> %s, %s', pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), to_jsonb(a)
				- '{aggfnoid,aggsortop,aggtranstype,aggmtranstype}'::text[] || jsonb_build_object('sort operator', a.aggsortop::regoperator,
				'state', a.aggtranstype::regtype, 'moving state', a.aggmtranstype::regtype))
			ELSE pg_get_functiondef(p.oid) END
		|| format(' volatile %s, strict %s, parallel %s, leakproof %s, security definer %s, cost %s, rows %s, support %s, settings %s, privileges %s, owner %s',
			p.provolatile, p.proisstrict, p.proparallel, p.proleakproof, p.prosecdef, p.procost, p.prorows, p.prosupport::regprocedure, p.proconfig,
			coalesce(p.proacl, acldefault('f', p.proowner)), p.proowner::regrole)
	FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid
	UNION ALL
	SELECT m.name, 'definition', (to_jsonb(t) - '{oid,typnamespace,typowner,typrelid,typarray,typelem,typbasetype,typacl,typinput,typoutput,typreceive,typsend,typmodin,typmodout,typanalyze,typsubscript,typcollation}'::text[])::text
		|| format(' of %s, on %s, functions %s, collation %s, privileges %s', t.typelem::regtype, t.typbasetype::regtype,
			ARRAY[t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout, t.typanalyze, t.typsubscript]::regprocedure[], t.typcollation::regcollation,
			coalesce(t.typacl, acldefault('T', t.typowner)))
	FROM member m JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
	UNION ALL
	SELECT m.name, 'definition', format('function %s, result %s, commutator %s, negator %s, restrict %s, join %s, merges %s, hashes %s', o.oprcode::regprocedure,
			o.oprresult::regtype, o.oprcom::regoperator, o.oprnegate::regoperator, o.oprrest::regprocedure, o.oprjoin::regprocedure, o.oprcanmerge, o.oprcanhash)
	FROM member m JOIN pg_operator o ON m.classid = 'pg_operator'::regclass AND o.oid = m.objid
	UNION ALL
	SELECT m.name, 'definition', format('method %s, family %s, type %s, default %s, key %s, valid %s', am.amname, f.opfname, o.opcintype::regtype, o.opcdefault,
			o.opckeytype::regtype, amvalidate(o.oid))
	FROM member m JOIN pg_opclass o ON m.classid = 'pg_opclass'::regclass AND o.oid = m.objid JOIN pg_am am ON am.oid = o.opcmethod JOIN pg_opfamily f ON f.oid = o.opcfamily
	UNION ALL
	SELECT m.name, format('operator %s %s %s', a.amopstrategy, a.amoplefttype::regtype, a.amoprighttype::regtype),
		format('%s for %s %s', a.amopopr::regoperator, a.amoppurpose, a.amopsortfamily <> 0)
	FROM member m JOIN pg_amop a ON m.classid = 'pg_opfamily'::regclass AND a.amopfamily = m.objid
	UNION ALL
	SELECT m.name, format('function %s %s %s', a.amprocnum, a.amproclefttype::regtype, a.amprocrighttype::regtype), a.amproc::regprocedure::text
	FROM member m JOIN pg_amproc a ON m.classid = 'pg_opfamily'::regclass AND a.amprocfamily = m.objid
	UNION ALL
	SELECT m.name, 'definition', format('function %s, context %s, method %s', c.castfunc::regprocedure, c.castcontext, c.castmethod)
	FROM member m JOIN pg_cast c ON m.classid = 'pg_cast'::regclass AND c.oid = m.objid
	UNION ALL
	SELECT m.name, 'definition', format('kind %s, persistence %s, row security %s %s, options %s, privileges %s, owner %s, view %s', c.relkind, c.relpersistence,
			c.relrowsecurity, c.relforcerowsecurity, c.reloptions, coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)),
			c.relowner::regrole, CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
	FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
	UNION ALL
	SELECT m.name, 'sequence', format('type %s, start %s, increment %s, from %s to %s, cache %s, cycle %s', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin,
			s.seqmax, s.seqcache, s.seqcycle)
	FROM member m JOIN pg_sequence s ON m.classid = 'pg_class'::regclass AND s.seqrelid = m.objid
	UNION ALL
	-- by name, not by number: a column that an upgrade adds comes last
	SELECT m.name, 'column ' || a.attname, format('type %s, not null %s, default %s, identity %s, generated %s, collation %s, storage %s, statistics %s, privileges %s, comment %s',
			format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attcollation::regcollation,
			a.attstorage, a.attstattarget, a.attacl, col_description(a.attrelid, a.attnum))
	FROM member m JOIN pg_attribute a ON m.classid = 'pg_class'::regclass AND a.attrelid = m.objid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
	UNION ALL
	SELECT m.name, 'constraint ' || c.conname, format('%s, deferrable %s, valid %s, comment %s', pg_get_constraintdef(c.oid), c.condeferrable, c.convalidated,
			obj_description(c.oid, 'pg_constraint'))
	FROM member m JOIN pg_constraint c ON (m.classid = 'pg_class'::regclass AND c.conrelid = m.objid) OR (m.classid = 'pg_type'::regclass AND c.contypid = m.objid)
	UNION ALL
	SELECT m.name, 'index ' || i.indexrelid::regclass, format('%s, valid %s, comment %s', pg_get_indexdef(i.indexrelid), i.indisvalid, obj_description(i.indexrelid, 'pg_class'))
	FROM member m JOIN pg_index i ON m.classid = 'pg_class'::regclass AND i.indrelid = m.objid
	UNION ALL
	SELECT m.name, 'trigger ' || t.tgname, format('%s, enabled %s, comment %s', pg_get_triggerdef(t.oid), t.tgenabled, obj_description(t.oid, 'pg_trigger'))
	FROM member m JOIN pg_trigger t ON m.classid = 'pg_class'::regclass AND t.tgrelid = m.objid AND NOT t.tgisinternal
	UNION ALL
	SELECT m.name, 'policy ' || p.polname, format('%s %s %s %s', p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
	FROM member m JOIN pg_policy p ON m.classid = 'pg_class'::regclass AND p.polrelid = m.objid
	UNION ALL
	SELECT m.name, 'rule ' || r.rulename, pg_get_ruledef(r.oid)
	FROM member m JOIN pg_rewrite r ON m.classid = 'pg_class'::regclass AND r.ev_class = m.objid
	UNION ALL
	SELECT m.name, 'value ' || e.enumsortorder, e.enumlabel
	FROM member m JOIN pg_enum e ON m.classid = 'pg_type'::regclass AND e.enumtypid = m.objid
	UNION ALL
	SELECT 'extension', 'definition', format('schema %s, relocatable %s', extnamespace::regnamespace, extrelocatable) FROM pg_extension WHERE extname = 'cx_analytics'
	UNION ALL
	SELECT 'extension', 'dumps ' || r::regclass, c
	FROM pg_extension e, unnest(e.extconfig, e.extcondition) u (r, c) WHERE e.extname = 'cx_analytics'
	UNION ALL
	SELECT 'schema', 'definition', format('privileges %s, comment %s', n.nspacl, obj_description(n.oid, 'pg_namespace')) FROM pg_namespace n WHERE nspname = 'cx'
	UNION ALL
	-- rows that the extension ships
	SELECT m.name, 'row', r
	FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind = 'r', pg_temp.rows_of(c.oid) r
)
SELECT replace(name || ' | ' || property || ': ' || coalesce(value, 'null'), E'\n', ' ') FROM line;
