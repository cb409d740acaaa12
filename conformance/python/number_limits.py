"""Numbers at their limits: NaN, infinities, the smallest and largest doubles, 64-bit steps and timestamps, exactly."""

import math

import mlflow
from common import client, equal, new_experiment
from mlflow.entities import Metric

api = client()
run_id = api.create_run(new_experiment("numbers")).info.run_id
LARGEST = 1.7976931348623157e308
MAX_INT64 = 2**63 - 1

VALUES = {
    "zero": 0.0,
    "tiny": 5e-324,
    "third": 1 / 3,
    "tenth": 0.1 + 0.2,
    "large": LARGEST,
    "small": -LARGEST,
    "exact": 2.0**53 + 2,
    "integer": 123456789012345680.0,
}
api.log_batch(run_id, [Metric(key, value, 1, 0) for key, value in VALUES.items()])
equal(api.get_run(run_id).data.metrics, VALUES, "doubles")
for key, value in VALUES.items():
    equal(api.get_metric_history(run_id, key)[0].value, value, f"history of {key}")

for key, value, stored in (("inf", math.inf, LARGEST), ("-inf", -math.inf, -LARGEST)):
    api.log_metric(run_id, key, value)
    equal(api.get_run(run_id).data.metrics[key], stored, key)
api.log_metric(run_id, "nan", math.nan)
assert math.isnan(api.get_run(run_id).data.metrics["nan"])
assert math.isnan(api.get_metric_history(run_id, "nan")[0].value)

# Steps and timestamps of 64 bits come back to the digit.
STEPS = [-(2**63), -(2**53) - 1, -1, 0, 1, 2**31, 2**53 + 1, MAX_INT64 - 1, MAX_INT64]
for number, step in enumerate(STEPS):
    api.log_metric(run_id, "steps", float(number), timestamp=1_700_000_000_000, step=step)
equal([point.step for point in api.get_metric_history(run_id, "steps")], STEPS, "steps")
equal(api.get_run(run_id).data.metrics["steps"], float(len(STEPS) - 1), "value at the greatest step")
TIMES = [0, 1, 2**53 + 1, MAX_INT64]
api.log_batch(run_id, [Metric("times", float(number), time, 0) for number, time in enumerate(TIMES)])
equal([point.timestamp for point in api.get_metric_history(run_id, "times")], TIMES, "timestamps")

other = api.create_run(api.get_run(run_id).info.experiment_id, start_time=2**53 + 1)
equal(api.get_run(other.info.run_id).info.start_time, 2**53 + 1, "start time")
api.set_terminated(other.info.run_id, end_time=MAX_INT64)
equal(api.get_run(other.info.run_id).info.end_time, MAX_INT64, "end time")
found = api.search_runs([other.info.experiment_id], f"start_time = {2**53 + 1} AND end_time = {MAX_INT64}")
equal([run.info.run_id for run in found], [other.info.run_id], "search by exact times")

# NaN against numbers: greater values win at one step and time, and NaN counts as zero there.
for key, values, last in (("n1", [math.nan, 1.0], 1.0), ("n2", [1.0, math.nan], 1.0), ("n3", [-1.0, math.nan], math.nan)):
    for value in values:
        api.log_metric(run_id, key, value, timestamp=5, step=5)
    read = api.get_run(run_id).data.metrics[key]
    assert read == last or (math.isnan(read) and math.isnan(last)), f"{key}: {read}"
assert math.isnan(mlflow.get_run(run_id).data.metrics["nan"]), "the fluent interface reads the same"
