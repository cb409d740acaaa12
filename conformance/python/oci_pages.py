"""The paginator of Oracle's Python SDK over the lists of a server."""

import uuid

import oci
from oci_client import api, base_client, call, platform, url

client = base_client(url)
registry = f"{platform}/mlops/api/2.0/mlflow"
pages = []


class Items:
    """What the paginator asks of a list: its items."""

    def __init__(self, items):
        self.items = items


def listing(method, path, token_name, items_name, query):
    """A list operation as the paginator calls one: the page comes by name, the next page is in the answer's header."""

    def operation(page=None, **_more):
        asked = {**query, **({} if page is None else {token_name: page})}
        answer = call(client, method, path, **({"query": asked} if method == "GET" else {"body": asked}))
        assert answer.headers.get("opc-next-page") == answer.data.get("next_page_token", answer.next_page), answer.headers
        items = answer.data.get(items_name) or []
        pages.append(len(items))
        return oci.Response(answer.status, answer.headers, Items(items), answer.request)

    return operation


def everything(*args):
    pages.clear()
    return oci.pagination.list_call_get_all_results(listing(*args)).data


prefix = "pages " + uuid.uuid4().hex
for letter in "abcde":
    call(client, "POST", f"{platform}/workspaces", {"displayName": f"{prefix} {letter}"})
query = {"displayNameContains": prefix, "sortBy": "displayName", "limit": 2}
found = everything("GET", f"{platform}/workspaces", "page", "items", query)
assert [one["displayName"][-1] for one in found] == list("abcde"), found
assert pages == [2, 2, 1], pages

prefix = "p" + uuid.uuid4().hex
for letter in "abc":
    call(client, "POST", f"{registry}/registered-models/create", {"name": f"default.default.{prefix}{letter}"})
query = {"filter": f"name LIKE '%{prefix}%'", "max_results": 1}
found = everything("GET", f"{registry}/registered-models/search", "page_token", "registered_models", query)
assert [one["name"][-1] for one in found] == list("abc"), found

# A selective search: the paginator would go on over an empty page, but there is none before the end.
created = call(client, "POST", f"{api}/experiments/create", {"name": "pages " + uuid.uuid4().hex}).data
for number in range(12):
    tags = [{"key": "third", "value": "yes" if number % 3 == 0 else "no"}]
    call(client, "POST", f"{api}/runs/create", {**created, "tags": tags, "start_time": number})
query = {"experiment_ids": [created["experiment_id"]], "filter": "tags.third = 'yes'", "max_results": 1}
found = everything("POST", f"{api}/runs/search", "page_token", "runs", query)
assert len(found) == 4 and pages[:4] == [1, 1, 1, 1], pages
