-- The log of a shop: :users customers with up to 49 sessions in a year, ten
-- events each on average, 13 names of events, uuid sessions, amounts of
-- purchases and refunds; in order of time, as a log is written.
CREATE TABLE shop AS
SELECT customer, session, created_at, event,
	CASE event WHEN 'purchase' THEN round((5 + 195 * chance ^ 3)::numeric, 2)
		WHEN 'refund' THEN -round((5 + 95 * chance ^ 3)::numeric, 2) END AS amount
FROM (
	SELECT 'c' || u AS customer, md5(u || '-' || s)::uuid AS session,
		timestamptz '2025-01-01 00:00Z' + interval '1 day' * (hashint4extended(u, s) & 511)::int * 0.7
			+ interval '1 millisecond' * (hashint4extended(s, u) & 67108863)
			+ interval '1 millisecond' * (e * 37000 + (hashint4extended(u * 7 + e, s) & 16383)) AS created_at,
		(ARRAY['page_view', 'page_view', 'page_view', 'page_view', 'page_view', 'product_view', 'product_view',
			'product_view', 'search', 'search', 'add_to_cart', 'add_to_cart', 'remove_from_cart', 'wishlist',
			'checkout', 'purchase', 'review', 'refund', 'support_ticket', 'login', 'newsletter_open'])
			[1 + (hashint4extended(u * 31 + e, s * 17) & 1048575) % 21] AS event,
		(hashint4extended(u + e, s + 5) & 1048575) / 1048576.0 AS chance
	FROM generate_series(1, :users) AS u, generate_series(1, 1 + 2 * (u % 25)) AS s, generate_series(1, 5 + (u + s) % 11) AS e) AS made
ORDER BY created_at;
VACUUM ANALYZE shop;
