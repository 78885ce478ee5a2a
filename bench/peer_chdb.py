"""The notebook's six features by ClickHouse in the process (chdb), from a file of JSON lines, timed.

peer_chdb.py json FILE
"""
import sys
import time

import chdb

# one pass over the events, one over the sessions
SIX = """
WITH session AS (
    SELECT userId, sessionId, max(gender) AS gender, min(ts) AS first, max(ts) AS last,
        countIf(page = 'NextSong') AS songs, sumIf(intDiv(ts, 3600000) % 24, page = 'NextSong') AS hours,
        countIf(page = 'Error') AS errors
    FROM file('{path}', JSONEachRow, 'userId String, sessionId Int64, ts Int64, page LowCardinality(String),
        gender LowCardinality(Nullable(String)), auth LowCardinality(String)')
    WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userId, sessionId
)
SELECT userId, if(sum(songs) > 0, sum(hours) / sum(songs), 0) AS avg_play_hour,
    multiIf(any(gender) = 'M', 1, any(gender) = 'F', 0, NULL) AS gender_dum,
    intDiv(max(last), 86400000) - intDiv(min(first), 86400000) AS days_active, count() AS n_sessions,
    if(sum(songs) > 0, sum(songs) / countIf(songs > 0), 0) AS avg_sess_songs, sum(errors) AS n_errors
FROM session GROUP BY userId
SETTINGS max_threads = 2
"""


def main(path):
    # the library starts its server with the first query
    chdb.query("SELECT 1")
    start, cpu = time.perf_counter(), time.process_time()
    rows = chdb.query(SIX.format(path=path), "TabSeparated").bytes().count(b"\n")
    print(f"Time: {1e3 * (time.perf_counter() - start):.3f} ms")
    print(f"CPU: {1e3 * (time.process_time() - cpu):.3f} ms")
    print(rows, "users")


main(sys.argv[2])
