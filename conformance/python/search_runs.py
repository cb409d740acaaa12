"""runs/search with every operator on every kind of left side, every order, NaN, missing values and paging."""

import math

from common import AIDP_RULES, client, equal, new_experiment, refused
from mlflow.entities import Metric, Param, RunTag, ViewType

api = client()
experiment = new_experiment("search")
BASE = 1_700_000_000_000

# name: (start offset in s, metrics, params, tags, terminated as)
RUNS = {
    "alpha": (1, {"acc": 0.5, "loss": 2.0}, {"lr": "0.1", "opt": "SGD"}, {"team": "Red", "odd key": "x"}, "FINISHED"),
    "beta": (2, {"acc": 0.75, "loss": float("nan")}, {"lr": "0.01", "opt": "adam"}, {"team": "blue"}, "FAILED"),
    "gamma": (3, {"acc": 0.9, "dash-ed": 1.0}, {"lr": "10"}, {"team": "red", "note": "100% sure_thing"}, None),
    "delta": (4, {"loss": -1.5}, {"opt": "Adam", "größe": "ü"}, {}, "KILLED"),
    "epsilon": (5, {"acc": -math.inf, "loss": math.inf}, {}, {"team": ""}, "FINISHED"),
}
ids = {}
for name, (offset, metrics, params, tags, status) in RUNS.items():
    run = api.create_run(experiment, start_time=BASE + offset * 1000, run_name=name)
    ids[name] = run.info.run_id
    api.log_batch(
        run.info.run_id,
        [Metric(key, value, BASE, 0) for key, value in metrics.items()],
        [Param(key, value) for key, value in params.items()],
        [RunTag(key, value) for key, value in tags.items()],
    )
    if status:
        api.set_terminated(run.info.run_id, status, end_time=BASE + offset * 1000 + 500)


def found(filter_string: str, order_by=None, **options) -> list:
    """Names of the runs that a search finds, in its order."""
    runs = api.search_runs([experiment], filter_string, order_by=order_by or ["start_time ASC"], **options)
    return [run.info.run_name for run in runs]


CASES = {
    "": ["alpha", "beta", "gamma", "delta", "epsilon"],
    # metrics
    "metrics.acc > 0.5": ["beta", "gamma"],
    "metrics.acc >= 0.5": ["alpha", "beta", "gamma"],
    "metric.acc < 0.75": ["alpha", "epsilon"],
    "metrics.acc <= .75": ["alpha", "beta", "epsilon"],
    "metrics.acc = 7.5e-1": ["beta"],
    "metrics.acc != 0.75": ["alpha", "gamma", "epsilon"],
    "metrics.loss > -2": ["alpha", "delta", "epsilon"],
    "metrics.loss != 2": ["beta", "delta", "epsilon"],
    "metrics.`dash-ed` = 1": ["gamma"],
    'metrics."dash-ed" = 1': ["gamma"],
    "metrics.nothing > 0": [],
    # params
    "params.lr = '0.1'": ["alpha"],
    "params.lr != '0.1'": ["beta", "gamma"],
    "param.opt LIKE 'ad%'": ["beta"],
    "parameters.opt ILIKE 'ad%'": ["beta", "delta"],
    "parameter.opt like '_dam'": ["beta", "delta"],
    "params.lr IS NULL": ["delta", "epsilon"],
    "params.lr is not null": ["alpha", "beta", "gamma"],
    "params.`größe` = 'ü'": ["delta"],
    'params.lr = "0.01"': ["beta"],
    # tags
    "tags.team = 'red'": ["gamma"],
    "tag.team != 'red'": ["alpha", "beta", "epsilon"],
    "tags.team ILIKE 'RED'": ["alpha", "gamma"],
    "tags.team LIKE '%e%'": ["alpha", "beta", "gamma"],
    "tags.team = ''": ["epsilon"],
    "tags.`odd key` = 'x'": ["alpha"],
    "tags.team IS NULL": ["delta"],
    "tags.note LIKE '100% sure_%'": ["gamma"],
    "tags.mlflow.runName = 'beta'": ["beta"],
    "tags.`mlflow.runName` ILIKE 'BET_'": ["beta"],
    # attributes
    "attributes.status = 'FINISHED'": ["alpha", "epsilon"],
    "status != 'FINISHED'": ["beta", "gamma", "delta"],
    "attr.status LIKE 'F%'": ["alpha", "beta", "epsilon"],
    "run.status ILIKE 'run%'": ["gamma"],
    "attribute.run_name = 'alpha'": ["alpha"],
    "attributes.`run name` = 'alpha'": ["alpha"],
    "run_name LIKE '%a'": ["alpha", "beta", "gamma", "delta"],
    "run_name ILIKE 'AL%'": ["alpha"],
    f"start_time > {BASE + 3000}": ["delta", "epsilon"],
    f"start_time >= {BASE + 3000} and start_time < {BASE + 5000}": ["gamma", "delta"],
    f"attributes.start_time = {BASE + 1000}": ["alpha"],
    f"end_time <= {BASE + 2500}": ["alpha", "beta"],
    f"attributes.created != {BASE + 1000}": ["beta", "gamma", "delta", "epsilon"],
    f"run_id = '{ids['beta']}'": ["beta"],
    f"attributes.run_id IN ('{ids['beta']}', '{ids['delta']}')": ["beta", "delta"],
    f"run_id NOT IN ('{ids['beta']}', '{ids['delta']}')": ["alpha", "gamma", "epsilon"],
    f"artifact_uri LIKE '%{ids['gamma']}%'": ["gamma"],
    # conjunctions
    "metrics.acc > 0.4 AND params.lr != '10' and tags.team ILIKE 'r%'": ["alpha"],
    "metrics.acc > 0.4 AND metrics.acc < 0.8 AND params.opt IS NOT NULL": ["alpha", "beta"],
    "params.lr = '0.1' AND": ["alpha"],
}
for filter_string, expected in CASES.items():
    equal(found(filter_string), expected, f"filter {filter_string!r}")

ORDERS = {
    ("metrics.acc DESC",): ["gamma", "beta", "alpha", "epsilon", "delta"],
    ("metrics.acc ASC",): ["epsilon", "alpha", "beta", "gamma", "delta"],
    ("metrics.loss ASC",): ["delta", "alpha", "epsilon", "beta", "gamma"],
    ("metrics.loss DESC",): ["epsilon", "alpha", "delta", "beta", "gamma"],
    ("params.lr",): ["beta", "alpha", "gamma", "epsilon", "delta"],
    ("params.`lr` DESC",): ["gamma", "alpha", "beta", "epsilon", "delta"],
    ("tags.team desc", "start_time"): ["gamma", "beta", "alpha", "epsilon", "delta"],
    ("attributes.run_name",): ["alpha", "beta", "delta", "epsilon", "gamma"],
    ("status ASC", "attributes.start_time DESC"): ["beta", "epsilon", "alpha", "delta", "gamma"],
    ("end_time DESC",): ["epsilon", "delta", "beta", "alpha", "gamma"],
    ("created ASC",): ["alpha", "beta", "gamma", "delta", "epsilon"],
}
for order_by, expected in ORDERS.items():
    equal(found("", list(order_by)), expected, f"order {order_by}")
equal(
    [run.info.run_name for run in api.search_runs([experiment])],
    ["epsilon", "delta", "gamma", "beta", "alpha"],
    "default order: newest first",
)

# What MLflow refuses and Runstead takes (OR, NOT, brackets, IN, IS NULL) is the replay's matter.
REFUSED = [
    "metrics.acc > '0.5'",
    "params.lr > '0.1'",
    "params.lr = 0.1",
    "attributes.lifecycle_stage = 'active'",
    "start_time > 'yesterday'",
    "nonsense.key = 'x'",
    "params.lr == '0.1'",
    "0.1 = metrics.acc",
    "metrics.acc",
    "run_id IN ()",
    "dataset.source = 'x'",
]
for filter_string in REFUSED:
    with refused("INVALID_PARAMETER_VALUE"):
        found(filter_string)
for order_by in (["nonsense.key"], ["metrics.acc SIDEWAYS"], ["dataset.name"], [""]):
    with refused("INVALID_PARAMETER_VALUE"):
        found("", order_by)
with refused("INVALID_PARAMETER_VALUE"):
    found("", max_results=50_001)

# Pages of two: the same sequence, whatever the order, and no run twice.
for order_by in (["start_time ASC"], ["metrics.loss DESC"], ["params.lr ASC"], ["tags.team DESC"], None):
    whole = [run.info.run_id for run in api.search_runs([experiment], order_by=order_by)]
    paged, token = [], None
    while True:
        page = api.search_runs([experiment], order_by=order_by, max_results=2, page_token=token)
        paged += [run.info.run_id for run in page]
        token = page.token
        if not token:
            break
        equal(len(page), 2, "size of a full page")
    equal(paged, whole, f"paged by {order_by}")

# Several experiments at once, none at all, and the stage of a run.
other = new_experiment("search-other")
api.create_run(other, run_name="elsewhere", start_time=BASE)
both = api.search_runs([experiment, other], order_by=["start_time ASC"])
equal([run.info.run_name for run in both], ["elsewhere", *RUNS], "two experiments")
nowhere = {run.info.run_id for run in api.search_runs([])}
if AIDP_RULES:
    assert {run.info.run_id for run in both} <= nowhere, "without experiments all of the workspace are searched"
else:
    equal(nowhere, set(), "no experiments, no runs")
api.delete_run(ids["beta"])
equal(found(""), ["alpha", "gamma", "delta", "epsilon"], "active runs")
equal(found("", run_view_type=ViewType.DELETED_ONLY), ["beta"], "deleted runs")
equal(found("", run_view_type=ViewType.ALL), list(RUNS), "all runs")

# A search answers whole runs: infinities as the largest doubles, NaN as NaN.
largest = 1.7976931348623157e308
epsilon = api.search_runs([experiment], "run_name = 'epsilon'")[0]
equal(epsilon.data.metrics, {"acc": -largest, "loss": largest}, "infinite metrics")
assert math.isnan(api.get_run(ids["beta"]).data.metrics["loss"])
