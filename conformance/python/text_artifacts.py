"""The log_* helpers that make artifacts: text, dict, figure, image, table; read back through their loaders."""

import json

import matplotlib
import mlflow
import numpy as np
import pandas as pd
from common import client, equal, unique

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

mlflow.set_experiment(unique("text-artifacts"))
api = client()

with mlflow.start_run() as run:
    mlflow.log_text("erste Zeile\nzweite: ä ö ü € 漢字", "notes/read me.txt")
    mlflow.log_text("<html><body>ok</body></html>", "page.html")
    mlflow.log_dict({"b": [1, 2.5, None], "a": {"ü": True}}, "config.json")
    mlflow.log_dict({"lr": 0.1, "layers": [64, 32]}, "config.yaml")
    mlflow.log_dict({"only": "a dict"}, "config")
    figure, axes = plt.subplots()
    axes.plot([0, 1, 2], [0, 1, 4])
    mlflow.log_figure(figure, "plots/curve.png")
    mlflow.log_figure(figure, "plots/curve.svg")
    mlflow.log_image(np.full((8, 8, 3), 127, dtype=np.uint8), "images/grey.png")
    mlflow.log_table(pd.DataFrame({"question": ["q1", "q2"], "answer": ["a", "ä"]}), "table.json")
    mlflow.log_table({"question": ["q3"], "answer": ["c"]}, "table.json")
    base = run.info.artifact_uri

equal(mlflow.artifacts.load_text(f"{base}/notes/read me.txt"), "erste Zeile\nzweite: ä ö ü € 漢字", "text")
equal(mlflow.artifacts.load_text(f"{base}/page.html"), "<html><body>ok</body></html>", "html")
equal(mlflow.artifacts.load_dict(f"{base}/config.json"), {"b": [1, 2.5, None], "a": {"ü": True}}, "dict as json")
assert "layers:" in mlflow.artifacts.load_text(f"{base}/config.yaml")
equal(json.loads(mlflow.artifacts.load_text(f"{base}/config")), {"only": "a dict"}, "dict without an extension")
equal(mlflow.artifacts.load_image(f"{base}/images/grey.png").size, (8, 8), "image")
assert {item.path for item in api.list_artifacts(run.info.run_id, "plots")} == {"plots/curve.png", "plots/curve.svg"}
table = mlflow.load_table("table.json", run_ids=[run.info.run_id])
equal(list(table["question"]), ["q1", "q2", "q3"], "rows of the table, appended by the second call")
equal(list(table["answer"]), ["a", "ä", "c"], "second column of the table")
logged = json.loads(api.get_run(run.info.run_id).data.tags["mlflow.loggedArtifacts"])
equal(logged, [{"path": "table.json", "type": "table"}], "tag that tells the UI of the table")
