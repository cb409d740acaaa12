"""A login by environment variables alone: logs a run with an artifact, finds it and registers a model.

With EXPECT_REFUSAL=1 the same login must be refused at once, with words that help.
"""

import os
import time

import mlflow
from common import client, equal, unique
from mlflow.exceptions import MlflowException

if os.environ.get("EXPECT_REFUSAL"):
    started = time.monotonic()
    try:
        client().search_experiments()
    except MlflowException as problem:
        assert "MLFLOW_TRACKING_TOKEN" in str(problem), problem
        equal(problem.error_code, "UNAUTHENTICATED", "error code")
    else:
        raise AssertionError("the login was accepted")
    assert time.monotonic() - started < 10, "the refusal was tried again"
else:
    experiment = mlflow.set_experiment(unique("identity"))
    with mlflow.start_run() as run:
        mlflow.log_param("by", "token")
        mlflow.log_metrics({"loss": 0.5, "accuracy": 0.9})
        mlflow.log_text("only for those who have logged in", "notes/secret.txt")
    found = client().search_runs([experiment.experiment_id], "metrics.loss < 1")
    equal([one.info.run_id for one in found], [run.info.run_id], "runs found")
    equal(mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/notes/secret.txt"), "only for those who have logged in")
    equal([one.path for one in client().list_artifacts(run.info.run_id)], ["notes"], "artifacts")
    name = unique("model")
    client().create_registered_model(name)
    equal(client().get_registered_model(name).name, name, "model")
