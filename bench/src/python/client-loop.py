"""The stock client's own loop of mlflow.log_metric calls.

    client-loop.py <tracking URI> <experiment id> <calls>

Prints "ready" when a run has been started, begins when a line arrives on standard input, and prints the seconds which
the loop alone took, as JSON.
"""

import json
import sys
import time

import mlflow

tracking_uri, experiment_id, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
mlflow.set_tracking_uri(tracking_uri)
with mlflow.start_run(experiment_id=experiment_id) as run:
    mlflow.log_metric("warm_up", 0.0)
    print("ready", flush=True)
    sys.stdin.readline()
    start = time.perf_counter()
    for step in range(calls):
        mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "run_id": run.info.run_id}), flush=True)
