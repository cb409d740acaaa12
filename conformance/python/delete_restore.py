"""The life cycle: runs and experiments deleted, refused while deleted, restored, renamed; tags of both."""

from common import client, equal, refused, refused_by_mlflow, unique
from mlflow.entities import ViewType

api = client()
name = unique("life")
experiment_id = api.create_experiment(name, tags={"first": "1"})
run_id = api.create_run(experiment_id, run_name="kept").info.run_id
other_id = api.create_run(experiment_id, run_name="gone").info.run_id
api.log_metric(run_id, "m", 1.0)


def stage(run: str) -> str:
    """Life-cycle stage of a run."""
    return api.get_run(run).info.lifecycle_stage


# Runs.
api.delete_run(other_id)
equal((stage(run_id), stage(other_id)), ("active", "deleted"), "stages")
with refused("INVALID_PARAMETER_VALUE", other_id):
    api.log_metric(other_id, "m", 1.0)
with refused("INVALID_PARAMETER_VALUE", other_id):
    api.log_param(other_id, "p", "1")
with refused("INVALID_PARAMETER_VALUE", other_id):
    api.set_tag(other_id, "t", "1")
with refused("INVALID_PARAMETER_VALUE", other_id):
    api.set_terminated(other_id)
equal([run.info.run_id for run in api.search_runs([experiment_id])], [run_id], "search finds the active one")
api.restore_run(other_id)
equal(stage(other_id), "active", "restored")
api.set_tag(other_id, "t", "1")
api.set_terminated(other_id, "KILLED")
equal(api.get_run(other_id).info.status, "KILLED", "terminated after the restore")

# Experiments, and their runs with them.
api.delete_experiment(experiment_id)
equal(api.get_experiment(experiment_id).lifecycle_stage, "deleted", "stage of the experiment")
equal((stage(run_id), stage(other_id)), ("deleted", "deleted"), "runs go with their experiment")
equal(api.get_experiment_by_name(name).experiment_id, experiment_id, "found by its name while deleted")
with refused("INVALID_PARAMETER_VALUE", experiment_id):
    api.create_run(experiment_id)
with refused("RESOURCE_ALREADY_EXISTS", name):
    api.create_experiment(name)
with refused("INVALID_PARAMETER_VALUE"):
    api.set_experiment_tag(experiment_id, "k", "v")
with refused_by_mlflow("RESOURCE_DOES_NOT_EXIST"):
    api.delete_experiment(experiment_id)
assert experiment_id in {item.experiment_id for item in api.search_experiments(ViewType.DELETED_ONLY)}
api.restore_experiment(experiment_id)
equal(api.get_experiment(experiment_id).lifecycle_stage, "active", "restored experiment")
equal((stage(run_id), stage(other_id)), ("active", "active"), "restored runs")
with refused_by_mlflow("RESOURCE_DOES_NOT_EXIST"):
    api.restore_experiment(experiment_id)
equal(api.get_run(run_id).data.metrics, {"m": 1.0}, "metrics survive")

# Renaming.
renamed = unique("life-renamed")
before = api.get_experiment(experiment_id).last_update_time
api.rename_experiment(experiment_id, renamed)
equal(api.get_experiment(experiment_id).name, renamed, "new name")
assert api.get_experiment(experiment_id).last_update_time >= before
assert api.get_experiment_by_name(name) is None, "the old name is free"
api.create_experiment(name)
api.update_run(run_id, name="now called so")
equal(api.get_run(run_id).info.run_name, "now called so", "renamed run")
equal(api.get_run(run_id).data.tags["mlflow.runName"], "now called so", "its tag")

# Tags of experiments and runs.
api.set_experiment_tag(experiment_id, "second", "2")
api.set_experiment_tag(experiment_id, "first", "changed")
equal(api.get_experiment(experiment_id).tags, {"first": "changed", "second": "2"}, "experiment tags")
if hasattr(api, "delete_experiment_tag"):
    api.delete_experiment_tag(experiment_id, "first")
    equal(api.get_experiment(experiment_id).tags, {"second": "2"}, "experiment tags after a deletion")
api.set_tag(run_id, "t", "1")
api.set_tag(run_id, "t", "2")
equal(api.get_run(run_id).data.tags["t"], "2", "overwritten tag")
api.delete_tag(run_id, "t")
assert "t" not in api.get_run(run_id).data.tags
with refused_by_mlflow("RESOURCE_DOES_NOT_EXIST", "t"):
    api.delete_tag(run_id, "t")

# What does not exist.
missing = "0" * 32
with refused("RESOURCE_DOES_NOT_EXIST", missing):
    api.get_run(missing)
with refused("RESOURCE_DOES_NOT_EXIST", missing):
    api.log_metric(missing, "m", 1.0)
with refused("RESOURCE_DOES_NOT_EXIST"):
    api.get_experiment("999999999")
assert api.get_experiment_by_name(unique("never made")) is None
