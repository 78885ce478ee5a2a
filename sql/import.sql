-- Models from other programs: churn_import
\set SHOW_CONTEXT never
\set VERBOSITY default
CREATE TABLE rows (songs int, adverts float8, plan text, margin float8);

------------------------------------------------------------------------
-- LightGBM: what version 4.7.0 dumps of three small trees, and predicts
------------------------------------------------------------------------
CREATE TABLE documents (document text);
INSERT INTO documents VALUES ($${"name": "tree", "version": "v4", "num_class": 1, "num_tree_per_iteration": 1, "label_index": 0, "max_feature_idx": 2, "objective": "binary sigmoid:1", "average_output": false, 
 "feature_names": ["songs", "adverts", "plan"], "monotone_constraints": [], 
 "feature_infos": {"songs": {"min_value": 0, "max_value": 49, "values": []}, "adverts": {"min_value": -3.33, "max_value": 2.59, "values": []}, "plan": {"min_value": -1, "max_value": 2, "values": [-1, 1, 0, 2]}}, 
 "tree_info": [
  {"tree_index": 0, "num_leaves": 3, "num_cat": 0, "shrinkage": 1, "tree_structure": {"split_index": 0, "split_feature": 0, "split_gain": 101.81600189208984, "threshold": 27.500000000000004, "decision_type": "<=", "default_left": true, "missing_type": "None", "internal_value": -0.0700286, "internal_weight": 99.8775, "internal_count": 400, 
   "left_child": {"leaf_index": 0, "leaf_value": -0.16043664884501385, "leaf_weight": 55.43201279640198, "leaf_count": 222}, 
   "right_child": {"split_index": 1, "split_feature": 1, "split_gain": 34.44839859008789, "threshold": -0.6349999999999999, "decision_type": "<=", "default_left": false, "missing_type": "NaN", "internal_value": 0.0427275, "internal_weight": 44.4455, "internal_count": 178, 
   "left_child": {"leaf_index": 1, "leaf_value": -0.1262553754245998, "leaf_weight": 9.488362550735472, "leaf_count": 38}, 
   "right_child": {"leaf_index": 2, "leaf_value": 0.08859427401878592, "leaf_weight": 34.957125186920166, "leaf_count": 140}}}}, 
  {"tree_index": 1, "num_leaves": 3, "num_cat": 0, "shrinkage": 0.1, "tree_structure": {"split_index": 0, "split_feature": 0, "split_gain": 83.51860046386719, "threshold": 22.500000000000004, "decision_type": "<=", "default_left": true, "missing_type": "None", "internal_value": -1.58274e-05, "internal_weight": 99.538, "internal_count": 400, 
   "left_child": {"leaf_index": 0, "leaf_value": -0.10196241968195197, "leaf_weight": 44.46326440572739, "leaf_count": 179}, 
   "right_child": {"split_index": 1, "split_feature": 1, "split_gain": 27.645200729370117, "threshold": -0.6349999999999999, "decision_type": "<=", "default_left": false, "missing_type": "NaN", "internal_value": 0.0822882, "internal_weight": 55.0748, "internal_count": 221, 
   "left_child": {"leaf_index": 1, "leaf_value": -0.05991277461407547, "leaf_weight": 10.952630460262297, "leaf_count": 44}, 
   "right_child": {"leaf_index": 2, "leaf_value": 0.11758742591792402, "leaf_weight": 44.122141778469086, "leaf_count": 177}}}}, 
  {"tree_index": 2, "num_leaves": 3, "num_cat": 1, "shrinkage": 0.1, "tree_structure": {"split_index": 0, "split_feature": 2, "split_gain": 79.60330200195312, "threshold": "0", "decision_type": "==", "default_left": false, "missing_type": "None", "internal_value": -2.6791999999999997e-05, "internal_weight": 98.765, "internal_count": 400, 
   "left_child": {"leaf_index": 0, "leaf_value": 0.1300956318763954, "leaf_weight": 31.851866886019707, "leaf_count": 129}, 
   "right_child": {"split_index": 1, "split_feature": 1, "split_gain": 20.762699127197266, "threshold": 0.13500000000000004, "decision_type": "<=", "default_left": false, "missing_type": "NaN", "internal_value": -0.0619675, "internal_weight": 66.9131, "internal_count": 271, 
   "left_child": {"leaf_index": 1, "leaf_value": -0.1217427979629172, "leaf_weight": 31.100416094064713, "leaf_count": 126}, 
   "right_child": {"leaf_index": 2, "leaf_value": -0.010057421904823956, "leaf_weight": 35.812675923109055, "leaf_count": 145}}}}], 
 "feature_importances": {"songs": 2, "adverts": 3, "plan": 1}, 
 "pandas_categorical": [["paid", "free", "family"]]}$$);
INSERT INTO rows VALUES (10, NULL, 'paid', -0.13230343665057043), (40, 1, NULL, 0.19612427803188598), (NULL, -1, 'family', -0.384141866489883);
CREATE TABLE imported AS SELECT churn_import(document, 'lightgbm') AS model FROM documents;

SELECT pg_typeof(model), model::json->>'facts' AS facts FROM imported;
SELECT f AS features FROM imported, json_array_elements(model::json->'features') AS f;
SELECT t AS trees FROM imported, json_array_elements(model::json->'trees') AS t;
SELECT churn_info(model) - '{features,fingerprint}'::text[] AS info, churn_info(model)->'features'->2 AS plan FROM imported;
SELECT r.*, churn_predict(model, r), round((churn_predict(model, r) - 1 / (1 + exp(-margin)))::numeric, 7) AS off FROM imported, rows r;
SELECT songs, feature, value, round(contribution::numeric, 6) AS contribution FROM imported, rows r, churn_explain(model, r) ORDER BY songs, abs(contribution) DESC;
SELECT feature, round(importance::numeric, 6) AS importance FROM imported, churn_importance(model);
SELECT model::text::churn_model = model AS same, churn_set_threshold(model, 0.3) IS NOT NULL AS settable, churn_at_risk(model, r) FROM imported, rows r;
-- a category that the trees do not list, and one that pandas did not know
SELECT plan, round(churn_predict(model, r)::numeric, 6) AS p FROM imported,
	(SELECT 40 AS songs, NULL::float8 AS adverts, plan FROM unnest(ARRAY['free', 'family', 'unseen', NULL, 'paid']) AS plan) AS r;
-- members may come in any order, as jsonb has them, and with any white space
SELECT churn_fingerprint(churn_import(document::jsonb::text, 'lightgbm')) = churn_fingerprint(model) AS same FROM documents, imported;
-- without pandas categories are named as they are numbered
SELECT string_agg(f->>'categories', ' ') AS categories
FROM documents, jsonb_array_elements(churn_import(regexp_replace(document, '"pandas_categorical": .*\]\]', '"pandas_categorical": null'), 'lightgbm')::jsonb->'features') AS f;

-- Changes one place of the document, and tells what is said to it
CREATE FUNCTION try(old text, new text, format text DEFAULT 'lightgbm') RETURNS text LANGUAGE plpgsql AS $f$
DECLARE
	changed text := (SELECT overlay(document PLACING new FROM nullif(strpos(document, old), 0) FOR length(old)) FROM documents);
	message text; reason text; hint text;
BEGIN
	IF changed IS NULL THEN RETURN 'not in the document'; END IF;
	RETURN (SELECT 'taken, and predicts ' || churn_predict(churn_import(changed, format), r)::numeric(7, 5)
		FROM (SELECT 30 AS songs, NULL::float8 AS adverts, 'family' AS plan) AS r);
EXCEPTION
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, reason = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
		RETURN concat_ws(' | ', SQLSTATE, message, reason, nullif(hint, ''));
END $f$;

-- what is no model of LightGBM
SELECT churn_import('', 'lightgbm');
SELECT churn_import('[]', 'lightgbm');
SELECT churn_import('{"num_class": 1}', 'lightgbm');
SELECT churn_import(repeat(' ', 1048577), 'lightgbm');
SELECT churn_import('{"num_class"' || repeat(' ', 1048577) || ': 1}', 'lightgbm');
SELECT churn_import('{"num_class": 1' || repeat(' ', 1048577) || '}', 'lightgbm');
SELECT churn_import('{"' || repeat('x', 65537) || '": 1}', 'lightgbm');
SELECT left(churn_import(left(document, n), 'lightgbm')::text, 0) FROM documents, (VALUES (500)) AS v(n);
SELECT old, left(new, 66) AS new, left(try(old, new), 300) AS try FROM (VALUES
	('"num_class": 1', '"num_class": "1"'),
	('"feature_names"', '"feature_name"'),
	('"objective"', '"num_class": 1, "objective"'),
	('["songs", "adverts"', '["songs", "songs"'),
	('["songs", "adverts"', '["", "adverts"'),
	('["songs", "adverts"', '[7, "adverts"'),
	('"songs": {"min', '"song": {"min'),
	('"split_feature": 0', '"split_feature": 3'),
	('"split_feature": 0', '"split_feature": -1'),
	('"split_feature": 2', '"split_feature": 0'),
	('"split_feature": 0', '"split_feature": 2'),
	('"threshold": 27.5', '"threshold": 1e999'),
	('"threshold": 27.5', '"threshold": NaN'),
	('"threshold": "0"', '"threshold": "0||9"'),
	('"threshold": "0"', '"threshold": "0|1"'),
	('"threshold": "0"', '"threshold": ""'),
	('"decision_type": "<="', '"decision_type": "<"'),
	('"missing_type": "None"', '"missing_type": "none"'),
	('"default_left": true', '"default_left": 1'),
	('"leaf_count": 222', '"leaf_count": -1'),
	(', "leaf_count": 222', ''),
	('"leaf_value": -0.16', '"leaf_value": null, "x": -0.16'),
	('"right_child": {"split_index": 1', '"right": {"split_index": 1'),
	('"tree_structure": ', '"structure": '),
	('"tree_index": 0,', '"tree_index": 0,,'),
	(', "free", "family"', ', "paid", "family"'),
	(', "free", "family"', ', "fr\u0000ee", "family"'),
	(', "free", "family"', ', "\ud83d", "family"'),
	(']]}', ']]} x')) AS v(old, new);

-- what would not score here as there
SELECT old, left(new, 66) AS new, left(try(old, new), 300) AS try FROM (VALUES
	('"num_class": 1', '"num_class": 3'),
	('binary sigmoid:1', 'regression'),
	('binary sigmoid:1', 'binary sigmoid:-1'),
	('"objective": "binary sigmoid:1", ', ''),
	('"leaf_weight"', '"leaf_const": 1, "leaf_coeff": [2], "leaf_weight"'),
	('"default_left": true, "missing_type": "None"', '"default_left": false, "missing_type": "Zero"'),
	('"leaf_value": -0.16', '"leaf_value": -1e39, "x": -0.16'),
	('[["paid"', '["a"], [["paid"'),
	('[["paid"', '[["a"], ["paid"'),
	(', "free", "family"', ', 0.5, "family"'),
	(', "free", "family"', ''),
	(', "free", "family"', ', "free"'),
	('"family"]]', format('"family", "%s"]]', repeat('x', 1001))),
	('"family"]]', (SELECT '"family", ' || string_agg(i::text, ', ') || ']]' FROM generate_series(1, 253) AS i))) AS v(old, new);

-- what is taken
SELECT old, left(new, 66) AS new, left(try(old, new), 300) AS try FROM (VALUES
	('binary sigmoid:1', 'binary sigmoid:2'),
	('"average_output": false', '"average_output": true'),
	('"missing_type": "NaN"', '"missing_type": "None"'),
	('"missing_type": "None"', '"missing_type": "Zero"'),
	('"threshold": 27.500000000000004', '"threshold": 1e-35'),
	(', "free", "family"', ', true, -12'),
	('"family"]]', (SELECT '"family", ' || string_agg(i::text, ', ') || ']]' FROM generate_series(1, 252) AS i))) AS v(old, new);

-- more thresholds of a feature than fit, and as many as do; a path that is too long, and one that is not
CREATE FUNCTION deep(levels int, step float8) RETURNS text LANGUAGE sql AS $$
SELECT format('{"num_class": 1, "num_tree_per_iteration": 1, "objective": "binary sigmoid:1", "feature_names": ["x"], "feature_infos": {}, "tree_info": [%s]}',
	(SELECT string_agg(format('{"tree_structure": %s}', repeat('{"split_feature": 0, "split_gain": 1, "decision_type": "<=", "missing_type": "NaN", "default_left": false, "left_child": {"leaf_value": 0.5, "leaf_count": 1}, "threshold": ' || (t * step)::text || ', "right_child": ', levels)
		|| '{"leaf_value": 1.5, "leaf_count": 1}' || repeat('}', levels)), ', ') FROM generate_series(1, 255) AS t)) $$;
SELECT churn_info(churn_import(deep(64, 0), 'lightgbm'))->'depth' AS depth;
SELECT churn_import(deep(65, 0), 'lightgbm');
SELECT churn_import(replace(deep(1, 0), '["x"]', format('["%s"]', repeat('x', 64))), 'lightgbm');
SELECT churn_import(replace(deep(1, 0), '["x"]', '[""]'), 'lightgbm');
SELECT churn_import(replace(deep(1, 0), '["x"]', '["x", "y", "x"]'), 'lightgbm');
SELECT churn_import(replace(deep(1, 0), '["x"]', '[]'), 'lightgbm');
SELECT churn_import(regexp_replace(deep(1, 0), '"tree_info": .*', '"tree_info": []}'), 'lightgbm');
SELECT (churn_info(churn_import(replace(deep(1, 1), '255', '254'), 'lightgbm'))->'features'->0->'bins') AS bins;
-- trees whose numbers are too many for one model become a blend of several, each with edges of its own
CREATE FUNCTION steps(trees int, splits int) RETURNS text LANGUAGE sql AS $$
SELECT regexp_replace(deep(1, 0), '"tree_info": .*', format('"tree_info": [%s]}', string_agg(format('{"tree_structure": %s}', tree), ', ' ORDER BY t))) FROM (
	SELECT t, string_agg(format('{"split_feature": 0, "split_gain": 1, "decision_type": "<=", "missing_type": "NaN", "default_left": true, "left_child": {"leaf_value": -0.01, "leaf_count": 1}, "threshold": %s, "right_child": ', t * splits + s), '' ORDER BY s)
		|| '{"leaf_value": 0.02, "leaf_count": 1}' || repeat('}', splits) AS tree
	FROM generate_series(0, trees - 1) AS t, generate_series(1, splits) AS s GROUP BY t) AS s $$;
CREATE TABLE blends AS SELECT n, churn_import(steps(n, 50), 'lightgbm') AS model FROM unnest(ARRAY[12, 20, 80]) AS n;
SELECT n, churn_info(model)->>'algorithm' AS algorithm, churn_info(model)->>'imported_from' AS of, p.weights, churn_info(model)->'features'->0->'bins' AS bins, model::text::churn_model = model AS same
FROM blends, LATERAL (SELECT array_agg(j->'weight') AS weights FROM jsonb_array_elements(churn_info(model)->'parts') AS j) AS p;
SELECT n, count(*) AS rows, max(abs(churn_predict(model, r) - 1 / (1 + exp(-margin)))) < 1e-7 AS predicts, max(abs(explained - margin)) < 1e-5 AS explains
FROM blends, generate_series(0, n * 50 + 1) AS x,
	LATERAL (SELECT sum(CASE WHEN (t + 1) * 50 < x THEN 0.02 ELSE -0.01 END)::float8 AS margin FROM generate_series(0, n - 1) AS t) AS m,
	LATERAL (SELECT x) AS r, LATERAL (SELECT sum(contribution) AS explained FROM churn_explain(model, r)) AS e GROUP BY n ORDER BY n;
SELECT b.n, round(min(mean_score)::numeric, 4) AS least, round(max(mean_score)::numeric, 4) AS most FROM blends AS b, churn_dependence(model, 'SELECT x FROM generate_series(1, 5000) AS x', 'x') GROUP BY b.n ORDER BY b.n;
SELECT churn_import(steps(82, 50), 'lightgbm');
DROP TABLE blends;

------------------------------------------------------------------------
-- XGBoost: what version 3.2.0 saves of two small trees, and predicts
------------------------------------------------------------------------
TRUNCATE documents, rows, imported;
INSERT INTO documents VALUES ($${"learner":{"attributes":{},
 "feature_names":["songs","adverts","plan"],"feature_types":["float","float","c"],
 "gradient_booster":{"model":{"cats":{"enc":[{"offsets":[],"values":[]},{"offsets":[],"values":[]},{"offsets":[0,4,8,14],"values":[112,97,105,100,102,114,101,101,102,97,109,105,108,121]}],"feature_segments":[0,0,0,3],"sorted_idx":[2,1,0]},
  "gbtree_model_param":{"num_parallel_tree":"1","num_trees":"2"},"iteration_indptr":[0,1,2],"tree_info":[0,0],"trees":[
  {"base_weights":[1.0901397E-7,-8.880596E-1,1.1027498E0,1.9936143E-1,-4.9386364E-1,-1.5259767E-1,4.6263435E-1],
   "categories":[1,2],"categories_nodes":[1],"categories_segments":[0],"categories_sizes":[2],"default_left":[0,1,0,0,0,0,0],"id":0,"left_children":[1,3,5,-1,-1,-1,-1],
   "loss_changes":[9.976942E1,6.752042E1,3.2959633E1,0E0,0E0,0E0,0E0],"parents":[2147483647,0,0,1,1,2,2],"right_children":[2,4,6,-1,-1,-1,-1],
   "split_conditions":[2.8E1,1E-45,-6.4E-1,1.9936143E-1,-4.9386364E-1,-1.5259767E-1,4.6263435E-1],"split_indices":[0,2,1,0,0,0,0],"split_type":[0,1,0,0,0,0,0],"sum_hessian":[9.987751E1,5.5432014E1,4.444549E1,1.8227646E1,3.7204372E1,9.488363E0,3.4957127E1],"tree_param":{"num_deleted":"0","num_feature":"3","num_nodes":"7","size_leaf_vector":"1"}},
  {"base_weights":[-3.6472112E-3,-8.697501E-1,6.8909687E-1,6.0765076E-2,-4.233782E-1,4.8974386E-1,6.1539E-2],
   "categories":[1,2,1,2],"categories_nodes":[1,2],"categories_segments":[0,2],"categories_sizes":[2,2],"default_left":[0,1,1,0,0,0,0],"id":1,"left_children":[1,3,5,-1,-1,-1,-1],
   "loss_changes":[5.8606953E1,2.5490509E1,2.4445044E1,0E0,0E0,0E0,0E0],"parents":[2147483647,0,0,1,1,2,2],"right_children":[2,4,6,-1,-1,-1,-1],
   "split_conditions":[2.3E1,1E-45,1E-45,6.0765076E-2,-4.233782E-1,4.8974386E-1,6.1539E-2],"split_indices":[0,2,2,0,0,0,0],"split_type":[0,1,1,0,0,0,0],"sum_hessian":[9.568134E1,4.2406776E1,5.3274563E1,1.4439533E1,2.7967245E1,1.7258991E1,3.601557E1],"tree_param":{"num_deleted":"0","num_feature":"3","num_nodes":"7","size_leaf_vector":"1"}}]},"name":"gbtree"},
 "learner_model_param":{"base_score":"[4.825E-1]","boost_from_average":"1","num_class":"0","num_feature":"3","num_target":"1"},"objective":{"name":"binary:logistic","reg_loss_param":{"scale_pos_weight":"1"}}},"version":[3,2,0]}$$);
INSERT INTO rows VALUES (10, NULL, 'paid', 0.19009791314601898), (40, 1, NULL, 0.8823496103286743), (NULL, -1, 'family', -0.1610872745513916);
INSERT INTO imported SELECT churn_import(document, 'xgboost') FROM documents;

SELECT f AS features FROM imported, json_array_elements(model::json->'features') AS f;
SELECT t AS trees FROM imported, json_array_elements(model::json->'trees') AS t;
SELECT churn_info(model) - '{features,fingerprint}'::text[] AS info FROM imported;
SELECT r.*, round((churn_predict(model, r) - 1 / (1 + exp(-margin)))::numeric, 6) AS off FROM imported, rows r;
SELECT songs, feature, value, round(contribution::numeric, 5) AS contribution FROM imported, rows r, churn_explain(model, r) ORDER BY songs, abs(contribution) DESC;
SELECT churn_fingerprint(churn_import(document::jsonb::text, 'xgboost')) = churn_fingerprint(model) AS same FROM documents, imported;

-- numbers are rounded to single precision first, as XGBoost does: 27.999999999 counts as 28, and goes where that goes
SELECT songs, round(churn_predict(model, r)::numeric, 6) AS p FROM imported,
	(SELECT songs, 0.5::float8 AS adverts, 'paid' AS plan FROM unnest(ARRAY[27.99999, 27.9999990463257, 27.9999990463256, 28, 28.1]::float8[]) AS songs) AS r;

\set format '''xgboost'''
SELECT churn_import('', 'xgboost');
SELECT churn_import('{"learner": []}', 'xgboost');
SELECT old, left(new, 66) AS new, left(try(old, new, :format), 300) AS try FROM (VALUES
	('"learner"', '"learned"'),
	('"num_feature":"3","num_target"', '"num_feature":"2","num_target"'),
	('"feature_types":[', '"feature_types":["c","c","c",'),
	('["songs","adverts"', '["songs","songs"'),
	('"base_score":"[', '"base_score":"['',[0.1,'),
	('"left_children":[1,', '"left_children":[7,'),
	('"left_children":[1,', '"left_children":[0,'),
	('"left_children":[1,', '"left_children":[-1,'),
	('"left_children":[1,', '"left_children":['),
	('"right_children":[2,', '"right_children":[1,'),
	('"split_indices":[0,', '"split_indices":[3,'),
	('"split_indices":[0,', '"split_indices":[2,'),
	('"split_conditions":[', '"split_conditions":[1e39,'),
	('"split_conditions":[', '"split_condition":['),
	('"default_left":[0,', '"default_left":[2,'),
	('"split_type":[0,1,', '"split_type":[0,0,'),
	('"split_type"', '"split_types"'),
	('"categories_nodes":[1]', '"categories_nodes":[2]'),
	('"categories_nodes":[1]', '"categories_nodes":[]'),
	('"categories_nodes":[1,2]', '"categories_nodes":[1,1]'),
	('"categories_nodes":[1,2]', '"categories_nodes":[2,1]'),
	('"categories_segments":[0]', '"categories_segments":[1]'),
	('"categories_sizes":[2]', '"categories_sizes":[3]'),
	('"categories":[1,2]', '"categories":[1,null]'),
	('"offsets":[0,4,8,14]', '"offsets":[0,8,4,14]'),
	('"offsets":[0,4,8,14]', '"offsets":[0,4,8,13]'),
	('[112,97,', '[0,97,'),
	('"sum_hessian":[', '"sum_hessian":"x","y":[')) AS v(old, new);
SELECT old, left(new, 66) AS new, left(try(old, new, :format), 300) AS try FROM (VALUES
	('binary:logistic', 'binary:logitraw'),
	('"num_class":"0"', '"num_class":"3"'),
	('"num_target":"1"', '"num_target":"2"'),
	('"base_score":"[', '"base_score":"1'),
	('"name":"gbtree"', '"name":"gblinear"'),
	('"categories":[1,2]', '"categories":[1,4]'),
	('"size_leaf_vector":"1"', '"size_leaf_vector":"3"'),
	('[112,97,', '[-61,-68,')) AS v(old, new);
-- older versions: no names of categories, a base score without brackets, words for flags
SELECT old, left(new, 66) AS new, left(try(old, new, :format), 300) AS try FROM (VALUES
	('"cats":', '"cat":'),
	('"base_score":"[4.825E-1]"', '"base_score":"4.825E-1"'),
	('"base_score":"[4.825E-1]"', '"base_score":"5E-1"'),
	('"default_left":[0,', '"default_left":[false,'),
	('"categories":[1,2]', '"categories":[1,3]'),
	('"attributes":{}', '"attributes":{"best_iteration":"0"}')) AS v(old, new);

SELECT churn_import('{}', 'catboost');
SELECT churn_import(NULL, 'lightgbm') IS NULL AS strict;
DROP TABLE rows, documents, imported;
DROP FUNCTION try, steps, deep;
