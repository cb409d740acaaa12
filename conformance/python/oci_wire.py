"""Oracle's Python SDK against a server, case by case: methods, bodies, paths, queries, errors, retries and pages."""

import datetime
import uuid

import oci
import requests
from oci_client import api, base_client, call, config, platform, signer, url

client = base_client(url)
registry = f"{platform}/mlops/api/2.0/mlflow"
mebibyte = 1_048_576


def refused(status, code, *args, **more):
    """The error that a call ends with, as the SDK reads it."""
    try:
        answer = call(*args, **more)
    except oci.exceptions.ServiceError as error:
        assert (error.status, error.code) == (status, code), error
        assert error.message and error.request_id, error
        assert error.headers["opc-request-id"] == error.request_id, error.headers
        return error
    raise AssertionError(f"{status} {code} was expected, it is {answer.status}: {answer.data}")


# HEAD answers what GET does, without its body.
get = requests.get(f"{url}/20260430{api}/experiments/get", params={"experiment_id": "0"}, auth=signer)
head = requests.head(f"{url}/20260430{api}/experiments/get", params={"experiment_id": "0"}, auth=signer)
assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", get.headers["etag"]), head.headers
assert head.headers["content-length"] == get.headers["content-length"], head.headers

# PUT and DELETE change a workspace on the revision that if-match names; DELETE comes with a content type and no body.
created = call(client, "POST", f"{platform}/workspaces", {"displayName": uuid.uuid4().hex})
assert created.status == 201, created.status
one = f"{platform}/workspaces/{created.data['key']}"
changed = call(client, "PUT", one, {"description": "other"}, headers={"if-match": created.headers["etag"]})
assert changed.data["description"] == "other", changed.data
stale = {"if-match": created.headers["etag"]}
refused(412, "NoEtagMatch", client, "PUT", one, {"description": "third"}, headers=stale)
refused(412, "NoEtagMatch", client, "DELETE", one, headers=stale)
removed = call(client, "DELETE", one, headers={"if-match": changed.headers["etag"]})
assert removed.status == 202 and removed.headers["aidp-async-operation-key"], removed.headers
refused(404, "NotAuthorizedOrNotFound", client, "GET", one)

# PATCH.
model = "default.default.m" + uuid.uuid4().hex
call(client, "POST", f"{registry}/registered-models/create", {"name": model})
patched = call(client, "PATCH", f"{registry}/registered-models/update", {"name": model, "description": "by PATCH"})
assert patched.data["registered_model"]["description"] == "by PATCH", patched.data

# No body, {} and text beyond ASCII, which Python writes with escapes.
call(client, "POST", f"{api}/runs/create")
call(client, "POST", f"{api}/runs/create", {})
name = "Überblick – 日本語 😀"
run = call(client, "POST", f"{api}/runs/create", {"run_name": name}).data["run"]["info"]
assert run["run_name"] == name, run

# 10 MiB where a body may be as long; refused with an answer, not with a lost connection, elsewhere.
dataset = {"name": "d", "digest": "1", "source_type": "local", "source": "{}", "profile": "p" * (10 * mebibyte)}
inputs = {"run_id": run["run_id"], "dataset_inputs": [{"dataset": dataset, "tags": []}]}
call(client, "POST", f"{api}/runs/log-inputs", inputs)
read = call(client, "GET", f"{api}/runs/get", query={"run_id": run["run_id"]}).data["run"]
assert len(read["inputs"]["dataset_inputs"][0]["dataset"]["profile"]) == 10 * mebibyte
for size in (2, 10, 40):
    tag = {"run_id": run["run_id"], "key": "k", "value": "v" * (size * mebibyte)}
    refused(413, "PayloadTooLarge", client, "POST", f"{api}/runs/set-tag", tag)

# An endpoint that ends in a slash.
slashed = base_client(url + "/")
assert call(slashed, "POST", f"{api}/experiments/search", {"max_results": 1}).status == 200
assert call(slashed, "GET", f"{api}/experiments/get", query={"experiment_id": "0"}).status == 200

# Marks in path parameters, with `/` raw and encoded.
for key in ("a/b", "!'()*~", "@:$,;=+", "ü 日本", "%2e%2e", "a b"):
    for strict in (False, True):
        try:
            client.call_api(
                platform + "/workspaces/{workspaceKey}",
                "GET",
                path_params={"workspaceKey": key},
                header_params={"accept": "application/json"},
                response_type="object",
                enable_strict_url_encoding=strict,
            )
            raise AssertionError(f"the workspace {key} was found")
        except oci.exceptions.ServiceError as error:
            assert error.status == 404 and error.code in ("NotAuthorizedOrNotFound", "NotFound"), error

# Marks in a query: each name is found again, to the letter.
for odd in ("two words", "a+b", "100%", "%41", "a&b", "a#b", "[x]=?", "`t`", "{x|y}^", "b\\s", "\"<'>\"", "ü 日本 😀", "t\tl\ne"):
    named = f"{odd} {uuid.uuid4().hex}"
    call(client, "POST", f"{api}/experiments/create", {"name": named})
    found = call(client, "GET", f"{api}/experiments/get-by-name", query={"experiment_name": named})
    assert found.data["experiment"]["name"] == named, found.data

# Lists, dates, booleans and nothing in a query.
prefix = "q" + uuid.uuid4().hex
for letter in "abc":
    call(client, "POST", f"{registry}/registered-models/create", {"name": f"default.default.{prefix}{letter}"})
query = {"filter": f"name LIKE '%{prefix}%'", "order_by": ["name DESC", "last_updated_timestamp"], "max_results": 2}
found = call(client, "GET", f"{registry}/registered-models/search", query=query).data["registered_models"]
assert [one["name"][-1] for one in found] == ["c", "b"], found
for moment in (datetime.datetime.now(datetime.timezone.utc), datetime.datetime(2026, 1, 2, 3, 4, 5)):
    query = {"isPrivateNetworkEnabled": False, "timeCreatedAfter": moment, "displayName": ""}
    listed = call(client, "GET", f"{platform}/workspaces", query=query)
    assert listed.data["items"], listed.data

# A delegation token, signed and unsigned.
target = f"{url}/20260430{api}/experiments/search"
obo = {"opc-obo-token": "somebody"}
unsigned = requests.post(target, json={"max_results": 1}, headers=obo, auth=signer)
assert unsigned.status_code == 401, unsigned.text
# What the SDK's own signers with a delegation token sign.
delegated = oci.Signer.from_config(config)
delegated.create_signers(
    delegated.api_key,
    delegated.private_key,
    ["date", "(request-target)", "host", "opc-obo-token"],
    ["content-length", "content-type", "x-content-sha256"],
)
signed = requests.post(target, json={"max_results": 1}, headers=obo, auth=delegated)
assert signed.status_code == 200, signed.text

# Errors, as the SDK reads them.
refused(400, "InvalidParameter", client, "POST", f"{api}/runs/search", {"max_results": -1})
refused(400, "MissingParameter", client, "POST", f"{api}/experiments/create", {})
refused(400, "CannotParseRequest", client, "POST", f"{api}/runs/create", ["no object"])
refused(404, "NotAuthorizedOrNotFound", client, "POST", f"{api}/runs/delete", {"run_id": "f" * 32})
refused(404, "NotFound", client, "POST", f"{api}/runs/absent", {})
refused(405, "MethodNotAllowed", client, "PUT", f"{api}/runs/create", {"a": 1})
taken = {"name": "taken " + uuid.uuid4().hex}
call(client, "POST", f"{api}/experiments/create", taken)
refused(409, "NotAuthorizedOrResourceAlreadyExists", client, "POST", f"{api}/experiments/create", taken)
token = {"opc-retry-token": uuid.uuid4().hex}
call(client, "POST", f"{api}/runs/create", {"run_name": "a"}, headers=token)
refused(409, "Conflict", client, "POST", f"{api}/runs/create", {"run_name": "b"}, headers=token)
wrong = oci.Signer(config["tenancy"], config["user"], ":".join(["00"] * 16), config["key_file"])
refused(401, "NotAuthenticated", base_client(url, wrong), "POST", f"{api}/experiments/search", {"max_results": 1})
