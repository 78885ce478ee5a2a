-- What psql's \df churn_* and \da churn_* show: the functions for users, each in one or more forms
SELECT proname AS function, count(*) AS forms,
	string_agg(DISTINCT CASE prokind WHEN 'a' THEN 'aggregate' ELSE 'function' END, ', ') AS kinds
FROM pg_proc WHERE proname ~ '^churn_' AND pg_function_is_visible(oid) GROUP BY proname ORDER BY proname COLLATE "C";
SELECT count(DISTINCT proname) AS functions, count(*) AS forms
FROM pg_proc WHERE proname ~ '^churn_' AND pg_function_is_visible(oid);

-- The others are for other functions or for PostgreSQL itself only, and named sparkify_*
CREATE VIEW ours AS
SELECT p.oid, p.oid::regprocedure AS function, p.proname ~ '^churn_' AS for_users
FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
	JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND e.extname = 'sparkify';
SELECT function FROM ours JOIN pg_proc AS p USING (oid) WHERE p.proname !~ '^(churn|sparkify)_';

-- what the catalogs call: the parts of aggregates, input and output, operators, planner support, the
-- casts to json (that to churn_forest is churn_forest(), for users, too), the foreign data wrapper
CREATE VIEW called AS
SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn]::oid[]) AS oid FROM pg_aggregate
UNION SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend]::oid[]) FROM pg_type
UNION SELECT oprcode FROM pg_operator
UNION SELECT amproc FROM pg_amproc
UNION SELECT prosupport FROM pg_proc
UNION SELECT castfunc FROM pg_cast WHERE casttarget IN ('json'::regtype, 'jsonb'::regtype)
UNION SELECT unnest(ARRAY[fdwhandler, fdwvalidator]) FROM pg_foreign_data_wrapper;
SELECT function FROM ours WHERE for_users AND oid IN (SELECT oid FROM called);
SELECT function FROM ours JOIN pg_proc USING (oid)
WHERE for_users AND (prorettype = 'internal'::regtype OR 'internal'::regtype = ANY (proargtypes));

-- and what queries of ours call
SELECT function FROM ours WHERE NOT for_users AND oid NOT IN (SELECT oid FROM called) ORDER BY function::text COLLATE "C";

-- The parts of aggregates are named for what they are
SELECT DISTINCT part, fn FROM pg_aggregate AS a JOIN ours ON a.aggfnoid = ours.oid,
	unnest(ARRAY['transfn', 'finalfn', 'combinefn', 'serialfn', 'deserialfn'],
		ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn]::regproc[]) AS u (part, fn)
WHERE fn::text !~ ('_' || part || '$');
DROP VIEW called, ours;
