# log_features: features of any log, of a shop with 13 events, uuid sessions and amounts.

shop_date=2024-03-20
shop_users=$((SIZE * 9))		# of 25 sessions of 5 events each: 2.5 million events without SIZE

sql -c "DO 'BEGIN PERFORM setseed(0.5); END'" -c "CREATE TABLE shop AS
	SELECT customer, start + k * interval '170 s' AS at, md5(customer || ':' || s)::uuid AS session, event,
		CASE WHEN event IN ('cart', 'purchase', 'return') THEN round((random() * 100)::numeric, 2) END AS amount
	FROM (SELECT *, (ARRAY['view', 'view', 'view', 'view', 'search', 'search', 'cart', 'cart', 'purchase', 'login', 'logout', 'help', 'wish',
			'share', 'review', 'return', 'settings'])[1 + floor(random() * 17)::int] AS event
		FROM (SELECT customer, s, date_trunc('second', timestamptz '2024-01-01Z' + (s * 3 + random() * 2) * interval '1 day') AS start
			FROM generate_series(1, $shop_users) AS customer, generate_series(1, 25) AS s OFFSET 0) AS sessions, generate_series(1, 5) AS k OFFSET 0) AS e
	ORDER BY at" \
	-c 'CREATE TABLE shop_profiles AS SELECT customer, churn_profile(at, event, session, amount) AS profile FROM shop GROUP BY customer' \
	-c 'VACUUM ANALYZE shop, shop_profiles' \
	-c "CREATE TABLE shop_columns AS SELECT * FROM churn_define_features('shop_features', 'shop_profiles')"
shop_all="SELECT customer, f.* FROM (SELECT customer, churn_profile(at, event, session, amount) AS profile FROM shop GROUP BY customer) AS p,
	shop_features(p.profile, '$shop_date') AS f"
shop_in_sql=$(sql -At -v as_of="$shop_date" -f bench/shop_features.sql)
sizes="$(value 'SELECT count(*) FROM shop') events of $shop_users users; $(value 'SELECT sum(cardinality(columns)) FROM shop_columns') columns"

candidate "profiles, and all columns of them" timed "$shop_all"
candidate "floor: count(*), max(at), sum(amount)" timed "SELECT customer, count(*), max(at), sum(amount) FROM shop GROUP BY customer"
candidate "the same columns in SQL, by day, session and customer" timed "$shop_in_sql"
compare "$sizes"

serial="max_parallel_workers_per_gather=0"
candidate "all columns of profiles at a date, in FROM" with_settings "$serial" timed \
	"SELECT count(f.events) FROM shop_profiles AS p, shop_features(p.profile, '$shop_date') AS f"
candidate "all columns, as one value" with_settings "$serial" timed "SELECT count(shop_features(profile, '$shop_date')) FROM shop_profiles"
candidate "churn_count" with_settings "$serial" timed "SELECT count(churn_count(profile, 'purchase', '$shop_date', 28)) FROM shop_profiles"
candidate "floor: count(*)" with_settings "$serial" timed "SELECT count(*) FROM shop_profiles"
compare "$shop_users profiles of $(value 'SELECT round(avg(octet_length(sparkify_profile_send(profile)))) FROM shop_profiles') bytes on average, without workers"

same "columns" "SELECT (sum(events), sum(purchase_count), sum(view_7d), sum(purchase_days_since), round(sum(return_sum)::numeric, 2), sum(longest_gap_days),
		round(sum(events_trend_7d)::numeric, 6), round(sum(cart_change_28d)::numeric, 6), round(sum(avg_session_gap_days)::numeric, 6)) FROM ($shop_all) AS s" \
	"SELECT (sum(events), sum(purchase_count), sum(view_7d), sum(purchase_days_since), round(sum(return_sum)::numeric, 2), sum(longest_gap_days),
		round(sum(events_trend_7d)::numeric, 6), round(sum(cart_change_28d)::numeric, 6), round(sum(avg_session_gap_days)::numeric, 6)) FROM ($shop_in_sql) AS s"
