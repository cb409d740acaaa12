"""A hyper-parameter search as nested runs, three levels deep, written by several threads at once."""

import random
from concurrent.futures import ThreadPoolExecutor

import mlflow
from common import client, equal, unique

experiment = mlflow.set_experiment(unique("nested"))
api = client()

with mlflow.start_run(run_name="sweep") as sweep:
    mlflow.log_param("budget", 12)
    for depth in (1, 2, 3):
        with mlflow.start_run(run_name=f"depth-{depth}", nested=True) as trial:
            mlflow.log_params({"depth": depth, "family": "tree"})
            for fold in range(2):
                with mlflow.start_run(run_name=f"fold-{fold}", nested=True):
                    mlflow.log_param("fold", fold)
                    mlflow.log_metric("loss", 1.0 / depth + fold / 100)
            mlflow.log_metric("loss", 1.0 / depth)
    mlflow.log_metric("best_loss", 1.0 / 3)

trials = api.search_runs(
    [experiment.experiment_id],
    f"tags.`mlflow.parentRunId` = '{sweep.info.run_id}'",
    order_by=["metrics.loss ASC"],
)
equal([run.data.params["depth"] for run in trials], ["3", "2", "1"], "trials ordered by loss")
for trial in trials:
    folds = api.search_runs(
        [experiment.experiment_id], f"tags.mlflow.parentRunId = '{trial.info.run_id}'", order_by=["params.fold DESC"]
    )
    equal([run.data.params["fold"] for run in folds], ["1", "0"], "folds of a trial")
    assert all(run.info.status == "FINISHED" for run in folds)
parent = mlflow.get_parent_run(trials[0].info.run_id)
equal(parent.info.run_id, sweep.info.run_id, "parent found by the client")


def trial_of(number: int) -> str:
    """One trial as a worker process would write it: through the client, without the fluent state."""
    run = api.create_run(
        experiment.experiment_id, run_name=f"worker-{number}", tags={"mlflow.parentRunId": sweep.info.run_id}
    )
    api.log_param(run.info.run_id, "number", number)
    chance = random.Random(number)
    for step in range(20):
        api.log_metric(run.info.run_id, "score", chance.random(), step=step)
    api.set_terminated(run.info.run_id, "FAILED" if number % 5 == 0 else "FINISHED")
    return run.info.run_id


with ThreadPoolExecutor(8) as pool:
    workers = list(pool.map(trial_of, range(24)))
found = api.search_runs([experiment.experiment_id], "run_name LIKE 'worker-%'", max_results=100)
equal({run.info.run_id for run in found}, set(workers), "runs of the workers")
equal(sum(run.info.status == "FAILED" for run in found), 5, "failed workers")
for run in found:
    chance = random.Random(int(run.data.params["number"]))
    expected = [chance.random() for _ in range(20)]
    equal(run.data.metrics["score"], expected[-1], "last score")
    equal([point.value for point in api.get_metric_history(run.info.run_id, "score")], expected, "history of a worker")
