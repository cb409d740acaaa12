"""Oracle's Python SDK against a server: its signer with requests, its base client, a session token, retries of one token."""

import os
import uuid

import oci
import requests

url = os.environ["RUNSTEAD_URL"]
config = oci.config.from_file(os.environ["OCI_CONFIG_FILE"])
signer = oci.Signer.from_config(config)
workspace = "/aiDataPlatforms/ocid1.aidataplatform.local..default/workspaces/default"
api = f"{url}/20260430{workspace}/mlops/api/2.0/mlflow"


def check(answer, status=200):
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.headers["opc-request-id"], answer.headers
    return answer.json() if answer.text else None


name = "über " + uuid.uuid4().hex
experiment = check(requests.post(f"{api}/experiments/create", json={"name": name}, auth=signer))["experiment_id"]
by_name = check(requests.get(f"{api}/experiments/get-by-name", params={"experiment_name": name}, auth=signer))
assert by_name["experiment"]["experiment_id"] == experiment

# Marks that older clients sign otherwise, and that Python encodes as + and %.
odd = {"filter": "name LIKE 'a%' and tags.`x y+z` != '{é|^}'", "max_results": 3}
models = f"{url}/20260430/aiDataPlatforms/ocid1.aidataplatform.local..default/mlops/api/2.0/mlflow"
check(requests.get(f"{models}/registered-models/search", params=odd, auth=signer))

# An empty body, and one that is {}.
check(requests.post(f"{api}/runs/create", headers={"content-type": "application/json"}, auth=signer))
check(requests.post(f"{api}/runs/create", json={}, auth=signer))

# One token, three attempts, one effect; with another body it is refused.
token = {"opc-retry-token": uuid.uuid4().hex}
run = [
    check(requests.post(f"{api}/runs/create", json={"experiment_id": experiment}, headers=token, auth=signer))
    for _ in range(3)
]
assert len({one["run"]["info"]["run_id"] for one in run}) == 1, run
check(requests.post(f"{api}/runs/create", json={"experiment_id": "0"}, headers=token, auth=signer), 409)

# The base client of the generated ones, with its retry token and its errors.
client = oci.base_client.BaseClient(
    "aidp", config, signer, {}, service_endpoint=url, base_path="/20260430", skip_deserialization=True
)
headers = {"content-type": "application/json"}
client.add_opc_retry_token_if_needed(headers)
answer = client.call_api(
    workspace + "/mlops/api/2.0/mlflow/experiments/search",
    "POST",
    header_params=headers,
    body={"max_results": 1},
    response_type="object",
)
assert answer.status == 200 and answer.request_id, answer
try:
    client.call_api(
        workspace + "/mlops/api/2.0/mlflow/runs/get",
        "GET",
        query_params={"run_id": "f" * 32},
        header_params=headers,
        response_type="object",
    )
    raise AssertionError("an absent run was found")
except oci.exceptions.ServiceError as error:
    assert (error.status, error.code) == (404, "NotAuthorizedOrNotFound"), error
    assert error.request_id, error

# A session token signs as well.
public_key = open(config["key_file"].replace(".key", ".pub"), encoding="utf-8").read()
session = check(
    requests.post(
        f"{models}/../runstead/users/me/sessions".replace("/mlflow/..", ""), json={"public_key": public_key}, auth=signer
    )
)
by_session = oci.auth.signers.SecurityTokenSigner(
    session["token"], oci.signer.load_private_key_from_file(config["key_file"])
)
check(requests.post(f"{api}/experiments/search", json={"max_results": 1}, auth=by_session))

# A wrong key is refused like any other.
wrong = oci.Signer(config["tenancy"], config["user"], ":".join(["00"] * 16), config["key_file"])
refused = check(requests.post(f"{api}/experiments/search", json={}, auth=wrong), 401)
assert refused["code"] == "NotAuthenticated", refused
