-- What was known of a user on a date, and whether they left in the two weeks after it
SELECT p.userid, d AS as_of, churned, f.*
FROM {{ log_end() }} AS e, {{ ref('user_profiles') }} AS p,
    churn_dates(e.log_end - 196, e.log_end - 14, '7 days') AS d,
    churn_label(p.profile, d, '14 days', log_end => e.log_end) AS churned,
    churn_features(p.profile, d) AS f
WHERE churned IS NOT NULL
