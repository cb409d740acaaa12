"""experiments/search: names, times, tags, ids, every operator, order, stage and paging."""

import time

from common import client, equal, refused, unique
from mlflow.entities import ViewType

api = client()
mark = unique("es")
ids = {}
for name, tags in {
    "Anna": {"team": "red", "note": "x"},
    "anton": {"team": "Blue"},
    "berta": {"team": ""},
    "cäsar": {},
}.items():
    ids[name] = api.create_experiment(f"{mark}/{name}", tags={"mark": mark, **tags})
    time.sleep(0.01)
api.create_experiment(f"{mark}/deleted", tags={"mark": mark})
api.delete_experiment(api.get_experiment_by_name(f"{mark}/deleted").experiment_id)


def found(filter_string: str = "", order_by=None, view_type=ViewType.ACTIVE_ONLY) -> list:
    """Last parts of the names that a search finds among the experiments of this scenario."""
    clause = f"tags.mark = '{mark}'"
    filter_string = f"{clause} AND {filter_string}" if filter_string else clause
    experiments = api.search_experiments(
        filter_string=filter_string, order_by=order_by or ["creation_time ASC"], view_type=view_type
    )
    return [experiment.name.split("/")[1] for experiment in experiments]


middle = api.get_experiment(ids["anton"]).creation_time
CASES = {
    "": ["Anna", "anton", "berta", "cäsar"],
    f"name = '{mark}/Anna'": ["Anna"],
    f"name != '{mark}/Anna'": ["anton", "berta", "cäsar"],
    f"name LIKE '{mark}/an%'": ["anton"],
    f"name ILIKE '{mark}/AN%'": ["Anna", "anton"],
    f"attribute.name LIKE '{mark}/_erta'": ["berta"],
    f"name LIKE '{mark}/cä%'": ["cäsar"],
    "tags.team = 'red'": ["Anna"],
    "tag.team != 'red'": ["anton", "berta"],
    "tags.team LIKE 'B%'": ["anton"],
    "tags.team ILIKE '%E%'": ["Anna", "anton"],
    "tags.team = ''": ["berta"],
    "tags.`team` = 'red' AND tags.note = 'x'": ["Anna"],
    f"creation_time > {middle}": ["berta", "cäsar"],
    f"creation_time >= {middle}": ["anton", "berta", "cäsar"],
    f"creation_time < {middle}": ["Anna"],
    f"creation_time = {middle}": ["anton"],
    f"attribute.creation_time != {middle}": ["Anna", "berta", "cäsar"],
    f"last_update_time <= {middle}": ["Anna", "anton"],
}
for filter_string, expected in CASES.items():
    equal(found(filter_string), expected, f"filter {filter_string!r}")

for order_by, expected in {
    ("name",): ["Anna", "anton", "berta", "cäsar"],
    ("name DESC",): ["cäsar", "berta", "anton", "Anna"],
    ("attribute.creation_time DESC",): ["cäsar", "berta", "anton", "Anna"],
    ("last_update_time asc", "name"): ["Anna", "anton", "berta", "cäsar"],
}.items():
    equal(found("", list(order_by)), expected, f"order {order_by}")

equal(found(view_type=ViewType.DELETED_ONLY), ["deleted"], "deleted ones")
equal(found(view_type=ViewType.ALL), ["Anna", "anton", "berta", "cäsar", "deleted"], "all of them")

for filter_string in ("name > 'x'", "lifecycle_stage = 'active'", "attributes.name = 'x'", "name = 5"):
    with refused("INVALID_PARAMETER_VALUE"):
        found(filter_string)
for order_by in (["tags.team"], ["lifecycle_stage"], ["name, creation_time"]):
    with refused("INVALID_PARAMETER_VALUE"):
        found("", order_by)
with refused("INVALID_PARAMETER_VALUE"):
    api.search_experiments(max_results=0)
with refused("INVALID_PARAMETER_VALUE"):
    api.search_experiments(max_results=50_001)

paged, token = [], None
while True:
    page = api.search_experiments(
        filter_string=f"tags.mark = '{mark}'",
        order_by=["name DESC"],
        max_results=2,
        page_token=token,
        view_type=ViewType.ALL,
    )
    paged += [experiment.name.split("/")[1] for experiment in page]
    token = page.token
    if not token:
        break
equal(paged, ["deleted", "cäsar", "berta", "anton", "Anna"], "pages of two")
