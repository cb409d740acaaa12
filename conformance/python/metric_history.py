"""Metric history: order, pages, duplicates, several values at a step, a history longer than one page."""

import math
import os

import requests
from common import client, equal, new_experiment
from mlflow.entities import Metric

api = client()
run_id = api.create_run(new_experiment("history")).info.run_id
BASE = 1_700_000_000_000

# Order is timestamp, step, value, whatever the order of logging.
for value, timestamp, step in [(3.0, 30, 1), (1.0, 10, 5), (2.0, 20, 0), (0.5, 20, 0), (math.nan, 40, 2), (9.0, 10, 4)]:
    api.log_metric(run_id, "mixed", value, timestamp=BASE + timestamp, step=step)
history = [(point.value, point.timestamp - BASE, point.step) for point in api.get_metric_history(run_id, "mixed")]
equal(history[:-1], [(9.0, 10, 4), (1.0, 10, 5), (0.5, 20, 0), (2.0, 20, 0), (3.0, 30, 1)], "order")
assert math.isnan(history[-1][0]) and history[-1][1:] == (40, 2), history[-1]
equal(api.get_run(run_id).data.metrics["mixed"], 1.0, "the last value is that of the greatest step")

# An exact repeat is dropped, another value at the same place is kept.
for value in (1.0, 1.0, 2.0, 1.0):
    api.log_metric(run_id, "repeat", value, timestamp=BASE, step=0)
equal([point.value for point in api.get_metric_history(run_id, "repeat")], [1.0, 2.0], "repeats")

# Longer than the client's page of 25,000.
TOTAL = 26_000
for start in range(0, TOTAL, 1000):
    api.log_batch(run_id, [Metric("long", float(step), BASE + step, step) for step in range(start, start + 1000)])
points = api.get_metric_history(run_id, "long")
equal(len(points), TOTAL, "points of the long history")
assert all(point.step == step and point.value == float(step) for step, point in enumerate(points))

# Pages by hand, as other clients ask for them.
address = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/metrics/get-history"
steps, token, pages = [], None, 0
while True:
    query = {"run_id": run_id, "metric_key": "long", "max_results": 7000, **({"page_token": token} if token else {})}
    body = requests.get(address, query, timeout=60).json()
    steps += [point["step"] for point in body["metrics"]]
    pages += 1
    token = body.get("next_page_token")
    if not token:
        break
equal(pages, 4, "pages")
equal(steps, list(range(TOTAL)), "steps of all pages")

# A chart of it: as many points as asked for, the first and the very last among them.
body = requests.get(
    os.environ["MLFLOW_TRACKING_URI"] + "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval",
    {"run_ids": run_id, "metric_key": "long", "max_results": 100},
    timeout=60,
).json()
sampled = [point["step"] for point in body["metrics"]]
equal((len(sampled), sampled[0], sampled[-1]), (100, 0, TOTAL - 1), "sampled points")

equal(list(api.get_metric_history(run_id, "unknown")), [], "history of an unknown key")
