{# dbt run-operation train: the first model is deployed, each later one only if it is better #}
{% macro train(algorithm='random_forest') %}
    {% set dates = run_query("SELECT log_end - 42, log_end - 28 FROM " ~ log_end() ~ " AS e").columns %}
    {% set learnt = "SELECT * FROM " ~ ref('snapshots') ~ " WHERE as_of <= '" ~ dates[0][0] ~ "'" %}
    {% set judged = "SELECT * FROM " ~ ref('snapshots') ~ " WHERE as_of >= '" ~ dates[1][0] ~ "'" %}
    {% set trained %}
        churn_train($${{ learnt }}$$, algorithm => '{{ algorithm }}', id => 'userid', "time" => 'as_of') AS t
    {% endset %}
    {% set deployed = run_query("SELECT count(*) FROM churn_models WHERE name = 'daily'").columns[0][0] %}

    {% if deployed %}
        {% set outcome = run_query("SELECT CASE WHEN c.deployed THEN 'better' ELSE 'not better' END || ' than the model in use: AUC '
            || round(c.challenger_auc::numeric, 3) || ' against ' || round(c.champion_auc::numeric, 3) || ', p = '
            || round(c.p_value::numeric, 3) || '; in use is version ' || c.version
            FROM " ~ trained ~ ", churn_challenge('daily', t.model, $$" ~ judged ~ "$$, id => 'userid') AS c") %}
    {% else %}
        {% set outcome = run_query("SELECT 'in use is version ' || churn_deploy('daily', t.model, source => $$" ~ learnt ~ "$$,
            judged_on => $$" ~ judged ~ "$$, id => 'userid') FROM " ~ trained) %}
    {% endif %}
    {{ log(outcome.columns[0][0], info=true) }}
{% endmacro %}
