"""
Oracle's Python SDK through a proxy that does to the attempts of a call what its header says: each call ends with one
effect, whatever became of the attempts. Writes the names of the calls for the caller to look up.
"""

import os
import uuid

import oci
from oci_client import api, base_client, call, url

through = base_client(os.environ["RUNSTEAD_TEST_PROXY"])
direct = base_client(url)
soon = oci.retry.RetryStrategyBuilder(
    retry_base_sleep_time_seconds=0.05, retry_max_wait_between_calls_seconds=0.1, decorrelated_jitter=0.05
).get_retry_strategy()

for script in ("drop;drop", "409;409", "429;503", "500;drop"):
    name = uuid.uuid4().hex
    headers = {"x-script": f"{name};{script}"}
    through.add_opc_retry_token_if_needed(headers)
    body = {"run_name": name}
    run = call(through, "POST", f"{api}/runs/create", body, headers=headers, retry=soon).data["run"]["info"]
    search = {"experiment_ids": ["0"], "filter": f"attributes.run_name = '{name}'"}
    found = call(direct, "POST", f"{api}/runs/search", search).data["runs"]
    assert [one["info"]["run_id"] for one in found] == [run["run_id"]], (script, found, run)
    print(name)

# A lasting conflict is not tried again.
taken = {"name": "taken " + uuid.uuid4().hex}
call(direct, "POST", f"{api}/experiments/create", taken)
name = uuid.uuid4().hex
try:
    call(through, "POST", f"{api}/experiments/create", taken, headers={"x-script": name}, retry=soon)
    raise AssertionError("the name was taken twice")
except oci.exceptions.ServiceError as error:
    assert error.status == 409, error
print(name)
