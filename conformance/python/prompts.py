"""The prompt registry: versions, aliases, tags, searches; prompts and models keep apart. Both client lines have it."""

import mlflow
from common import CLIENT_MAJOR, client, equal, refused, unique

api = client()
name = unique("greeting")
prompts = mlflow.genai if CLIENT_MAJOR >= 3 else mlflow

first = prompts.register_prompt(name, "Hello {{name}}, how is {{place}}?", commit_message="first", tags={"lang": "en"})
equal(int(first.version), 1, "first version")
second = prompts.register_prompt(name, "Grüß dich, {{name}} 🚀", commit_message="zweite")
equal(int(second.version), 2, "second version")

loaded = prompts.load_prompt(name, version=1)
equal(loaded.template, "Hello {{name}}, how is {{place}}?", "template")
equal(loaded.commit_message, "first", "commit message")
equal(loaded.format(name="Ann", place="Rome"), "Hello Ann, how is Rome?", "formatted")
equal(set(loaded.variables), {"name", "place"}, "variables")
equal(prompts.load_prompt(f"prompts:/{name}/2").template, "Grüß dich, {{name}} 🚀", "by address")

prompts.set_prompt_alias(name, alias="production", version=1)
equal(int(prompts.load_prompt(f"prompts:/{name}@production").version), 1, "by alias")
prompts.set_prompt_alias(name, alias="production", version=2)
fresh = {"cache_ttl_seconds": 0} if CLIENT_MAJOR >= 3 else {}  # the newer client remembers prompts for a minute
equal(int(prompts.load_prompt(f"prompts:/{name}@production", **fresh).version), 2, "a moved alias")
prompts.delete_prompt_alias(name, alias="production")

# Prompts are hidden among models, and their names are taken.
equal([model.name for model in api.search_registered_models(f"name = '{name}'")], [], "a prompt is no model")
with refused("RESOURCE_ALREADY_EXISTS"):
    api.create_registered_model(name)
model = unique("model")
api.create_registered_model(model)
try:
    prompts.register_prompt(model, "text")
except mlflow.MlflowException as problem:
    assert "model" in str(problem).lower(), problem
else:
    raise AssertionError("a prompt took the name of a model")
equal([found.name for found in api.search_registered_models(f"name LIKE '{model}'")], [model], "a model is found")

# Chat prompts, long ones, and what is no prompt name.
long_text = "word " * 19_000 + "{{end}}"
equal(int(prompts.register_prompt(name, long_text).version), 3, "a long prompt")
equal(prompts.load_prompt(name, version=3).template, long_text, "a long prompt read back")
try:
    prompts.register_prompt(name, "x" * 100_001)
except mlflow.MlflowException as problem:
    assert "100000" in str(problem), problem
else:
    raise AssertionError("a prompt that is too long was accepted")

if CLIENT_MAJOR >= 3:
    equal({tag: value for tag, value in api.get_prompt_version(name, 1).tags.items() if not tag.startswith("_")},
          {"lang": "en"}, "tags of a version")
    chat = mlflow.genai.register_prompt(
        unique("chat"),
        [{"role": "system", "content": "Be {{mood}}."}, {"role": "user", "content": "{{question}}"}],
        response_format={"type": "object", "properties": {"answer": {"type": "string"}}},
    )
    back = mlflow.genai.load_prompt(chat.name, version=1)
    equal(back.template[0], {"role": "system", "content": "Be {{mood}}."}, "chat template")
    equal(back.response_format["properties"], {"answer": {"type": "string"}}, "response format")

    equal({prompt.name for prompt in mlflow.genai.search_prompts(f"name = '{name}'")}, {name}, "search by name")
    assert {name, chat.name} <= {prompt.name for prompt in mlflow.genai.search_prompts()}, "search of all prompts"
    assert model not in {prompt.name for prompt in mlflow.genai.search_prompts()}, "a model is no prompt"
    mlflow.genai.set_prompt_tag(name, "team", "red")
    equal({prompt.name for prompt in mlflow.genai.search_prompts(f"tags.team = 'red' AND name = '{name}'")}, {name}, "by tag")
    equal(api.get_prompt(name).tags.get("team"), "red", "tag of a prompt")
    mlflow.genai.delete_prompt_tag(name, "team")
    mlflow.genai.set_prompt_version_tag(name, 2, "checked", "yes")
    equal(api.get_prompt_version(name, 2).tags.get("checked"), "yes", "tag of a version")
    mlflow.genai.delete_prompt_version_tag(name, 2, "checked")
    equal([int(version.version) for version in api.search_prompt_versions(name)], [3, 2, 1], "search of versions")
    # A run and a logged model that use a prompt.
    mlflow.set_experiment(unique("prompts"))
    with mlflow.start_run() as run:
        mlflow.genai.load_prompt(name, version=2)
    linked = api.get_run(run.info.run_id).data.tags.get("mlflow.linkedPrompts", "")
    assert name in linked, f"the run knows its prompt: {linked}"
    api.delete_prompt_version(name, "3")
    assert mlflow.genai.load_prompt(name, version=3, allow_missing=True, cache_ttl_seconds=0) is None, "a deleted version"
    equal(int(mlflow.genai.register_prompt(name, "four").version), 4, "numbers are not used again")
    api.delete_prompt(name)
    assert name not in {prompt.name for prompt in mlflow.genai.search_prompts(f"name = '{name}'")}, "a deleted prompt"
else:
    for number in (1, 2, 3):
        mlflow.delete_prompt(name, number)
    api.create_registered_model(name)
