"""Many processes of a cluster write into one run and into many runs at once; nothing is lost, nothing is torn."""

from concurrent.futures import ThreadPoolExecutor

from common import client, equal, new_experiment
from mlflow.entities import Metric, Param, RunTag

WRITERS = 12
STEPS = 40
experiment_id = new_experiment("parallel")
shared = client().create_run(experiment_id, run_name="shared").info.run_id


def write(number: int) -> str:
    """One writer: single values into the shared run, batches into its own, a param and a tag each."""
    api = client()
    own = api.create_run(experiment_id, run_name=f"own-{number}").info.run_id
    api.log_param(shared, f"writer-{number}", number)
    for step in range(STEPS):
        api.log_metric(shared, "common", float(number), timestamp=step, step=step)
        api.log_metric(shared, f"mine-{number}", float(step), timestamp=step, step=step)
        api.log_batch(
            own,
            [Metric(f"k{key}", float(step), step, step) for key in range(20)],
            [Param(f"p{step}", str(step))],
            [RunTag("at", str(step))],
        )
    api.set_tag(shared, f"done-{number}", "yes")
    return own


with ThreadPoolExecutor(WRITERS) as pool:
    own_runs = list(pool.map(write, range(WRITERS)))

api = client()
run = api.get_run(shared)
equal(run.data.params, {f"writer-{number}": str(number) for number in range(WRITERS)}, "params of the shared run")
equal({key for key in run.data.tags if key.startswith("done-")}, {f"done-{n}" for n in range(WRITERS)}, "tags")
common = api.get_metric_history(shared, "common")
expected = sorted((step, float(number)) for step in range(STEPS) for number in range(WRITERS))
equal([(point.step, point.value) for point in common], expected, "values of all writers at every step")
for number, own in enumerate(own_runs):
    equal([p.value for p in api.get_metric_history(shared, f"mine-{number}")], [float(s) for s in range(STEPS)], "mine")
    read = api.get_run(own)
    equal(read.data.metrics, {f"k{key}": float(STEPS - 1) for key in range(20)}, "last values")
    equal(len(read.data.params), STEPS, "params")
    equal(len(api.get_metric_history(own, "k7")), STEPS, "history")
