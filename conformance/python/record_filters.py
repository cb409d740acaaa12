"""Asks the real MLflow server what it makes of many filters and orders, and writes its verdicts down.

    python conformance/python/record_filters.py > server/src/search/testing/filter-verdicts.jsonl
    python conformance/python/record_filters.py --random 5000 --seed 7 > more.jsonl

Runs under a Python that has MLflow 3.17.0 and starts a server of its own on a free port, with a small data set in it.
A verdict is either what was found (and, from MLflow's own parser, what the filter was understood as), or the error.
The order in which Python prints a set is left to chance, so sets in messages are written down sorted. The first line of
the output is the data set, each other line one verdict.
"""

import argparse
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import mlflow
from filter_cases import ORDERS, chosen_filters, random_filter
from mlflow.utils.search_logged_model_utils import parse_filter_string
from mlflow.utils.search_utils import SearchExperimentsUtils, SearchModelUtils, SearchModelVersionUtils, SearchUtils

NAN = "NaN"
RUNS = [
    {"name": "a", "start": 1000, "end": 2000, "status": "FINISHED", "user": "ann",
     "metrics": [["acc", 0.9, 0], ["loss", 0.1, 0]], "params": {"lr": "0.01", "opt": "adam"}, "tags": {"team": "red"},
     "datasets": [["ds1", "d1", "train"]]},
    {"name": "b", "start": 2000, "metrics": [["acc", 0.5, 0], ["loss", NAN, 0]],
     "params": {"lr": "0.1", "opt": "Adam"}, "tags": {"team": "blue"}, "datasets": []},
    {"name": "c", "start": 3000, "end": 3500, "status": "FAILED", "metrics": [["acc", NAN, 0]],
     "params": {"lr": "1e-3", "opt": "sgd"}, "tags": {"a b": "x y", "Team": "red"},
     "datasets": [["ds2", "d2", "test"], ["ds1", "d1", None]]},
    {"name": "d", "start": 4000, "end": 4500, "status": "FINISHED", "metrics": [],
     "params": {"quote": "it's", "a.b": "x"}, "tags": {"quote": "it''s", "note": "line\ntwo"}, "datasets": []},
    {"name": "e", "start": 1700000000000, "end": 1700000001000, "status": "KILLED",
     "metrics": [["acc", 0.99, 0], ["acc", -1, 1], ["acc", NAN, 2], ["acc", -1, 3], ["точность", 0.7, 0]],
     "params": {"модель": "дерево", "pct": "100%"}, "tags": {"team": "Red"}, "datasets": [["DS1", "d3", "train"]]},
    {"name": "f", "start": 9007199254740993, "metrics": [["created", 1, 0], ["a-b", 1, 0], ["a b", 1, 0]],
     "params": {"pct": "100_", "created": "yes"}, "tags": {"created": "yes", "start_time": "now"}, "datasets": []},
    {"name": "g", "start": 0, "metrics": [["acc", 1.7976931348623157e308, 0], ["acc", 0.5, -1]],
     "params": {"opt": "Ädam", "pct": "100x"}, "tags": {}, "datasets": []},
]
EXPERIMENTS = {"alpha": {"team": "red"}, "Alpha": {"team": "Red", "a b": "x"}, "beta": {"a.b": "x"}, "gamma_1": {}}
MODELS = {"m1": {"team": "red"}, "m2": {"team": "blue"}, "M3": {}}
VERSIONS = [["m1", "s3://b/one", "r1", {"team": "red"}], ["m1", "s3://b/two", "r2", {}], ["m2", "s3://b/one", "", {}]]
LOGGED_MODELS = [["tree", {"lr": "0.1"}, {"team": "red"}], ["net", {"lr": "0.01"}, {}]]

PARSERS = {
    "runs": SearchUtils.parse_search_filter,
    "experiments": SearchExperimentsUtils.parse_search_filter,
    "registered-models": SearchModelUtils.parse_search_filter,
    "model-versions": SearchModelVersionUtils.parse_search_filter,
    "logged-models": parse_filter_string,
}
SEARCHES = {
    "runs": ("POST", "runs/search", "runs", lambda run: run["info"]["run_name"]),
    "experiments": ("POST", "experiments/search", "experiments", lambda experiment: experiment["name"]),
    "registered-models": ("GET", "registered-models/search", "registered_models", lambda model: model["name"]),
    "model-versions": ("GET", "model-versions/search", "model_versions", lambda one: f"{one['name']}/{one['version']}"),
    "logged-models": ("POST", "logged-models/search", "models", lambda model: model["info"]["name"]),
}


class Server:
    """The REST API of one server."""

    def __init__(self, url: str):
        self.url = url

    def ask(self, method: str, path: str, fields: dict) -> tuple[int, str]:
        """Status and body of one request; a GET carries its fields in the query."""
        url = f"{self.url}/api/2.0/mlflow/{path}"
        body = None
        if method == "GET":
            url += "?" + urllib.parse.urlencode(fields, doseq=True)
        else:
            body = json.dumps(fields).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def call(self, path: str, **fields) -> dict:
        status, body = self.ask("POST", path, fields)
        assert status == 200, f"{path}: {status} {body}"
        return json.loads(body)


@contextmanager
def real_server() -> Iterator[Server]:
    with socket.socket() as probe, tempfile.TemporaryDirectory() as directory:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
        command += ["--backend-store-uri", f"sqlite:///{directory}/mlflow.db"]
        command += ["--default-artifact-root", "mlflow-artifacts:/", "--artifacts-destination", f"{directory}/artifacts"]
        with open(os.path.join(directory, "log"), "w") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_for(f"http://127.0.0.1:{port}/health", process)
            yield Server(f"http://127.0.0.1:{port}")
        finally:
            os.killpg(process.pid, 15)
            process.wait()


def wait_for(url: str, process: subprocess.Popen) -> None:
    for _ in range(240):
        assert process.poll() is None, "the server stopped"
        try:
            with urllib.request.urlopen(url):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError("the server did not start")


def fill(server: Server) -> str:
    """Stores the data set; returns the id of the experiment that has the runs and logged models."""
    experiment = ""
    for name, tags in EXPERIMENTS.items():
        experiment = server.call("experiments/create", name=name, tags=pairs(tags))["experiment_id"]
    for run in RUNS:
        created = server.call("runs/create", experiment_id=experiment, run_name=run["name"], start_time=run["start"],
                              user_id=run.get("user", ""), tags=pairs(run["tags"]))
        run_id = created["run"]["info"]["run_id"]
        metrics = [{"key": key, "value": value, "timestamp": 1, "step": step} for key, value, step in run["metrics"]]
        server.call("runs/log-batch", run_id=run_id, metrics=metrics, params=pairs(run["params"]))
        for name, digest, context in run["datasets"]:
            tags = [{"key": "mlflow.data.context", "value": context}] if context else []
            dataset = {"name": name, "digest": digest, "source_type": "local", "source": "x"}
            server.call("runs/log-inputs", run_id=run_id, datasets=[{"dataset": dataset, "tags": tags}])
        if "end" in run:
            server.call("runs/update", run_id=run_id, status=run["status"], end_time=run["end"])
    for name, tags in MODELS.items():
        server.call("registered-models/create", name=name, tags=pairs(tags))
    for name, source, run_id, tags in VERSIONS:
        server.call("model-versions/create", name=name, source=source, run_id=run_id, tags=pairs(tags))
    for name, params, tags in LOGGED_MODELS:
        server.call("logged-models", experiment_id=experiment, name=name, params=pairs(params), tags=pairs(tags))
    return experiment


def pairs(values: dict) -> list[dict]:
    return [{"key": key, "value": value} for key, value in values.items()]


def search(server: Server, experiment: str, entity: str, fields: dict) -> dict:
    """The verdict on one search: what was found, or the error."""
    method, path, list_name, name_of = SEARCHES[entity]
    scope = {"experiment_ids": [experiment]} if entity in ("runs", "logged-models") else {}
    status, body = server.ask(method, path, {**scope, "max_results": 100, **fields})
    if status == 200:
        return {"found": [name_of(item) for item in json.loads(body).get(list_name, [])]}
    try:
        error = json.loads(body)
    except ValueError:
        return {"crash": status}
    refused = error["error_code"] == "INVALID_PARAMETER_VALUE" or "duplicate fields" in error["message"]
    if not refused:
        return {"crash": status}
    return {"error": error["error_code"], "message": sorted_sets(error["message"])}


def sorted_sets(message: str) -> str:
    def sort(match: re.Match) -> str:
        return "{" + ", ".join(sorted(match.group(1).split(", "))) + "}"

    return re.sub(r"\{('[^'{}]*'(?:, '[^'{}]*')*)\}", sort, message)


def understood(entity: str, text: str) -> list[list]:
    """What MLflow's parser makes of a filter, as [entity, key, comparator, value]."""
    clauses = []
    for clause in PARSERS[entity](text):
        if entity == "logged-models":
            kind, key, operator, value = clause.entity.type.value[:-1], clause.entity.key, clause.op, clause.value
            kind = "attribute" if kind == "attribute" else kind
        else:
            kind, key = clause["type"], clause["key"]
            operator, value = clause["comparator"].upper(), clause["value"]
            key = SearchUtils.translate_key_alias(key) if entity == "runs" else key
        if kind == "metric" and operator not in ("IS NULL", "IS NOT NULL"):
            value = float(value)
        clauses.append(["param" if kind == "parameter" else kind, key, operator, plain(value)])
    return clauses


def plain(value):
    """Text as it is, a number as {"number": its Python text}: JSON has neither big integers nor infinity."""
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, str) else {"number": repr(value)}


def filter_verdict(server: Server, experiment: str, entity: str, text: str) -> dict:
    verdict = search(server, experiment, entity, {"filter": text})
    if "found" in verdict:
        verdict["found"].sort()
        verdict["clauses"] = understood(entity, text)
    return {"entity": entity, "filter": text, **verdict}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--random", type=int, default=300, help="ask this many random filters as well")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    assert mlflow.__version__ == "3.17.0", f"verdicts are those of MLflow 3.17.0, not {mlflow.__version__}"
    chance = random.Random(given.seed)
    with real_server() as server:
        experiment = fill(server)
        chosen = [(entity, text) for entity in SEARCHES for text in chosen_filters(entity)]
        entities = [chance.choice(["runs", "runs", "runs", *SEARCHES]) for _ in range(given.random)]
        filters = [*chosen, *((entity, random_filter(entity, chance)) for entity in entities)]
        verdicts = [filter_verdict(server, experiment, entity, text) for entity, text in dict.fromkeys(filters)]
        verdicts += [
            {"entity": entity, "order_by": order, **search(server, experiment, entity, {"order_by": order})}
            for entity, orders in ORDERS.items()
            for order in orders
        ]
    data = {"runs": RUNS, "experiments": EXPERIMENTS, "models": MODELS, "versions": VERSIONS, "logged_models": LOGGED_MODELS}
    for line in [{"mlflow": mlflow.__version__, "data": data}, *verdicts]:
        print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()
