{{ config(materialized='incremental', unique_key='userid', incremental_strategy='delete+insert') }}

-- One profile a user. A run adds the UTC days that have ended since the last one, and reads no others.
WITH new_profiles AS (
    SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
    FROM {{ source('app', 'events') }}
    WHERE auth NOT IN ('Logged Out', 'Guest')
        AND ts < {{ complete_until() }}
        {% if is_incremental() %}
        AND ts >= (SELECT max(merged_until) FROM {{ this }})
        {% endif %}
    GROUP BY userid
)

{% if is_incremental() %}
SELECT n.userid, coalesce(churn_profile_merge(o.profile, n.profile), n.profile) AS profile,
    {{ complete_until() }} AS merged_until
FROM new_profiles AS n LEFT JOIN {{ this }} AS o USING (userid)
{% else %}
SELECT userid, profile, {{ complete_until() }} AS merged_until FROM new_profiles
{% endif %}
