"""Webhooks by the client: their life, what they are sent, and that the signature is right."""

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from common import client, equal, refused, unique, wait_until
from mlflow.entities.webhook import WebhookStatus

SECRET = "a shared secret"
received = []


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        received.append((self.path, dict(self.headers), body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"


def deliveries(path):
    return [(headers, json.loads(body)) for at, headers, body in received if at == path]


def check_signature(headers, body):
    signed = f"{headers['X-MLflow-Delivery-Id']}.{headers['X-MLflow-Timestamp']}.".encode() + body
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    equal(headers["X-MLflow-Signature"], f"v1,{base64.b64encode(digest).decode()}", "signature")


api = client()
hook = api.create_webhook(
    name="conformance",
    url=f"{url}/all",
    events=["registered_model.created", "model_version.created", "model_version_alias.created", "model_version_tag.set"],
    description="for a test",
    secret=SECRET,
)
equal(hook.name, "conformance")
equal(hook.status, WebhookStatus.ACTIVE)
equal(hook.secret, None, "secret")
equal(
    [str(event) for event in hook.events],
    ["model_version.created", "model_version_alias.created", "model_version_tag.set", "registered_model.created"],
    "events",
)
equal(api.get_webhook(hook.webhook_id).url, f"{url}/all")
quiet = api.create_webhook(name="quiet", url=f"{url}/quiet", events=["registered_model.created"], status="DISABLED")
assert hook.webhook_id in [one.webhook_id for one in api.list_webhooks()]

result = api.test_webhook(hook.webhook_id)
equal((result.success, result.response_status, result.error_message), (True, 200, None), "test")
wait_until(lambda: received, what="the sample")
_, headers, body = received[0]
check_signature(headers, body)
result = api.test_webhook(hook.webhook_id, event="prompt_alias.created")
equal(deliveries("/all")[1][1]["data"], {"name": "example_prompt", "alias": "example_alias", "version": "1"}, "sample")
received.clear()

name = unique("hooked")
api.create_registered_model(name, tags={"team": "risk"}, description="first")
api.create_model_version(name, "s3://bucket/model", tags={"k": "v"}, description="one")
api.set_registered_model_alias(name, "champion", "1")
api.set_model_version_tag(name, "1", "checked", "yes")
wait_until(lambda: len(deliveries("/all")) >= 4, what="four deliveries")
told = {f"{body['entity']}.{body['action']}": body["data"] for _, body in deliveries("/all")}
equal(told["registered_model.created"], {"name": name, "tags": {"team": "risk"}, "description": "first"})
equal(
    told["model_version.created"],
    {
        "name": name,
        "version": "1",
        "source": "s3://bucket/model",
        "run_id": None,
        "tags": {"k": "v"},
        "description": "one",
    },
)
equal(told["model_version_alias.created"], {"name": name, "alias": "champion", "version": "1"})
equal(told["model_version_tag.set"], {"name": name, "version": "1", "key": "checked", "value": "yes"})
for path, headers, body in received:
    equal(headers["Content-Type"], "application/json")
    check_signature(headers, body)
equal(deliveries("/quiet"), [], "deliveries of a disabled webhook")

changed = api.update_webhook(hook.webhook_id, name="renamed", events=["prompt.created"], status="DISABLED")
equal((changed.name, changed.description, changed.status), ("renamed", "for a test", WebhookStatus.DISABLED))
equal([str(event) for event in changed.events], ["prompt.created"])

with refused("INVALID_PARAMETER_VALUE", "Webhook name"):
    api.create_webhook(name="a b", url=url, events=["prompt.created"])
with refused("INVALID_PARAMETER_VALUE", "scheme"):
    api.create_webhook(name="x", url="ftp://example.com", events=["prompt.created"])
with refused("RESOURCE_DOES_NOT_EXIST", "missing"):
    api.get_webhook("missing")

for one in (hook, quiet):
    api.delete_webhook(one.webhook_id)
    with refused("RESOURCE_DOES_NOT_EXIST", one.webhook_id):
        api.get_webhook(one.webhook_id)
server.shutdown()
