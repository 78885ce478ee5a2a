-- A score is a chance, and everybody who can still leave has one for the day where the log ends.
SELECT u.userid, s.score
FROM {{ ref('users_now') }} AS u LEFT JOIN {{ ref('scores') }} AS s USING (userid, as_of)
WHERE s.score IS NULL OR s.score NOT BETWEEN 0 AND 1
