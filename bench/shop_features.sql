-- The columns that churn_define_features makes of the shop's log, in SQL that an analyst
-- would write for speed: one grouping by customer, event and day, one by customer and
-- session, and the columns from these.  psql variables: as_of; the table shop_columns is
-- what churn_define_features returned.  Gives the statement as one value.
WITH names AS (
	SELECT subject, quote_literal(subject) AS name, 'n' || row_number() OVER (ORDER BY subject) AS n, columns
	FROM shop_columns WHERE kind = 'event'
), counts AS (
	SELECT string_agg(format($$
		coalesce(sum(n) FILTER (WHERE event = %1$s), 0) AS %2$s,
		coalesce(sum(n) FILTER (WHERE event = %1$s AND age <= 7), 0) AS %2$s_7,
		coalesce(sum(n) FILTER (WHERE event = %1$s AND age <= 28), 0) AS %2$s_28,
		coalesce(sum(n) FILTER (WHERE event = %1$s AND age BETWEEN 8 AND 14), 0) AS %2$s_p7,
		coalesce(sum(n) FILTER (WHERE event = %1$s AND age BETWEEN 29 AND 56), 0) AS %2$s_p28,
		min(age) FILTER (WHERE event = %1$s) AS %2$s_since,
		count(*) FILTER (WHERE event = %1$s) AS %2$s_days$$, name, n)
		|| CASE WHEN subject || '_sum' = ANY (columns) THEN format($$,
		coalesce(sum(gained) FILTER (WHERE event = %1$s), 0) AS %2$s_g,
		coalesce(sum(gained) FILTER (WHERE event = %1$s AND age <= 7), 0) AS %2$s_g7,
		coalesce(sum(gained) FILTER (WHERE event = %1$s AND age <= 28), 0) AS %2$s_g28,
		coalesce(sum(refunded) FILTER (WHERE event = %1$s), 0) AS %2$s_r,
		coalesce(sum(refunded) FILTER (WHERE event = %1$s AND age <= 7), 0) AS %2$s_r7,
		coalesce(sum(refunded) FILTER (WHERE event = %1$s AND age <= 28), 0) AS %2$s_r28,
		coalesce(sum(valued) FILTER (WHERE event = %1$s), 0) AS %2$s_v$$, name, n) ELSE '' END, ',') AS sums
	FROM names
), trends AS (
	-- of what is counted: {total, in 7 days, in 28 days, in the 7 and 28 days before}
	SELECT n, subject, format($$
		CASE WHEN %1$s > 0 AND known > 7 THEN (%2$s / 7 - (%1$s - %2$s) / (known - 7)) / (%2$s / 7 + (%1$s - %2$s) / (known - 7)) END::float8 AS %6$I,
		CASE WHEN %1$s > 0 AND known > 28 THEN (%3$s / 28 - (%1$s - %3$s) / (known - 28)) / (%3$s / 28 + (%1$s - %3$s) / (known - 28)) END::float8 AS %7$I,
		CASE WHEN known > 7 AND %2$s + %4$s > 0 THEN (%2$s / 7 - %4$s / least(7, known - 7)) / (%2$s / 7 + %4$s / least(7, known - 7)) END::float8 AS %8$I,
		CASE WHEN known > 28 AND %3$s + %5$s > 0 THEN (%3$s / 28 - %5$s / least(28, known - 28)) / (%3$s / 28 + %5$s / least(28, known - 28)) END::float8 AS %9$I$$,
		n, n || '_7', n || '_28', n || '_p7', n || '_p28',
		subject || '_trend_7d', subject || '_trend_28d', subject || '_change_7d', subject || '_change_28d') AS columns
	FROM (SELECT n, subject FROM names UNION ALL SELECT 'n', 'events') AS counted
), named AS (
	SELECT string_agg(format($$
		%1$s::bigint AS %2$I, %1$s_7::bigint AS %3$I, %1$s_28::bigint AS %4$I, %1$s_since AS %5$I,
		%1$s_days::float8 / days AS %6$I, $$,
		n, subject || '_count', subject || '_7d', subject || '_28d', subject || '_days_since', subject || '_day_share') || trends.columns
		|| CASE WHEN subject || '_sum' = ANY (names.columns) THEN format($$,
		%1$s_g::float8 AS %2$I, %1$s_g7::float8 AS %3$I, %1$s_g28::float8 AS %4$I,
		((%1$s_g - %1$s_r) / nullif(%1$s_v, 0))::float8 AS %5$I$$, n, subject || '_sum', subject || '_sum_7d', subject || '_sum_28d',
			subject || '_mean') ELSE '' END
		|| CASE WHEN subject || '_net' = ANY (names.columns) THEN format($$,
		%1$s_r::float8 AS %2$I, %1$s_r7::float8 AS %3$I, %1$s_r28::float8 AS %4$I,
		(%1$s_g - %1$s_r)::float8 AS %5$I, (%1$s_g7 - %1$s_r7)::float8 AS %6$I, (%1$s_g28 - %1$s_r28)::float8 AS %7$I$$, n, subject || '_refunds',
			subject || '_refunds_7d', subject || '_refunds_28d', subject || '_net', subject || '_net_7d', subject || '_net_28d')
		ELSE '' END, ',') AS columns
	FROM names JOIN trends USING (n, subject)
)
SELECT format($$
WITH days AS (
	SELECT customer, event, (at AT TIME ZONE 'UTC')::date AS day, %1$L::date - (at AT TIME ZONE 'UTC')::date AS age, count(*) AS n,
		sum(extract(hour FROM at AT TIME ZONE 'UTC')) AS hours, count(amount) AS valued, sum(greatest(amount, 0)) AS gained, -sum(least(amount, 0)) AS refunded
	FROM shop WHERE at < timestamptz '%1$s 00:00Z' GROUP BY 1, 2, 3
), counts AS (
	SELECT customer, sum(n) AS n, coalesce(sum(n) FILTER (WHERE age <= 7), 0) AS n_7, coalesce(sum(n) FILTER (WHERE age <= 28), 0) AS n_28,
		coalesce(sum(n) FILTER (WHERE age BETWEEN 8 AND 14), 0) AS n_p7, coalesce(sum(n) FILTER (WHERE age BETWEEN 29 AND 56), 0) AS n_p28,
		sum(hours) AS hours, max(age)::numeric AS known, %2$s
	FROM days GROUP BY customer
), active AS (
	SELECT customer, count(*) AS days, count(*) FILTER (WHERE age <= 7) AS days_7, count(*) FILTER (WHERE age <= 28) AS days_28, max(gap) AS gap
	FROM (SELECT customer, age, lag(age) OVER (PARTITION BY customer ORDER BY age DESC) - age AS gap
		FROM (SELECT DISTINCT customer, age FROM days) AS d) AS g GROUP BY customer
), sessions AS (
	SELECT customer, count(*) AS s, count(*) FILTER (WHERE age <= 7) AS s_7, count(*) FILTER (WHERE age <= 28) AS s_28,
		sum(extract(epoch FROM last - first)) AS seconds, min(first) AS first, max(first) AS latest, max(last) AS last
	FROM (SELECT customer, session, min(at) AS first, max(at) AS last, %1$L::date - (max(at) AT TIME ZONE 'UTC')::date AS age
		FROM shop WHERE at < timestamptz '%1$s 00:00Z' GROUP BY 1, 2) AS s GROUP BY customer
)
SELECT customer, n::bigint AS events, n_7::bigint AS events_7d, n_28::bigint AS events_28d, %3$s,
	days AS active_days, days_7 AS active_days_7d, days_28 AS active_days_28d, (days / known)::float8 AS active_day_share,
	s AS sessions, s_7 AS sessions_7d, s_28 AS sessions_28d,
	CASE WHEN known > 7 THEN (s_7 / 7.0 - (s - s_7) / (known - 7)) / (s_7 / 7.0 + (s - s_7) / (known - 7)) END::float8 AS sessions_trend_7d,
	CASE WHEN known > 28 THEN (s_28 / 28.0 - (s - s_28) / (known - 28)) / (s_28 / 28.0 + (s - s_28) / (known - 28)) END::float8 AS sessions_trend_28d,
	(7 * s / known)::float8 AS sessions_per_week, (seconds / 3600 / s)::float8 AS avg_session_hours,
	(extract(epoch FROM latest - first) / 86400 / nullif(s - 1, 0))::float8 AS avg_session_gap_days, gap AS longest_gap_days,
	(n / s)::float8 AS events_per_session, (n / days)::float8 AS events_per_active_day, (hours / n)::float8 AS mean_hour,
	(extract(epoch FROM timestamptz '%1$s 00:00Z' - last) / 86400)::float8 AS days_since_last,
	(extract(epoch FROM timestamptz '%1$s 00:00Z' - first) / 86400)::float8 AS tenure_days, %4$s
FROM counts JOIN active USING (customer) JOIN sessions USING (customer)$$,
	:'as_of', counts.sums, (SELECT columns FROM trends WHERE n = 'n'), named.columns)
FROM counts, named;
