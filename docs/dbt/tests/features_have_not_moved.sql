{{ config(severity='warn') }}

-- Features that have moved far within two weeks, by more than chance: a fault of the log, most often
SELECT feature, psi, psi_chance
FROM churn_drift(churn_active('daily'), $$SELECT * FROM {{ ref('users_now') }}$$, reference => $$
    SELECT s.* FROM {{ ref('snapshots') }} AS s, {{ log_end() }} AS e WHERE s.as_of = e.log_end - 14$$)
WHERE verdict = 'strong drift'
