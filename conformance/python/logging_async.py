"""Asynchronous logging: by argument, and switched on for the whole process; nothing is lost once it is flushed."""

import mlflow
from common import client, equal, unique

api = client()
mlflow.set_experiment(unique("async"))

with mlflow.start_run() as run:
    operations = [mlflow.log_metric("loss", float(step), step=step, synchronous=False) for step in range(300)]
    operations.append(mlflow.log_param("lr", 0.01, synchronous=False))
    operations.append(mlflow.log_params({"layers": 3, "act": "relu"}, synchronous=False))
    operations.append(mlflow.log_metrics({"m1": 1.5, "m2": 2.5}, step=7, synchronous=False))
    operations.append(mlflow.set_tag("phase", "warm-up", synchronous=False))
    operations.append(mlflow.set_tags({"a": "1", "b": "2"}, synchronous=False))
    for operation in operations:
        operation.wait()
read = api.get_run(run.info.run_id)
equal(read.data.params, {"lr": "0.01", "layers": "3", "act": "relu"}, "params")
equal(read.data.metrics, {"loss": 299.0, "m1": 1.5, "m2": 2.5}, "metrics")
equal((read.data.tags["phase"], read.data.tags["a"], read.data.tags["b"]), ("warm-up", "1", "2"), "tags")
equal([point.value for point in api.get_metric_history(run.info.run_id, "loss")], [float(n) for n in range(300)], "loss")

mlflow.config.enable_async_logging(True)
try:
    with mlflow.start_run() as run:
        for step in range(500):
            mlflow.log_metric("acc", step / 500, step=step)
        mlflow.log_params({f"p{number}": number for number in range(150)})
        mlflow.set_tag("kind", "all async")
        with mlflow.start_run(nested=True) as child:
            mlflow.log_metric("child", 1.0)
    mlflow.flush_async_logging()
finally:
    mlflow.config.enable_async_logging(False)
read = api.get_run(run.info.run_id)
equal(len(api.get_metric_history(run.info.run_id, "acc")), 500, "points of acc")
equal(len(read.data.params), 150, "params")
equal(read.data.tags["kind"], "all async", "tag")
equal(read.info.status, "FINISHED", "status")
equal(api.get_run(child.info.run_id).data.metrics, {"child": 1.0}, "metrics of the child")

# A refused write surfaces where it is waited for, and harms nothing that was logged beside it.
with mlflow.start_run() as run:
    mlflow.log_param("fixed", "1")
    refused = mlflow.log_param("fixed", "2", synchronous=False)
    fine = mlflow.log_metric("fine", 1.0, synchronous=False)
    try:
        refused.wait()
    except Exception as problem:  # the client wraps what the server said
        assert "fixed" in str(problem), problem
    else:
        raise AssertionError("changing a param must be refused")
    fine.wait()
equal(api.get_run(run.info.run_id).data.metrics, {"fine": 1.0}, "metric beside the refused param")
