# predict: a forest applied to the rows of a table.

. bench/samples.sh

# two processes, as peers have two threads
export PGOPTIONS='-c max_parallel_maintenance_workers=1 -c max_parallel_workers_per_gather=1'

predict_rows=${PREDICT_ROWS:-1000000}

samples samples "$predict_rows"
sample_arrays samples
sql -c "CREATE TABLE models AS SELECT model FROM churn_train('samples', options => '{\"trees\": 100, \"max_depth\": 10, \"min_leaf\": 1}')" \
	-c "CREATE TABLE external (model churn_model)" -c "ALTER TABLE external ALTER model SET STORAGE EXTERNAL" \
	-c "INSERT INTO external SELECT model FROM models"

candidate "sum(churn_predict(model, t)) FROM t, models" timed "SELECT sum(churn_predict(model, t)) FROM samples t, models"
candidate "sum(churn_predict((SELECT model …), t)) FROM t" timed \
	"SELECT sum(churn_predict((SELECT model FROM models), t)) FROM samples t"
sql -c "CREATE VIEW scored AS SELECT t.userid, churn_predict(model, t) AS score FROM samples t, models"
candidate "sum(score) FROM a view of these" timed "SELECT sum(score) FROM scored"
candidate "churn_score(model, 't')" timed "SELECT sum(s.score) FROM models, churn_score(model, 'samples') s"
for peer in ${PREDICT_PEERS:-xgboost sklearn}; do
	! has_peer "$peer" || candidate "$peer, arrays in memory" "$python" bench/peer_forest.py predict "$peer" 10 "$SANDBOX/samples.npy"
done
compare_rows=$predict_rows
compare "$predict_rows rows by 100 trees of depth 10 ($(value 'SELECT pg_column_size(model) FROM models') bytes as stored)"

# a model without a limit of depth takes megabytes
sql -c "CREATE TABLE large AS SELECT model FROM churn_train('SELECT * FROM samples LIMIT 60000', options => '{\"trees\": 100, \"min_leaf\": 1}')" \
	-c "CREATE TABLE large_external (model churn_model)" -c "ALTER TABLE large_external ALTER model SET STORAGE EXTERNAL" \
	-c "INSERT INTO large_external SELECT model FROM large"
candidate "stored compressed, out of line" timed "SELECT sum(churn_predict(model, t)) FROM samples t, large"
candidate "stored out of line" timed "SELECT sum(churn_predict(model, t)) FROM samples t, large_external"
candidate "a value of the query" timed "SELECT sum(churn_predict((SELECT model FROM large), t)) FROM samples t"
candidate "a plain value, computed once" timed \
	"SELECT sum(churn_predict((SELECT churn_set_threshold(model, 0.5) FROM large), t)) FROM samples t"
compare_rows=$predict_rows
compare "$predict_rows rows by a model of $(value 'SELECT pg_column_size(model) FROM large_external') bytes"

# boosting, with the default options; trees of few levels share the tests that are made together
sql -c "CREATE TABLE boosted AS SELECT model FROM churn_train('SELECT * FROM samples LIMIT 200000', algorithm => 'gradient_boosting')"
candidate "boosting, of $(value "SELECT churn_info(model)->'trees' FROM boosted") trees" timed \
	"SELECT sum(churn_predict(model, t)) FROM samples t, boosted"
compare_rows=$predict_rows
compare "$predict_rows rows by boosting with the default options"

# features that a view computes from profiles, as they are stored and as of a date
predict_users=${PREDICT_USERS:-10000}
sql -c "CREATE TABLE profiles AS SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
		FROM churn_simulate_events($predict_users) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid" \
	-c "VACUUM ANALYZE profiles" \
	-c "CREATE TABLE churners AS SELECT model FROM churn_train('SELECT churn_label(profile) AS churned, f.* FROM profiles, churn_features(profile) AS f',
		options => '{\"trees\": 100, \"max_depth\": 10, \"min_leaf\": 1}')" \
	-c "CREATE VIEW features AS SELECT p.userid, f.* FROM profiles p, churn_features(p.profile) AS f" \
	-c "CREATE VIEW risks AS SELECT f.userid, churn_predict(model, f) AS score FROM features f, churners"
candidate "sum(days_active) FROM a view of churn_features" timed "SELECT sum(days_active) FROM features"
candidate "sum(score) FROM a view of these" timed "SELECT sum(score) FROM risks"
candidate "sum(churn_predict(model, profile, NULL))" timed "SELECT sum(churn_predict(model, profile, NULL)) FROM profiles, churners"
compare_rows=$(value 'SELECT count(*) FROM profiles')
compare "$compare_rows profiles"
unset PGOPTIONS
