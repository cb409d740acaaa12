"""What every scenario needs: where the server is, names nobody else uses, which client this is.

A scenario is one plain script. It reads MLFLOW_TRACKING_URI, uses the stock client only, and fails by an assertion.
Run one by hand:  MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python conformance/python/nested_runs.py
"""

import contextlib
import os
import time
import uuid

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

CLIENT_MAJOR = int(mlflow.__version__.split(".")[0])

# At the path of a workspace the operations of Oracle's contract follow its rules where MLflow's are others.
AIDP_RULES = "/workspaces/" in os.environ.get("MLFLOW_TRACKING_URI", "")


def client() -> MlflowClient:
    """The client of this scenario, bound to the server under test."""
    assert os.environ.get("MLFLOW_TRACKING_URI", "").startswith("http"), "set MLFLOW_TRACKING_URI to the server under test"
    return MlflowClient()


def unique(name: str) -> str:
    """A name that no other scenario or earlier run on the same server has taken."""
    return f"{name}-{uuid.uuid4().hex[:10]}"


def new_experiment(name: str) -> str:
    """Creates an experiment with a name of its own and returns its id."""
    return client().create_experiment(unique(name))


def wait_until(condition, seconds: float = 20.0, what: str = "the condition") -> None:
    """Polls until the condition holds; fails with the given words when it never does."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come true within {seconds} s")


@contextlib.contextmanager
def refused(error_code: str, *fragments: str):
    """Expects the block to fail with this MLflow error code and with these pieces in its message."""
    try:
        yield
    except MlflowException as problem:
        assert problem.error_code == error_code, f"expected {error_code}, got {problem.error_code}: {problem}"
        for fragment in fragments:
            assert fragment in str(problem), f"expected {fragment!r} in {problem}"
    else:
        raise AssertionError(f"expected {error_code}, but the call was accepted")


def refused_by_mlflow(error_code: str, *fragments: str):
    """As `refused`; where Oracle's rules hold the block must succeed instead."""
    return contextlib.nullcontext() if AIDP_RULES else refused(error_code, *fragments)


def equal(actual, expected, what: str = "value") -> None:
    """An equality assertion whose failure shows both sides."""
    assert actual == expected, f"{what}: expected {expected!r}, got {actual!r}"
