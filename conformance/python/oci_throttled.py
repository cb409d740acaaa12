"""Oracle's Python SDK against a server that throttles: it is refused, tries again with its own waits, and gets everything."""

from concurrent.futures import ThreadPoolExecutor

import oci
from oci_client import api, base_client, call, url

body = {"max_results": 1}


def attempt(_number):
    try:
        return call(base_client(url), "POST", f"{api}/experiments/search", body).status
    except oci.exceptions.ServiceError as error:
        assert (error.status, error.code) == (429, "TooManyRequests"), error
        assert int(error.headers["retry-after"]) > 0, error.headers
        return error.status


def insist(_number):
    retry = oci.retry.DEFAULT_RETRY_STRATEGY
    return call(base_client(url), "POST", f"{api}/experiments/search", body, retry=retry).status


with ThreadPoolExecutor(8) as pool:
    statuses = list(pool.map(attempt, range(10)))
    assert 429 in statuses, statuses
    assert list(pool.map(insist, range(6))) == [200] * 6
