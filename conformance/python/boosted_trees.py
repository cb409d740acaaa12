"""LightGBM: a booster and its scikit-learn wrapper are logged, registered, aliased and loaded back with equal predictions."""

import lightgbm
import mlflow
import numpy as np
from common import CLIENT_MAJOR, client, equal, unique
from mlflow.models import infer_signature
from sklearn.datasets import load_iris

api = client()
mlflow.set_experiment(unique("boosted"))
features, target = load_iris(return_X_y=True, as_frame=True)
name = unique("trees")
where = {"name": "trees"} if CLIENT_MAJOR >= 3 else {"artifact_path": "trees"}

# A booster, under autolog, which logs params, metrics and feature importance.
mlflow.lightgbm.autolog(log_models=False, silent=True)
with mlflow.start_run() as run:
    data = lightgbm.Dataset(features, label=(target == 2).astype(int))
    booster = lightgbm.train({"objective": "binary", "num_leaves": 4, "verbose": -1}, data, num_boost_round=5, valid_sets=[data])
    expected = booster.predict(features)
    mlflow.lightgbm.log_model(booster, signature=infer_signature(features, expected), registered_model_name=name, **where)
logged = api.get_run(run.info.run_id)
equal(logged.data.params["num_leaves"], "4", "param of autolog")
assert any("binary_logloss" in key for key in logged.data.metrics), sorted(logged.data.metrics)
assert any(item.path.startswith("feature_importance") for item in api.list_artifacts(run.info.run_id))

# The wrapper as the second version.
with mlflow.start_run() as second:
    classifier = lightgbm.LGBMClassifier(n_estimators=5, num_leaves=4, verbose=-1).fit(features, target)
    mlflow.lightgbm.log_model(classifier, signature=infer_signature(features, target), **where)
version = mlflow.register_model(f"runs:/{second.info.run_id}/trees", name)
equal(str(version.version), "2", "second version")
api.set_registered_model_alias(name, "binary", "1")
api.set_registered_model_alias(name, "classes", "2")
api.transition_model_version_stage(name, "2", "Staging")

for address in (f"models:/{name}/1", f"models:/{name}@binary"):
    assert np.allclose(mlflow.lightgbm.load_model(address).predict(features), expected), address
    assert np.allclose(mlflow.pyfunc.load_model(address).predict(features), expected), address
for address in (f"models:/{name}/2", f"models:/{name}@classes", f"models:/{name}/Staging", f"models:/{name}/latest"):
    assert np.array_equal(mlflow.pyfunc.load_model(address).predict(features), classifier.predict(features)), address

copied = api.copy_model_version(f"models:/{name}@binary", unique("trees-copy"))
assert np.allclose(mlflow.lightgbm.load_model(f"models:/{copied.name}/1").predict(features), expected), "copy"
