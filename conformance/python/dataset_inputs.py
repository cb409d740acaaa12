"""Datasets: logged as inputs of runs, read back, found by search, stored once for an experiment."""

import os

import mlflow
import numpy as np
import pandas as pd
import requests
from common import client, equal, unique
from mlflow.entities import Dataset, DatasetInput, InputTag

experiment = mlflow.set_experiment(unique("datasets"))
api = client()
frame = pd.DataFrame({"größe": [1.0, 2.0, 3.0], "label": [0, 1, 0]})
train = mlflow.data.from_pandas(frame, source="https://example.test/train.csv", name="train-set", targets="label")
images = mlflow.data.from_numpy(np.zeros((4, 2)), source="https://example.test/images.npy", name="images")

with mlflow.start_run(run_name="both") as both:
    mlflow.log_input(train, context="training")
    mlflow.log_input(images, context="evaluation", tags={"split": "held out"})
    mlflow.log_input(train, context="again")  # the first tags of a (run, dataset) pair stay
with mlflow.start_run(run_name="one") as one:
    mlflow.log_input(train, context="training")
with mlflow.start_run(run_name="none"):
    pass

inputs = {item.dataset.name: item for item in api.get_run(both.info.run_id).inputs.dataset_inputs}
equal(set(inputs), {"train-set", "images"}, "names of the inputs")
equal(inputs["train-set"].dataset.digest, train.digest, "digest")
equal(inputs["train-set"].dataset.source_type, "http", "source type")
assert "größe" in inputs["train-set"].dataset.schema or "gr\\u00f6" in inputs["train-set"].dataset.schema
assert '"num_rows": 3' in inputs["train-set"].dataset.profile, inputs["train-set"].dataset.profile
equal({tag.key: tag.value for tag in inputs["train-set"].tags}, {"mlflow.data.context": "training"}, "first tags stay")
equal(
    {tag.key: tag.value for tag in inputs["images"].tags},
    {"mlflow.data.context": "evaluation", "split": "held out"},
    "tags of the second input",
)
source = mlflow.data.get_source(api.get_run(both.info.run_id).inputs.dataset_inputs[0])
assert source.url.startswith("https://example.test/"), source.url


def names(filter_string: str) -> list:
    """Names of the runs that a filter finds, sorted."""
    return sorted(run.info.run_name for run in api.search_runs([experiment.experiment_id], filter_string))


equal(names("dataset.name = 'train-set'"), ["both", "one"], "dataset.name =")
equal(names("datasets.name = 'images'"), ["both"], "datasets.name =")
equal(names("dataset.name IN ('images', 'nope')"), ["both"], "dataset.name IN")
equal(names("dataset.name LIKE 'train%'"), ["both", "one"], "dataset.name LIKE")
equal(names("dataset.name ILIKE 'TRAIN%'"), ["both", "one"], "dataset.name ILIKE")
equal(names("dataset.name LIKE 'TRAIN%'"), [], "LIKE is case-sensitive")
equal(names(f"dataset.digest = '{images.digest}'"), ["both"], "dataset.digest =")
equal(names("dataset.context = 'training'"), ["both", "one"], "dataset.context =")
equal(names("dataset.context = 'evaluation' AND dataset.name = 'images'"), ["both"], "two dataset clauses")
equal(names("dataset.name = 'train-set' AND attributes.run_name = 'one'"), ["one"], "dataset and attribute")

# Searching tells the inputs of each run as well.
found = api.search_runs([experiment.experiment_id], "attributes.run_name = 'both'")[0]
equal({item.dataset.name for item in found.inputs.dataset_inputs}, {"train-set", "images"}, "inputs in a search")

# The call behind the dataset picker of the UI; no client function makes it.
answer = requests.post(
    os.environ["MLFLOW_TRACKING_URI"] + "/ajax-api/2.0/mlflow/experiments/search-datasets",
    json={"experiment_ids": [experiment.experiment_id]},
    timeout=30,
)
equal(answer.status_code, 200, "status of search-datasets")
equal(
    sorted((summary["name"], summary["context"]) for summary in answer.json()["dataset_summaries"]),
    [("images", "evaluation"), ("train-set", "training")],
    "dataset summaries",
)

# The raw entity: a dataset of the same name and digest stays as it was first stored.
run_id = api.create_run(experiment.experiment_id).info.run_id
again = Dataset(name="train-set", digest=train.digest, source_type="code", source="other", schema="s", profile="p")
api.log_inputs(run_id, [DatasetInput(again, [InputTag("mlflow.data.context", "raw")])])
stored = api.get_run(run_id).inputs.dataset_inputs[0]
equal(stored.dataset.source_type, "http", "the first source of a dataset stays")
equal([(tag.key, tag.value) for tag in stored.tags], [("mlflow.data.context", "raw")], "tags belong to the input")
