"""The notebook's six features by DuckDB, timed.

peer_duckdb.py keep CSV DATABASE    the events of a CSV file, as a table
peer_duckdb.py memory DATABASE      features of that table
peer_duckdb.py json FILE            features of a file of JSON lines
peer_duckdb.py flat|nested FILE     events of another log by name, as any_log asks for them
"""
import os
import sys
import time

import duckdb

COLUMNS = {"userId": "VARCHAR", "sessionId": "BIGINT", "ts": "BIGINT", "page": "VARCHAR",
           "gender": "VARCHAR", "auth": "VARCHAR"}

# of the topic any_log: the columns that its query uses, and where the amount is
FLAT = {"at": "TIMESTAMP", "userId": "VARCHAR", "event": "VARCHAR", "amount": "DOUBLE"}
NESTED = {"at": "TIMESTAMP", "userId": "VARCHAR", "event": "VARCHAR", "properties": "STRUCT(amount DOUBLE)"}
BY_EVENT = """
SELECT event, count(*), sum({amount}), min("at"), max(userId) FROM {source} GROUP BY event
"""

# one pass over the events, one over the sessions
SIX = """
WITH session AS (
    SELECT userId, sessionId, max(gender) AS gender, min(ts) AS first, max(ts) AS last,
        count(*) FILTER (page = 'NextSong') AS songs,
        sum(ts // 3600000 % 24) FILTER (page = 'NextSong') AS hours,
        count(*) FILTER (page = 'Error') AS errors
    FROM {source} WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userId, sessionId
)
SELECT userId, coalesce(sum(hours) / nullif(sum(songs), 0), 0) AS avg_play_hour,
    CASE max(gender) WHEN 'M' THEN 1 WHEN 'F' THEN 0 END AS gender_dum,
    max(last) // 86400000 - min(first) // 86400000 AS days_active, count(*) AS n_sessions,
    coalesce(sum(songs) / nullif(count(*) FILTER (songs > 0), 0), 0) AS avg_sess_songs,
    sum(errors) AS n_errors
FROM session GROUP BY userId
"""


def timed(db, query):
    start, cpu = time.perf_counter(), time.process_time()
    rows = db.execute(query).fetchall()
    print(f"Time: {1e3 * (time.perf_counter() - start):.3f} ms")
    print(f"CPU: {1e3 * (time.process_time() - cpu):.3f} ms")
    print(len(rows), "rows")


def connect(path):
    return duckdb.connect(path, config={"threads": os.cpu_count()})


def main(mode, path, kept=None):
    if mode == "keep":
        connect(kept).execute("CREATE TABLE ev AS SELECT * FROM read_csv(?, header = true, columns = ?)",
                              [path, COLUMNS])
    elif mode == "memory":
        db = connect(path)
        db.execute(SIX.format(source="ev")).fetchall()
        timed(db, SIX.format(source="ev"))
    elif mode in ("flat", "nested"):
        columns, amount = (FLAT, "amount") if mode == "flat" else (NESTED, "properties.amount")
        source = f"read_json('{path}', format = 'newline_delimited', columns = {columns})"
        timed(connect(":memory:"), BY_EVENT.format(source=source, amount=amount))
    else:
        source = f"read_json('{path}', format = 'newline_delimited', columns = {COLUMNS})"
        timed(connect(":memory:"), SIX.format(source=source))


main(*sys.argv[1:])
