-- The features of those who can still leave, where the log ends
SELECT p.userid, e.log_end AS as_of, f.*
FROM {{ log_end() }} AS e, {{ ref('user_profiles') }} AS p, churn_features(p.profile, e.log_end) AS f
WHERE churn_label(p.profile, e.log_end) IS NOT NULL
