# any_log: another product's log read in place, of flat lines and of lines with nested
# properties as event trackers export them.

any_log_rows=$((SIZE * 1000))

# any_log_file NAME LINE: writes $SANDBOX/input/NAME.json with these lines, made of the number i
any_log_file()
{
	local file=$SANDBOX/input/$1_$SIZE.json

	[ -f "$file" ] || sql -c "COPY (SELECT $2 FROM generate_series(1, $any_log_rows) AS i) TO '$file' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"
}

any_log_at="to_char(timestamp '2024-03-01' + i * interval '1 second', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
any_log_event="(ARRAY['Product Viewed', 'Product Added', 'Cart Viewed', 'Order Completed', 'Signed In'])[i * 7 % 5 + 1]"
any_log_agent='Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36'

need_disk $((SIZE * 1300 / 1000)) "two logs of $any_log_rows events"
any_log_file flat "concat('{\"id\":\"', md5(i::text), '\",\"at\":\"', $any_log_at, '\",\"userId\":\"u', i % 5000, '\",\"session\":\"', md5((i / 20)::text),
	'\",\"event\":\"', $any_log_event, '\",\"amount\":', (i % 20000 / 100.0)::numeric(8,2), ',\"currency\":\"USD\",\"plan\":\"', (ARRAY['free', 'pro'])[i % 2 + 1],
	'\",\"url\":\"https://shop.example.com/catalog/', i % 300, '\",\"userAgent\":\"$any_log_agent\",\"country\":\"DE\"}')"
any_log_file nested "concat('{\"messageId\":\"ajs-next-', md5(i::text), '\",\"type\":\"track\",\"event\":\"', $any_log_event, '\",\"userId\":\"u', i % 5000,
	'\",\"at\":\"', $any_log_at, '\",\"context\":{\"ip\":\"192.0.2.', i % 255, '\",\"library\":{\"name\":\"analytics.js\",\"version\":\"next-1.64.0\"},\"locale\":\"en-US\",\"page\":{\"path\":\"/catalog/', i % 300,
	'\",\"referrer\":\"https://www.example.com/search?q=shoes\",\"search\":\"\",\"title\":\"Shoes & more\",\"url\":\"https://shop.example.com/catalog/', i % 300,
	'\"},\"userAgent\":\"$any_log_agent\",\"screen\":{\"width\":1920,\"height\":1080}},\"properties\":{\"order_id\":\"', i, '\",\"amount\":', (i % 20000 / 100.0)::numeric(8,2),
	',\"currency\":\"USD\",\"products\":[{\"product_id\":\"', i % 1000, '\",\"sku\":\"G-', i % 99, '\",\"price\":', (i % 5000 / 100.0)::numeric(8,2), ',\"quantity\":', i % 4, '}],\"coupon\":null,\"gift\":false}}')"

sql -c "CREATE FOREIGN TABLE flat (at timestamptz, userid text, session uuid, event text, amount float8) SERVER logs OPTIONS (filename '$SANDBOX/input/flat_$SIZE.json')" \
	-c "CREATE FOREIGN TABLE nested (at timestamptz, userid text, event text, amount float8 OPTIONS (path '{properties,amount}')) SERVER logs OPTIONS (filename '$SANDBOX/input/nested_$SIZE.json')" \
	-c 'ANALYZE flat, nested'

for shape in flat nested; do
	query="SELECT event, count(*), sum(amount), min(at), max(userid) FROM $shape GROUP BY event"
	candidate "$shape, one worker and the leader" with_settings max_parallel_workers_per_gather=1 timed "$query"
	candidate "$shape, serial" with_settings max_parallel_workers_per_gather=0 timed "$query"
	if has_peer duckdb; then
		candidate "$shape, duckdb's read_json given the columns" $python bench/peer_duckdb.py "$shape" "$SANDBOX/input/${shape}_$SIZE.json"
	fi
	bytes=$(stat -c %s "$SANDBOX/input/${shape}_$SIZE.json")
	compare "$(awk "BEGIN { printf \"%.3f\", $bytes / 1e9 }") GB of $shape lines, in the system's cache"
	printf '\nThe %s log in two processes: %s MB/s\n' "$shape" \
		"$(awk -F '|' -v bytes="$bytes" -v name="$shape, one worker" 'index($2, name) { printf "%.0f", bytes / 1e6 / $3 }' "$report")" | report_add
done
same "rows of both shapes" 'SELECT count(*), sum(amount)::numeric(20,2) FROM flat' 'SELECT count(*), sum(amount)::numeric(20,2) FROM nested'
