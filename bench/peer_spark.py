"""The notebook's whole job by Spark, timed: JSON lines, six features, four models by CrossValidator.

peer_spark.py FILE

The settings are those of bench/topics/notebook.sh, the job that of the notebook: users' features and label,
a fifth of the users held out, three folds, the best of each family by weighted F1.  The session is there
before the clock starts, and the schema is given, which saves a pass over the file.
"""
import sys
import time

from pyspark.ml import Pipeline
from pyspark.ml.classification import GBTClassifier, LogisticRegression, NaiveBayes, RandomForestClassifier
from pyspark.ml.evaluation import BinaryClassificationEvaluator, MulticlassClassificationEvaluator
from pyspark.ml.feature import MinMaxScaler, VectorAssembler
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
from pyspark.sql import SparkSession

SCHEMA = "userId STRING, sessionId BIGINT, ts BIGINT, page STRING, gender STRING, auth STRING"
FEATURES = ["avg_play_hour", "gender_dum", "days_active", "n_sessions", "avg_sess_songs", "n_errors"]

# one pass over the events, one over the sessions
SIX = """
WITH session AS (
    SELECT userId, sessionId, max(gender) AS gender, min(ts) AS first, max(ts) AS last,
        count_if(page = 'NextSong') AS songs, sum(CASE page WHEN 'NextSong' THEN ts div 3600000 % 24 END) AS hours,
        count_if(page = 'Error') AS errors, bool_or(page = 'Cancellation Confirmation') AS churned
    FROM log WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userId, sessionId
)
SELECT userId, int(bool_or(churned)) AS label, coalesce(sum(hours) / nullif(sum(songs), 0), 0) AS avg_play_hour,
    CASE max(gender) WHEN 'M' THEN 1 ELSE 0 END AS gender_dum,
    max(last) div 86400000 - min(first) div 86400000 AS days_active, count(*) AS n_sessions,
    coalesce(sum(songs) / nullif(count_if(songs > 0), 0), 0) AS avg_sess_songs, sum(errors) AS n_errors
FROM session GROUP BY userId
"""


def models():
    yield "logistic_regression", LogisticRegression(maxIter=100)
    yield "random_forest", RandomForestClassifier(numTrees=100, maxDepth=10, seed=42)
    yield "gradient_boosting", GBTClassifier(maxIter=100, maxDepth=6, stepSize=0.1, seed=42)
    yield "naive_bayes", NaiveBayes()


def lap(name, start):
    print(f"{name} {time.perf_counter() - start:.2f}", flush=True)


def main(path):
    spark = (SparkSession.builder.master("local[2]").config("spark.driver.memory", "8g")
             .config("spark.sql.shuffle.partitions", "4").config("spark.ui.enabled", "false").getOrCreate())
    spark.sparkContext.setLogLevel("ERROR")
    spark.range(10).count()
    f1 = MulticlassClassificationEvaluator(metricName="f1")
    auc = BinaryClassificationEvaluator(metricName="areaUnderROC")

    start = time.perf_counter()
    spark.read.schema(SCHEMA).json(path).createOrReplaceTempView("log")
    rows = spark.sql(SIX).cache()
    lap(f"features of {rows.count()} users", start)
    # of all rows, as the multinomial naive Bayes takes nothing below 0, which a row held out may have else
    scaler = Pipeline(stages=[VectorAssembler(inputCols=FEATURES, outputCol="raw"), MinMaxScaler(inputCol="raw", outputCol="features")])
    rows = scaler.fit(rows).transform(rows)
    train, held = (part.cache() for part in rows.randomSplit([0.8, 0.2], seed=42))
    for name, learner in models():
        begun = time.perf_counter()
        search = CrossValidator(estimator=learner, estimatorParamMaps=ParamGridBuilder().build(),
                                evaluator=f1, numFolds=3, seed=42, parallelism=2)
        fitted = search.fit(train)
        told = fitted.transform(held)
        print(f"{name} cv_f1 {fitted.avgMetrics[0]:.4f} holdout_f1 {f1.evaluate(told):.4f} holdout_auc {auc.evaluate(told):.4f}")
        lap(name, begun)
    print(f"Time: {1e3 * (time.perf_counter() - start):.3f} ms")
    spark.stop()


main(sys.argv[1])
