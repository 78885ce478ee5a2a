-- Profiles that were merged run by run are, byte for byte, those of the whole log. It is tried for a hundred users.
WITH tried AS (SELECT userid, profile FROM {{ ref('user_profiles') }} ORDER BY md5(userid) LIMIT 100)

SELECT tried.userid
FROM tried LEFT JOIN (
    SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
    FROM {{ source('app', 'events') }} AS events, {{ log_end() }} AS e
    WHERE userid IN (SELECT userid FROM tried) AND auth NOT IN ('Logged Out', 'Guest')
        AND ts < e.log_end::timestamp AT TIME ZONE 'UTC'
    GROUP BY userid) AS whole USING (userid)
WHERE tried.profile IS DISTINCT FROM whole.profile
