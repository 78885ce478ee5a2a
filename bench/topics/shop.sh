# shop: profiles and features of a shop's log in order of time, beside the grouped floor.

shop_customers=$((SIZE * 5))	# of 250 events on average: 2.8 million events without SIZE

sql -q -v users="$shop_customers" -f bench/simulate_shop.sql
sql -c 'CREATE TABLE shop_profiles AS SELECT customer, churn_profile(created_at, event, session, amount) AS profile FROM shop GROUP BY customer' \
	-c "SELECT churn_define_features('shop_features', 'shop_profiles')"

serial="max_parallel_workers_per_gather=0"
# shop_candidate LABEL EXPRESSION ...: the customers with these, computed and not sent
shop_candidate()
{
	local columns='' counts='' i=0 expression

	for expression in "${@:2}"; do
		i=$((i + 1)) columns+=", $expression AS c$i" counts+="${counts:+, }count(c$i)"
	done
	candidate "$1" with_settings "$serial" timed "SELECT $counts FROM (SELECT customer$columns FROM shop GROUP BY customer OFFSET 0) AS s"
}
shop_candidate "floor: count(*), min(at), max(at), sum(amount)" 'count(*)' 'min(created_at)' 'max(created_at)' 'sum(amount)'
shop_candidate "churn_profile(at, event)" 'churn_profile(created_at, event)'
shop_candidate "churn_profile(at, event, session)" 'churn_profile(created_at, event, session)'
shop_candidate "churn_profile(at, event, session, amount)" 'churn_profile(created_at, event, session, amount)'
shop_candidate "all features in one aggregate and one call" "shop_features(churn_profile(created_at, event, session, amount), '2026-01-01')"
compare "$(value 'SELECT count(*) FROM shop') events of $shop_customers customers, without workers"
