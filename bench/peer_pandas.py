"""The notebook's six features by pandas, timed.

peer_pandas.py keep CSV PICKLE     the events of a CSV file, as a data frame
peer_pandas.py memory PICKLE       features of that data frame
peer_pandas.py json FILE           features of a file of JSON lines
"""
import sys
import time

import pandas as pd

COLUMNS = ["userId", "sessionId", "ts", "page", "gender", "auth"]


def six(ev):
    ev = ev[~ev.auth.isin(["Logged Out", "Guest"])]
    songs = ev[ev.page == "NextSong"]
    day = ev.ts // 86400000
    users = ev.groupby("userId", observed=True)
    songs_of = songs.groupby("userId", observed=True)
    days = day.groupby(ev.userId, observed=True)
    out = pd.DataFrame({
        "gender_dum": users.gender.first().map({"M": 1, "F": 0}),
        "days_active": days.max() - days.min(),
        "n_sessions": users.sessionId.nunique(),
        "n_errors": (ev.page == "Error").groupby(ev.userId, observed=True).sum(),
    })
    hours = songs.ts // 3600000 % 24
    out["avg_play_hour"] = hours.groupby(songs.userId, observed=True).mean()
    out["avg_sess_songs"] = songs_of.size() / songs_of.sessionId.nunique()
    return out.fillna({"avg_play_hour": 0, "avg_sess_songs": 0})


def read_json(path):
    parts = pd.read_json(path, lines=True, chunksize=200000, dtype={"userId": str},
                         convert_dates=False)
    return pd.concat([part[COLUMNS] for part in parts], ignore_index=True)


def timed(work):
    start, cpu = time.perf_counter(), time.process_time()
    result = work()
    print(f"Time: {1e3 * (time.perf_counter() - start):.3f} ms")
    print(f"CPU: {1e3 * (time.process_time() - cpu):.3f} ms")
    print(len(result), "users")


def main(mode, path, kept=None):
    if mode == "keep":
        texts = {name: "category" for name in ("userId", "page", "gender", "auth")}
        pd.read_csv(path, dtype=texts, keep_default_na=True).to_pickle(kept)
    elif mode == "memory":
        ev = pd.read_pickle(path)
        six(ev)
        timed(lambda: six(ev))
    else:
        timed(lambda: six(read_json(path)))


if __name__ == "__main__":
    main(*sys.argv[1:])
