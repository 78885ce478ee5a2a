{# The first moment that is not in the profiles after this run #}
{% macro complete_until() -%}
    (
    {%- if var('log_end') %}date '{{ var('log_end') }}'{% else %}(now() AT TIME ZONE 'UTC')::date{% endif -%}
    )::timestamp AT TIME ZONE 'UTC'
{%- endmacro %}

{# One row: the date up to which the log is in the profiles #}
{% macro log_end() -%}
    (SELECT (max(merged_until) AT TIME ZONE 'UTC')::date AS log_end FROM {{ ref('user_profiles') }})
{%- endmacro %}
