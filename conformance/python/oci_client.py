"""What the scripts for Oracle's Python SDK share: the user's signer, and calls as generated clients make them."""

import os

import oci

url = os.environ["RUNSTEAD_URL"]
config = oci.config.from_file(os.environ["OCI_CONFIG_FILE"])
signer = oci.Signer.from_config(config)
platform = "/aiDataPlatforms/ocid1.aidataplatform.local..default"
workspace = f"{platform}/workspaces/default"
api = f"{workspace}/mlops/api/2.0/mlflow"


def base_client(endpoint, by=signer):
    """A client without operations of its own, at the version of AIDP."""
    return oci.base_client.BaseClient(
        "aidp",
        config,
        by,
        {},
        service_endpoint=endpoint,
        base_path="/20260430",
        skip_deserialization=True,
        circuit_breaker_strategy=oci.circuit_breaker.NoCircuitBreakerStrategy(),
    )


def call(client, method, path, body=None, query=None, headers=None, retry=oci.retry.NoneRetryStrategy()):
    """Calls an operation. Raises oci.exceptions.ServiceError for what is no success."""
    header_params = {"accept": "application/json", "content-type": "application/json", **(headers or {})}
    return retry.make_retrying_call(
        client.call_api,
        resource_path=path,
        method=method,
        query_params=query,
        header_params=header_params,
        body=body,
        response_type="object",
    )
