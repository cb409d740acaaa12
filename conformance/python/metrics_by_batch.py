"""20,000 metric values by log_batch: ten keys of 2,000 steps each, in batches of 1,000, all of them read back."""

import time

from common import client, equal, new_experiment
from mlflow.entities import Metric, Param, RunTag

STEPS = 2000
KEYS = [f"series/{number}" for number in range(10)]

api = client()
run_id = api.create_run(new_experiment("batches")).info.run_id
now = int(time.time() * 1000)


def value(key: int, step: int) -> float:
    """A value that no other (key, step) has."""
    return key * 1000.0 + step / 7.0


for start in range(0, STEPS, 100):
    batch = [
        Metric(key, value(number, step), now + step, step)
        for number, key in enumerate(KEYS)
        for step in range(start, start + 100)
    ]
    equal(len(batch), 1000, "size of a batch")
    api.log_batch(run_id, metrics=batch, params=[Param(f"p{start}", str(start))], tags=[RunTag("at", str(start))])

run = api.get_run(run_id)
equal(run.data.metrics, {key: value(number, STEPS - 1) for number, key in enumerate(KEYS)}, "last values")
equal(run.data.params, {f"p{start}": str(start) for start in range(0, STEPS, 100)}, "params")
equal(run.data.tags["at"], str(STEPS - 100), "tag")
for number, key in enumerate(KEYS):
    history = api.get_metric_history(run_id, key)
    equal([point.step for point in history], list(range(STEPS)), f"steps of {key}")
    equal([point.value for point in history], [value(number, step) for step in range(STEPS)], f"values of {key}")
    equal([point.timestamp for point in history], [now + step for step in range(STEPS)], f"timestamps of {key}")

# The same batch once more changes nothing: an exact repeat is one point.
api.log_batch(run_id, metrics=[Metric(KEYS[0], value(0, step), now + step, step) for step in range(100)])
equal(len(api.get_metric_history(run_id, KEYS[0])), STEPS, "points after an exact repeat")
