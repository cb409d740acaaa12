"""Two workspaces of one platform and a workspace of another: who sees which part of the registry.

Beside MLFLOW_TRACKING_URI it takes RUNSTEAD_SECOND_WORKSPACE and RUNSTEAD_OTHER_PLATFORM, the tracking URIs of another
workspace of the same platform and of a workspace of another platform.
"""

import os

import mlflow
import numpy as np
from common import CLIENT_MAJOR, client, equal, refused, unique
from mlflow import MlflowClient
from sklearn.linear_model import LinearRegression

first = client()
second = MlflowClient(os.environ["RUNSTEAD_SECOND_WORKSPACE"])
other = MlflowClient(os.environ["RUNSTEAD_OTHER_PLATFORM"])
name = unique("shared")
features = np.arange(20.0).reshape(10, 2)
where = {"name": "model"} if CLIENT_MAJOR >= 3 else {"artifact_path": "model"}

# Logged and registered in the first workspace.
experiment = mlflow.set_experiment(unique("shared"))
with mlflow.start_run() as run:
    mlflow.sklearn.log_model(
        LinearRegression().fit(features, features[:, 0] * 3), registered_model_name=name, input_example=features, **where
    )
first.set_registered_model_alias(name, "champion", "1")

# The second sees the model, changes it and registers another version of it; both see that.
equal(dict(second.get_registered_model(name).aliases), dict(first.get_registered_model(name).aliases), "aliases")
equal(second.get_model_version(name, "1").run_id, run.info.run_id, "run of the version")
second.set_model_version_tag(name, "1", "checked", "second")
equal(first.get_model_version(name, "1").tags["checked"], "second", "a tag of the other workspace")
second.create_model_version(name, f"models:/{name}/1")
equal([str(version.version) for version in first.search_model_versions(f"name = '{name}'")], ["2", "1"], "versions")
equal([model.name for model in second.search_registered_models(f"name = '{name}'")], [name], "search")
with refused("RESOURCE_ALREADY_EXISTS", name):
    second.create_registered_model(name)
# Runs and experiments stay where they are.
with refused("RESOURCE_DOES_NOT_EXIST"):
    second.get_run(run.info.run_id)
equal(second.get_experiment_by_name(experiment.name), None, "an experiment of the other workspace")

# The other platform sees none of it, and has names of its own.
with refused("RESOURCE_DOES_NOT_EXIST", name):
    other.get_registered_model(name)
with refused("RESOURCE_DOES_NOT_EXIST", name):
    other.get_model_version(name, "1")
with refused("RESOURCE_DOES_NOT_EXIST", name):
    other.delete_registered_model(name)
equal([model.name for model in other.search_registered_models(f"name = '{name}'")], [], "search on the other platform")
equal(list(other.search_model_versions(f"name = '{name}'")), [], "versions on the other platform")
with refused("RESOURCE_DOES_NOT_EXIST"):
    other.create_model_version(name, f"models:/{name}/1")
other.create_registered_model(name, description="mine")
equal(first.get_registered_model(name).description or "", "", "the model of the first platform")
other.delete_registered_model(name)
equal(str(second.get_model_version_by_alias(name, "champion").version), "1", "it is still there")

# The model is loaded from either workspace.
for uri in (os.environ["MLFLOW_TRACKING_URI"], os.environ["RUNSTEAD_SECOND_WORKSPACE"]):
    mlflow.set_tracking_uri(uri)
    for address in (f"models:/{name}@champion", f"models:/{name}/2"):
        got = mlflow.pyfunc.load_model(address).predict(features)
        assert np.allclose(got, features[:, 0] * 3), f"{address} at {uri}"
