"""Unicode wherever a name or a value may stand: experiments, runs, params, metrics, tags, artifacts, filters."""

from common import client, equal, refused, unique

TEXTS = ["Ünïcödé", "漢字かな交じり", "Ελληνικά", "العربية", "हिन्दी", "emoji 🚀👩‍🔬", "e\u0301 decomposed", "quote \" and \\ and \t tab"]

api = client()
for text in TEXTS:
    name = unique(text)
    experiment_id = api.create_experiment(name, tags={"text": text})
    experiment = api.get_experiment_by_name(name)
    equal((experiment.experiment_id, experiment.name, experiment.tags["text"]), (experiment_id, name, text), "experiment")
    run = api.create_run(experiment_id, run_name=text, tags={"created": text})
    run_id = run.info.run_id
    api.set_tag(run_id, "value", text)
    api.log_param(run_id, "value", text)
    api.log_text(run_id, text, "text.txt")
    read = api.get_run(run_id)
    equal(read.info.run_name, text, "run name")
    equal((read.data.tags["value"], read.data.tags["created"]), (text, text), "tags")
    equal(read.data.params, {"value": text}, "param")
    if "'" not in text and '"' not in text:
        found = api.search_runs([experiment_id], f"params.value = '{text}' AND tags.value = '{text}' AND run_name = '{text}'")
        equal([item.info.run_id for item in found], [run_id], f"search for {text}")

# Word characters of any script are allowed in keys; others are not.
run_id = api.create_run(new_id := api.create_experiment(unique("keys"))).info.run_id
for key in ["größe", "損失", "λ/μ", "a b", "a:b", "a.b-c_d"]:
    api.log_metric(run_id, key, 1.0)
    api.log_param(run_id, key, key)
    api.set_tag(run_id, key, key)
    equal(api.get_metric_history(run_id, key)[0].value, 1.0, f"history of {key}")
    found = api.search_runs([new_id], f"metrics.`{key}` = 1 AND params.`{key}` = '{key}' AND tags.`{key}` = '{key}'")
    equal(len(found), 1, f"search by {key}")
for key in ["🚀", "a$b", "a//b", "../a", "a,b"]:
    with refused("INVALID_PARAMETER_VALUE"):
        api.set_tag(run_id, key, "x")
