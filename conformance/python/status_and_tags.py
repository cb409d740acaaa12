"""Status, times, run names, descriptions and system tags as the fluent interface and the client leave them."""

import time

import mlflow
from common import client, equal, unique

api = client()
experiment = mlflow.set_experiment(unique("status"))

# The end of a run, by each way.
with mlflow.start_run() as finished:
    equal(api.get_run(finished.info.run_id).info.status, "RUNNING", "while it runs")
try:
    with mlflow.start_run() as failed:
        raise ValueError("a training that breaks")
except ValueError:
    pass
mlflow.start_run()
killed = mlflow.active_run()
mlflow.end_run("KILLED")
for run, status in ((finished, "FINISHED"), (failed, "FAILED"), (killed, "KILLED")):
    info = api.get_run(run.info.run_id).info
    equal(info.status, status, "status")
    assert info.start_time <= info.end_time <= int(time.time() * 1000) + 1000

for status in ("FINISHED", "FAILED", "KILLED", "RUNNING", "SCHEDULED"):
    run_id = api.create_run(experiment.experiment_id).info.run_id
    api.set_terminated(run_id, status, end_time=1_700_000_000_123)
    info = api.get_run(run_id).info
    equal((info.status, info.end_time), (status, 1_700_000_000_123), "set_terminated")
api.update_run(run_id, status="RUNNING", name="again")
equal(api.get_run(run_id).info.status, "RUNNING", "back to running")

# A run taken up again.
with mlflow.start_run(run_id=finished.info.run_id):
    mlflow.log_metric("later", 1.0)
equal(api.get_run(finished.info.run_id).data.metrics, {"later": 1.0}, "metric of the resumed run")

# Names, descriptions and tags that the client sets by itself.
with mlflow.start_run(run_name="näme", description="*what* it is", tags={"own": "tag"}) as run:
    mlflow.set_tags({"a": "1", "b": 2, "c": None})
    mlflow.delete_tag("b")
tags = api.get_run(run.info.run_id).data.tags
equal(tags["mlflow.runName"], "näme", "run name tag")
equal(tags["mlflow.note.content"], "*what* it is", "description")
equal((tags["own"], tags["a"], tags["c"]), ("tag", "1", "None"), "tags")
assert "b" not in tags
equal(tags["mlflow.source.type"], "LOCAL", "source type")
assert tags["mlflow.user"], "user tag"
unnamed = api.create_run(experiment.experiment_id)
assert unnamed.info.run_name and unnamed.data.tags["mlflow.runName"] == unnamed.info.run_name, "a name is made up"

# Limits: a param and a tag are cut, a tag of an experiment is not.
run_id = unnamed.info.run_id
api.log_param(run_id, "long", "p" * 6000)
api.set_tag(run_id, "long", "t" * 8000)
api.set_experiment_tag(experiment.experiment_id, "long", "e" * 5000)
read = api.get_run(run_id)
equal((len(read.data.params["long"]), len(read.data.tags["long"])), (6000, 8000), "longest values")
equal(len(api.get_experiment(experiment.experiment_id).tags["long"]), 5000, "experiment tag")
