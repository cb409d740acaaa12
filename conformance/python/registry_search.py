"""search_registered_models and search_model_versions: filters, orders, pages."""

import time

from common import client, equal, new_experiment, refused, unique

api = client()
mark = unique("sr")
run_id = api.create_run(new_experiment("registry-search")).info.run_id
for model, tags, versions in (
    ("Anna", {"team": "red"}, 3),
    ("anton", {"team": "Blue", "größe": "xl"}, 1),
    ("berta", {"team": ""}, 0),
    ("cäsar", {}, 2),
):
    api.create_registered_model(f"{mark}-{model}", tags=tags, description=f"of {model}")
    time.sleep(0.005)
    for number in range(1, versions + 1):
        api.create_model_version(
            f"{mark}-{model}",
            f"s3://bucket/{model}/{number}",
            run_id=run_id if number == 1 else None,
            tags={"number": str(number), "odd key": "o"},
        )
        time.sleep(0.005)
api.set_registered_model_alias(f"{mark}-Anna", "champion", "2")


def models(clause: str = "", **options) -> list:
    """Last parts of the names of the models that a search finds."""
    own = f"name LIKE '{mark}-%'"
    found = api.search_registered_models(f"{own} AND {clause}" if clause else own, **options)
    return [model.name.removeprefix(f"{mark}-") for model in found]


for clause, expected in {
    "": ["Anna", "anton", "berta", "cäsar"],
    f"name = '{mark}-Anna'": ["Anna"],
    f"name != '{mark}-Anna'": ["anton", "berta", "cäsar"],
    f"name ILIKE '{mark.upper()}-A%'": ["Anna", "anton"],
    f"name LIKE '{mark}-_erta'": ["berta"],
    "tags.team = 'red'": ["Anna"],
    "tags.team != 'red'": ["anton", "berta"],
    "tag.team ILIKE 'b%'": ["anton"],
    "tags.`größe` = 'xl'": ["anton"],
    "tags.team = ''": ["berta"],
    "tags.never = 'x'": [],
}.items():
    equal(models(clause), expected, f"models with {clause!r}")
equal(models(order_by=["name DESC"]), ["cäsar", "berta", "anton", "Anna"], "by name, downwards")
equal(models(order_by=["last_updated_timestamp ASC"]), ["Anna", "anton", "berta", "cäsar"], "by time")
equal(models(order_by=["last_updated_timestamp DESC", "name"])[0], "cäsar", "by time, downwards")
found = api.search_registered_models(f"name = '{mark}-Anna'")[0]
equal((found.description, found.tags, {k: str(v) for k, v in found.aliases.items()}),
      ("of Anna", {"team": "red"}, {"champion": "2"}), "what a search tells of a model")
equal([str(version.version) for version in found.latest_versions], ["3"], "latest versions in a search")
pages, token = [], None
while True:
    page = api.search_registered_models(f"name LIKE '{mark}-%'", max_results=3, page_token=token)
    pages.append(len(page))
    token = page.token
    if not token:
        break
equal(pages, [3, 1], "pages of models")


def versions(clause: str = "", **options) -> list:
    """`model/version` of the versions that a search finds."""
    own = f"name LIKE '{mark}-%'"
    found = api.search_model_versions(f"{own} AND {clause}" if clause else own, **options)
    return [f"{version.name.removeprefix(f'{mark}-')}/{version.version}" for version in found]


every = ["cäsar/2", "cäsar/1", "anton/1", "Anna/3", "Anna/2", "Anna/1"]
for clause, expected in {
    "": every,
    f"name = '{mark}-Anna'": every[3:],
    f"run_id = '{run_id}'": ["cäsar/1", "anton/1", "Anna/1"],
    f"run_id IN ('{run_id}', 'x')": ["cäsar/1", "anton/1", "Anna/1"],
    "source_path = 's3://bucket/Anna/2'": ["Anna/2"],
    "source_path LIKE 's3://bucket/A%'": every[3:],
    "source_path ILIKE 'S3://bucket/A%'": every[2:],
    "version_number > 1": ["cäsar/2", "Anna/3", "Anna/2"],
    "version_number = 3": ["Anna/3"],
    "tags.number = '2'": ["cäsar/2", "Anna/2"],
    "tags.`odd key` = 'o' AND tags.number != '1'": ["cäsar/2", "Anna/3", "Anna/2"],
    "tags.never = 'x'": [],
}.items():
    equal(versions(clause), expected, f"versions with {clause!r}")
equal(versions(order_by=["version_number DESC", "name ASC"]),
      ["Anna/3", "Anna/2", "cäsar/2", "Anna/1", "anton/1", "cäsar/1"], "by number")
equal(versions(order_by=["creation_timestamp ASC"]), every[::-1], "by time")
equal(versions(order_by=["name DESC"])[0], "cäsar/2", "by name")
pages, token = [], None
while True:
    page = api.search_model_versions(f"name LIKE '{mark}-%'", max_results=4, page_token=token)
    pages.append([str(version.version) for version in page])
    token = page.token
    if not token:
        break
equal(pages, [["2", "1", "1", "3"], ["2", "1"]], "pages of versions")

# What an update does to the order.
api.update_model_version(f"{mark}-Anna", "1", "late")
equal(versions()[0], "Anna/1", "the version that was changed last comes first")

for clause in ("description = 'x'", "name > 'a'", "nonsense = 1", "name = 'a' OR", "tags.team"):
    with refused("INVALID_PARAMETER_VALUE"):
        models(clause)
for clause in ("current_stage = 'None'", "version_number LIKE '1'", "creation_timestamp > 0"):
    with refused("INVALID_PARAMETER_VALUE"):
        versions(clause)
with refused("INVALID_PARAMETER_VALUE"):
    models(max_results=1_001)
with refused("INVALID_PARAMETER_VALUE"):
    versions(max_results=200_001)
with refused("INVALID_PARAMETER_VALUE"):
    models(order_by=["creation_timestamp"])
