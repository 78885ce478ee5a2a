{{ config(materialized='incremental', unique_key=['as_of', 'userid'], incremental_strategy='delete+insert') }}

-- What the model in use says of each user, night by night
SELECT u.as_of, u.userid, m.version, churn_predict(churn_active('daily'), u) AS score,
    churn_at_risk(churn_active('daily'), u) AS at_risk, churn_reasons(churn_active('daily'), u) AS reasons
FROM {{ ref('users_now') }} AS u, churn_models AS m
WHERE m.name = 'daily' AND m.active
