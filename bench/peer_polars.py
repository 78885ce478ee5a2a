"""The notebook's six features by Polars, from a file of JSON lines, timed.

peer_polars.py json FILE
"""
import sys
import time

import polars as pl

COLUMNS = {"userId": pl.String, "sessionId": pl.Int64, "ts": pl.Int64, "page": pl.String, "gender": pl.String,
           "auth": pl.String}
HOUR, DAY = 3_600_000, 86_400_000


def six(events):
    song = pl.col("page") == "NextSong"
    sessions = events.filter(~pl.col("auth").is_in(["Logged Out", "Guest"])).group_by("userId", "sessionId").agg(
        pl.col("gender").max(), pl.col("ts").min().alias("first"), pl.col("ts").max().alias("last"),
        song.sum().alias("songs"), (pl.col("ts") // HOUR % 24).filter(song).sum().alias("hours"),
        (pl.col("page") == "Error").sum().alias("errors"))
    songs = pl.col("songs").sum()
    return sessions.group_by("userId").agg(
        pl.when(songs > 0).then(pl.col("hours").sum() / songs).otherwise(0).alias("avg_play_hour"),
        pl.col("gender").max().replace_strict({"M": 1, "F": 0}, default=None).alias("gender_dum"),
        (pl.col("last").max() // DAY - pl.col("first").min() // DAY).alias("days_active"),
        pl.len().alias("n_sessions"),
        pl.when(songs > 0).then(songs / (pl.col("songs") > 0).sum()).otherwise(0).alias("avg_sess_songs"),
        pl.col("errors").sum().alias("n_errors"))


def main(path):
    start, cpu = time.perf_counter(), time.process_time()
    rows = six(pl.scan_ndjson(path, schema=COLUMNS)).collect(engine="streaming")
    print(f"Time: {1e3 * (time.perf_counter() - start):.3f} ms")
    print(f"CPU: {1e3 * (time.process_time() - cpu):.3f} ms")
    print(len(rows), "users")


main(sys.argv[2])
