"""Metric values one call each: 1,000 by the client, 1,000 by the fluent loop every training script has."""

import mlflow
from common import client, equal, unique

experiment = mlflow.set_experiment(unique("one-by-one"))
api = client()

with mlflow.start_run() as run:
    for step in range(1000):
        mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
    mlflow.log_metrics({"a": 1.0, "b": 2.0}, step=5)
history = api.get_metric_history(run.info.run_id, "loss")
equal([(point.step, point.value) for point in history], [(step, 1.0 / (step + 1)) for step in range(1000)], "loss")
equal(api.get_run(run.info.run_id).data.metrics, {"loss": 0.001, "a": 1.0, "b": 2.0}, "last values")

other = api.create_run(experiment.experiment_id).info.run_id
for number in range(1000):
    # Going backwards: the last value is the one of the greatest step, not of the latest call.
    api.log_metric(other, "countdown", float(number), timestamp=1_700_000_000_000 + number, step=999 - number)
equal(api.get_run(other).data.metrics["countdown"], 0.0, "value at the greatest step")
equal(len(api.get_metric_history(other, "countdown")), 1000, "points")
