-- Times are texts or, if all are numbers, in the unit that their size tells; 20240131
-- is a date
\set ECHO none
SELECT format(E'ALTER TABLE app_log ALTER %1$I TYPE timestamptz\n\tUSING %2$s;', :'time',
	CASE WHEN NOT bool_and(t ~ '^[0-9]+([.][0-9]*)?$') OR bool_and(t ~ '^(19|20)[0-9]{6}([0-9]{6})?$') OR count(*) = 0 THEN format('nullif(%I, '''')::timestamptz', :'time')
		ELSE format('to_timestamp(nullif(%I, '''')::float8%s)', :'time',
			CASE log(greatest(percentile_disc(0.5) WITHIN GROUP (ORDER BY CASE WHEN t ~ '^[0-9]+([.][0-9]*)?$' THEN t::numeric END), 1))::int / 3
				WHEN 4 THEN ' / 1000' WHEN 5 THEN ' / 1000000' WHEN 6 THEN ' / 1000000000' ELSE '' END) END) AS alter_time,
	:'amount' <> '' AS has_amount,
	format(E'ALTER TABLE app_log ALTER %1$I TYPE numeric\n\tUSING nullif(%1$I, '''')::numeric;', :'amount') AS alter_amount
FROM (SELECT :"time" AS t FROM app_log WHERE :"time" <> '' LIMIT 100000) AS times \gset
\echo '== Times and amounts have types of their own; times without a zone are of UTC'
\echo
\set ECHO queries
:alter_time
\if :has_amount
:alter_amount
\endif
ANALYZE app_log;
