"""A scikit-learn training under autolog: params, metrics, tags, artifacts, the dataset and the model come back."""

import os
import tempfile

import mlflow
import numpy as np
from common import CLIENT_MAJOR, client, equal, unique
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, train_test_split

features, target = load_iris(return_X_y=True, as_frame=True)
train_x, test_x, train_y, test_y = train_test_split(features, target, random_state=7)

experiment = mlflow.set_experiment(unique("autolog"))
mlflow.sklearn.autolog(log_models=True, log_input_examples=True, log_model_signatures=True, silent=True)

with mlflow.start_run(run_name="forest") as active:
    forest = RandomForestClassifier(n_estimators=12, max_depth=3, random_state=7)
    forest.fit(train_x, train_y)
    score = forest.score(test_x, test_y)

run = client().get_run(active.info.run_id)
equal(run.info.status, "FINISHED", "status")
equal(run.info.run_name, "forest", "run name")
equal(run.data.params["n_estimators"], "12", "param n_estimators")
equal(run.data.params["max_depth"], "3", "param max_depth")
equal(run.data.params["criterion"], "gini", "param criterion")
for metric in ("training_accuracy_score", "training_f1_score", "training_log_loss", "training_roc_auc"):
    assert metric in run.data.metrics, f"autolog metric {metric} is missing: {sorted(run.data.metrics)}"
scores = [value for key, value in run.data.metrics.items() if key.startswith("RandomForestClassifier_score")]
assert scores and abs(scores[0] - score) < 1e-12, f"test score {score} not among {run.data.metrics}"
equal(run.data.tags["estimator_name"], "RandomForestClassifier", "tag estimator_name")

paths = {item.path for item in client().list_artifacts(active.info.run_id)}
assert "training_confusion_matrix.png" in paths, f"artifacts: {paths}"
assert "estimator.html" in paths, f"artifacts: {paths}"

assert run.inputs.dataset_inputs, "autolog logs the training data as a dataset input"
contexts = {tag.value for item in run.inputs.dataset_inputs for tag in item.tags}
assert "train" in contexts, f"dataset contexts: {contexts}"

# The model is loaded back by each address which this client knows, and predicts what the trained one predicts.
addresses = [f"runs:/{active.info.run_id}/model"]
if CLIENT_MAJOR >= 3:
    models = mlflow.search_logged_models(experiment_ids=[experiment.experiment_id], output_format="list")
    equal(len(models), 1, "number of logged models")
    equal(models[0].source_run_id, active.info.run_id, "source run of the model")
    assert str(models[0].status) in ("READY", "LoggedModelStatus.READY"), models[0].status
    addresses.append(f"models:/{models[0].model_id}")
    equal([output.model_id for output in run.outputs.model_outputs], [models[0].model_id], "model outputs of the run")
expected = forest.predict(test_x)
for address in addresses:
    loaded = mlflow.sklearn.load_model(address)
    assert np.array_equal(loaded.predict(test_x), expected), f"{address} predicts something else"
    generic = mlflow.pyfunc.load_model(address)
    assert np.array_equal(generic.predict(test_x), expected), f"{address} as pyfunc predicts something else"
    assert generic.metadata.signature is not None, "the signature is part of the model"

# A grid search logs a parent with its best children.
with mlflow.start_run(run_name="grid") as parent:
    GridSearchCV(RandomForestClassifier(random_state=7), {"n_estimators": [2, 4], "max_depth": [1, 2]}, cv=2).fit(
        train_x, train_y
    )
children = mlflow.search_runs(
    [experiment.experiment_id], filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'", output_format="list"
)
equal(len(children), 4, "children of the grid search")
equal({child.data.params["max_depth"] for child in children}, {"1", "2"}, "max_depth of the children")
best = client().get_run(parent.info.run_id)
assert "best_cv_score" in best.data.metrics, sorted(best.data.metrics)
with tempfile.TemporaryDirectory() as directory:
    local = client().download_artifacts(parent.info.run_id, "cv_results.csv", directory)
    assert os.path.getsize(local) > 0
