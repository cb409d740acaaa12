"""What the registry refuses, as the client shows it: codes and words of every bad input."""

from common import client, refused, unique

api = client()
name = unique("refusals")
api.create_registered_model(name)
api.create_model_version(name, "s3://bucket/model")
missing = unique("missing")

with refused("RESOURCE_ALREADY_EXISTS", name):
    api.create_registered_model(name)
for bad in ("a/b", "a:b"):
    with refused("INVALID_PARAMETER_VALUE", "Invalid model name", bad):
        api.create_registered_model(bad)
with refused("INVALID_PARAMETER_VALUE", "name"):
    api.create_registered_model("")

for call in (
    lambda: api.get_registered_model(missing),
    lambda: api.rename_registered_model(missing, unique("other")),
    lambda: api.update_registered_model(missing, "x"),
    lambda: api.delete_registered_model(missing),
    lambda: api.set_registered_model_tag(missing, "k", "v"),
    lambda: api.delete_registered_model_tag(missing, "k"),
    lambda: api.create_model_version(missing, "s3://bucket/model"),
    lambda: api.get_latest_versions(missing),
):
    with refused("RESOURCE_DOES_NOT_EXIST", missing):
        call()
for call in (
    lambda: api.get_model_version(name, "9"),
    lambda: api.update_model_version(name, "9", "x"),
    lambda: api.transition_model_version_stage(name, "9", "Staging"),
    lambda: api.delete_model_version(name, "9"),
    lambda: api.set_model_version_tag(name, "9", "k", "v"),
    lambda: api.delete_model_version_tag(name, "9", "k"),
    lambda: api.get_model_version_download_uri(name, "9"),
    lambda: api.set_registered_model_alias(name, "a", "9"),
):
    with refused("RESOURCE_DOES_NOT_EXIST", name, "9"):
        call()

with refused("INVALID_PARAMETER_VALUE", "Invalid Model Version stage"):
    api.transition_model_version_stage(name, "1", "Prod")
with refused("INVALID_PARAMETER_VALUE", "Invalid Model Version stage"):
    api.get_latest_versions(name, ["Prod"])
with refused("INTERNAL_ERROR", "transition-stage"):  # an answer of 500, which the client repeats until it gives up
    api.transition_model_version_stage(name, "1", "None", archive_existing_versions=True)
for alias, words in (("a b", "Invalid alias name"), ("latest", "reserved"), ("v3", "reserved"), ("a" * 256, "255")):
    with refused("INVALID_PARAMETER_VALUE", words):
        api.set_registered_model_alias(name, alias, "1")
with refused("INVALID_PARAMETER_VALUE", "never"):
    api.get_model_version_by_alias(name, "never")
with refused("INVALID_PARAMETER_VALUE", "250"):
    api.set_registered_model_tag(name, "k" * 251, "v")
with refused("INVALID_PARAMETER_VALUE", "100000"):
    api.set_model_version_tag(name, "1", "k", "v" * 100_001)

# Sources that would let a reader out of where models lie.
for source in ("/etc/passwd", "file:///etc/passwd", "s3://bucket/../other", "mlflow-artifacts:/1/../../x", "https://where.example/x"):
    with refused("INVALID_PARAMETER_VALUE"):
        api.create_model_version(name, source)
with refused("RESOURCE_DOES_NOT_EXIST"):
    api.create_model_version(name, f"models:/{missing}/1")
assert len(api.search_model_versions(f"name = '{name}'")) == 1, "nothing of that has left a version"
