"""Logged models of the 3.x client: created, finalised, tagged, given params and metrics, searched, deleted."""

import mlflow
from common import client, equal, refused, unique
from mlflow.entities import LoggedModelStatus

api = client()
experiment = mlflow.set_experiment(unique("models"))

with mlflow.start_run() as run:
    model = mlflow.create_external_model(name="external", model_type="agent", tags={"a": "1"}, params={"depth": "3"})
    mlflow.log_metric("accuracy", 0.9, step=1, model_id=model.model_id)
    mlflow.log_metrics({"f1": 0.8, "recall": 0.7}, step=2, model_id=model.model_id)
read = mlflow.get_logged_model(model.model_id)
equal((read.name, read.model_type, read.status), ("external", "agent", LoggedModelStatus.READY), "external model")
equal(read.params, {"depth": "3"}, "params")
equal({metric.key: metric.value for metric in read.metrics}, {"accuracy": 0.9, "f1": 0.8, "recall": 0.7}, "metrics")
equal({metric.run_id for metric in read.metrics}, {run.info.run_id}, "run of the metrics")

pending = mlflow.initialize_logged_model(name="pending", experiment_id=experiment.experiment_id)
equal(pending.status, LoggedModelStatus.PENDING, "status of a new model")
mlflow.set_logged_model_tags(pending.model_id, {"k": "v", "ü": "ß"})
mlflow.delete_logged_model_tag(pending.model_id, "k")
mlflow.log_model_params({"p": "1", "q": 2}, pending.model_id)
mlflow.finalize_logged_model(pending.model_id, LoggedModelStatus.FAILED)
read = mlflow.get_logged_model(pending.model_id)
equal(read.status, LoggedModelStatus.FAILED, "finalised")
equal(read.params, {"p": "1", "q": "2"}, "params")
equal(read.tags.get("ü"), "ß", "tags")
assert "k" not in read.tags
assert read.artifact_location.endswith(f"/models/{pending.model_id}/artifacts"), read.artifact_location


def found(filter_string=None, **options) -> list:
    """Names of the models that a search finds."""
    models = mlflow.search_logged_models(
        [experiment.experiment_id], filter_string, output_format="list", **options
    )
    return [item.name for item in models]


equal(set(found()), {"external", "pending"}, "all models")
equal(found("name = 'external'"), ["external"], "by name")
equal(found("name LIKE 'pen%' AND params.p = '1'"), ["pending"], "by param")
equal(found("tags.`ü` = 'ß'"), ["pending"], "by tag")
equal(found("metrics.accuracy > 0.5"), ["external"], "by metric")
equal(found("metrics.accuracy > 0.95"), [], "by a greater metric")
equal(found(order_by=[{"field_name": "name", "ascending": False}]), ["pending", "external"], "order by name")
equal(found(order_by=[{"field_name": "metrics.accuracy"}])[0], "external", "order by a metric, missing ones last")
equal(len(found(max_results=1)), 1, "max_results")
first = api.search_logged_models([experiment.experiment_id], max_results=1)
second = api.search_logged_models([experiment.experiment_id], max_results=1, page_token=first.token)
equal({first[0].name, second[0].name}, {"external", "pending"}, "two pages")

api.delete_logged_model(pending.model_id)
with refused("RESOURCE_DOES_NOT_EXIST", pending.model_id):
    mlflow.get_logged_model(pending.model_id)
equal(found(), ["external"], "after the deletion")
outputs = api.get_run(run.info.run_id).outputs
assert outputs is None or isinstance(outputs.model_outputs, list)
