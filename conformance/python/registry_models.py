"""A scikit-learn model through its life in the registry: logged, registered in every way, aliased, staged, loaded, copied."""

import os
import tempfile

import mlflow
import numpy as np
from common import CLIENT_MAJOR, client, equal, refused, unique
from mlflow.models import infer_signature
from sklearn.linear_model import LinearRegression

api = client()
mlflow.set_experiment(unique("registry"))
name = unique("Häuser")
features = np.arange(20.0).reshape(10, 2)


def train(slope: float) -> LinearRegression:
    """A model that multiplies the first column."""
    return LinearRegression().fit(features, features[:, 0] * slope)


def log(model: LinearRegression, **options):
    """Logs a model under the name `model` in the active run, as this client line spells it."""
    where = {"name": "model"} if CLIENT_MAJOR >= 3 else {"artifact_path": "model"}
    signature = infer_signature(features, model.predict(features))
    return mlflow.sklearn.log_model(model, signature=signature, input_example=features[:2], **where, **options)


def predicts(address: str, slope: float) -> None:
    """Loads the model of an address twice, as scikit-learn's and as a pyfunc, and compares what it predicts."""
    for load in (mlflow.sklearn.load_model, mlflow.pyfunc.load_model):
        got = load(address).predict(features)
        assert np.allclose(got, features[:, 0] * slope), f"{address} predicts {got} instead of {slope} times the input"


# 1: registered while it is logged, which creates the registered model too.
with mlflow.start_run() as first_run:
    info = log(train(1), registered_model_name=name)
equal(int(info.registered_model_version), 1, "version of log_model")
# 2: registered from the run by its address; 3: from the logged model, or from the run again where there is none.
with mlflow.start_run() as second_run:
    second = log(train(2))
registered = mlflow.register_model(f"runs:/{second_run.info.run_id}/model", name, tags={"origin": "run"})
equal((str(registered.version), registered.run_id, registered.tags), ("2", second_run.info.run_id, {"origin": "run"}), "2")
with mlflow.start_run() as third_run:
    third = log(train(3))
third_address = f"models:/{third.model_id}" if CLIENT_MAJOR >= 3 else f"runs:/{third_run.info.run_id}/model"
equal(str(mlflow.register_model(third_address, name).version), "3", "registered from the logged model")
# 4: from another version.
api.create_model_version(name, f"models:/{name}/2", description="again")

model = api.get_registered_model(name)
equal([int(version.version) for version in model.latest_versions], [4], "latest version")
for number, slope in ((1, 1), (2, 2), (3, 3), (4, 2)):
    version = api.get_model_version(name, str(number))
    equal((str(version.version), version.status, version.current_stage), (str(number), "READY", "None"), "version")
    predicts(f"models:/{name}/{number}", slope)
predicts(f"models:/{name}/latest", 2)
equal(api.get_model_version(name, "4").run_id, second_run.info.run_id, "a copy has the run of its origin")
equal(api.get_model_version(name, "3").run_id, third_run.info.run_id, "run of a version from a logged model")
if CLIENT_MAJOR >= 3:
    tag = mlflow.get_logged_model(third.model_id).tags.get("mlflow.modelVersions", "")
    assert name in tag.encode().decode("unicode_escape") or name in tag, f"the logged model knows its versions: {tag}"

# Aliases.
api.set_registered_model_alias(name, "champion", "1")
api.set_registered_model_alias(name, "challenger", "3")
predicts(f"models:/{name}@champion", 1)
predicts(f"models:/{name}@challenger", 3)
api.set_registered_model_alias(name, "champion", "2")
predicts(f"models:/{name}@champion", 2)
equal(api.get_model_version(name, "1").aliases, [], "aliases of the old champion")
equal(api.get_model_version(name, "2").aliases, ["champion"], "aliases of the new champion")
equal({key: str(value) for key, value in api.get_registered_model(name).aliases.items()},
      {"champion": "2", "challenger": "3"}, "aliases of the model")
equal(str(api.get_model_version_by_alias(name, "challenger").version), "3", "version by alias")
api.delete_registered_model_alias(name, "challenger")
with refused("INVALID_PARAMETER_VALUE", "challenger"):
    api.get_model_version_by_alias(name, "challenger")

# Stages, with and without archiving.
moved = api.transition_model_version_stage(name, "1", "Production")
equal(moved.current_stage, "Production", "stage")
predicts(f"models:/{name}/Production", 1)
api.transition_model_version_stage(name, "3", "production", archive_existing_versions=True)
equal([api.get_model_version(name, str(n)).current_stage for n in (1, 2, 3, 4)],
      ["Archived", "None", "Production", "None"], "stages")
predicts(f"models:/{name}/Production", 3)
equal({version.current_stage: str(version.version) for version in api.get_latest_versions(name)},
      {"Archived": "1", "Production": "3", "None": "4"}, "latest versions")
equal([str(version.version) for version in api.get_latest_versions(name, ["Production"])], ["3"], "latest of a stage")

# Copies into a model of another name, which is made on the way.
target = unique("copy")
copied = api.copy_model_version(f"models:/{name}@champion", target)
equal((copied.name, str(copied.version)), (target, "1"), "copy")
equal(copied.run_id, second_run.info.run_id, "run of the copy")
predicts(f"models:/{target}/1", 2)
equal(str(api.copy_model_version(f"models:/{name}/3", target).version), "2", "second copy")
predicts(f"models:/{target}/2", 3)
with refused("INTERNAL_ERROR", "RESOURCE_DOES_NOT_EXIST"):  # the client wraps what the server says
    api.copy_model_version(f"models:/{name}/99", target)

# Where the files are.
for number in ("1", "3"):
    with tempfile.TemporaryDirectory() as directory:
        local = mlflow.artifacts.download_artifacts(f"models:/{name}/{number}", dst_path=directory)
        assert os.path.exists(os.path.join(local, "MLmodel")), os.listdir(local)
assert api.get_model_version_download_uri(name, "1"), "download address"

# Words about it.
api.update_registered_model(name, "Was es kostet 🏠")
equal(api.get_registered_model(name).description, "Was es kostet 🏠", "description")
api.update_model_version(name, "2", "the second")
equal(api.get_model_version(name, "2").description, "the second", "description of a version")
api.set_registered_model_tag(name, "team", "röd")
api.set_model_version_tag(name, "2", "checked", True)
api.set_model_version_tag(name, stage="Production", key="by-stage", value="yes")
equal(api.get_registered_model(name).tags, {"team": "röd"}, "tags")
equal(api.get_model_version(name, "2").tags, {"origin": "run", "checked": "True"}, "tags of a version")
equal(api.get_model_version(name, "3").tags.get("by-stage"), "yes", "tag by stage")
api.delete_registered_model_tag(name, "team")
api.delete_model_version_tag(name, "2", "checked")
equal(api.get_registered_model(name).tags, {}, "tags after deletion")
equal(api.get_model_version(name, "2").tags, {"origin": "run"}, "tags of a version after deletion")

# Another name, then no version, then no model.
renamed = unique("renamed")
api.rename_registered_model(name, renamed)
equal(api.get_registered_model(renamed).description, "Was es kostet 🏠", "description under the new name")
predicts(f"models:/{renamed}@champion", 2)
predicts(f"models:/{target}/1", 2)
with refused("RESOURCE_DOES_NOT_EXIST", name):
    api.get_registered_model(name)
api.delete_model_version(renamed, "4")
with refused("RESOURCE_DOES_NOT_EXIST"):
    api.get_model_version(renamed, "4")
fifth = mlflow.register_model(f"runs:/{first_run.info.run_id}/model", renamed)
equal(str(fifth.version), "5", "numbers are not used again")
predicts(f"models:/{renamed}/5", 1)
api.delete_registered_model(renamed)
with refused("RESOURCE_DOES_NOT_EXIST", renamed):
    api.get_model_version(renamed, "2")
again = mlflow.register_model(f"runs:/{first_run.info.run_id}/model", renamed)
equal(str(again.version), "1", "numbers of a new model of an old name")
