"""Artifacts of every shape: empty, unicode names, deep directories, overwritten, hundreds in one directory."""

import os
import tempfile

import mlflow
from common import client, equal, new_experiment
from mlflow.exceptions import MlflowException

api = client()
run_id = api.create_run(new_experiment("artifacts")).info.run_id
NAMES = [
    "empty.bin",
    "plain.txt",
    "naïve café.txt",
    "日本語.json",
    "emoji 🚀.bin",
    "plus+ & 100% = all.txt",
    "a'b (1) [2].md",
    "no_extension",
]


def listing(path=None) -> dict:
    """What the server lists below a path, as {path: size}; a directory has the size None."""
    return {item.path: None if item.is_dir else item.file_size for item in api.list_artifacts(run_id, path)}


def content(path: str) -> bytes:
    """The bytes of one artifact, fetched through the client."""
    with tempfile.TemporaryDirectory() as directory:
        with open(api.download_artifacts(run_id, path, directory), "rb") as file:
            return file.read()


equal(listing(), {}, "a new run has no artifacts")
with tempfile.TemporaryDirectory() as source:
    for name in NAMES:
        with open(os.path.join(source, name), "wb") as file:
            file.write(b"" if name == "empty.bin" else (name * 3).encode())
    for name in NAMES:
        api.log_artifact(run_id, os.path.join(source, name))
    api.log_artifacts(run_id, source, "deep/er/ünd so weiter")
    equal(set(listing()), {*NAMES, "deep"}, "names at the root")
    equal(listing()["plain.txt"], 27, "size of a file")
    assert not listing()["empty.bin"], "an empty file has no bytes"
    assert listing()["deep"] is None, "a directory is a directory"
    equal(set(listing("deep/er")), {"deep/er/ünd so weiter"}, "one level down")
    equal(set(listing("deep/er/ünd so weiter")), {f"deep/er/ünd so weiter/{name}" for name in NAMES}, "the lowest level")
    for name in NAMES:
        expected = b"" if name == "empty.bin" else (name * 3).encode()
        equal(content(name), expected, name)
        equal(content(f"deep/er/ünd so weiter/{name}"), expected, f"deep {name}")

    # A whole directory at once.
    with tempfile.TemporaryDirectory() as target:
        local = api.download_artifacts(run_id, "deep", target)
        found = {os.path.relpath(os.path.join(base, file), local) for base, _, files in os.walk(local) for file in files}
        equal(found, {f"er/ünd so weiter/{name}" for name in NAMES}, "files of a downloaded directory")

    # Overwriting, shorter and longer.
    for text in ("short", "now much longer than it ever was before", ""):
        with open(os.path.join(source, "plain.txt"), "w", encoding="utf-8") as file:
            file.write(text)
        api.log_artifact(run_id, os.path.join(source, "plain.txt"))
        equal(content("plain.txt"), text.encode(), "overwritten file")

    # Many small ones in one directory.
    with tempfile.TemporaryDirectory() as many:
        for number in range(200):
            with open(os.path.join(many, f"{number:04}.txt"), "w", encoding="utf-8") as file:
                file.write(str(number))
        api.log_artifacts(run_id, many, "many")
    equal(len(listing("many")), 200, "files in the directory")
    equal(list(listing("many")), [f"many/{number:04}.txt" for number in range(200)], "sorted by path")

try:
    content("nothing/here.txt")
except (MlflowException, OSError) as problem:
    assert "here.txt" in str(problem) or "No such" in str(problem), problem
else:
    raise AssertionError("downloading a missing artifact must fail")

# Through the fluent interface and its addresses.
equal(mlflow.artifacts.load_text(f"runs:/{run_id}/naïve café.txt"), "naïve café.txt" * 3, "text by its runs:/ address")
uri = api.get_run(run_id).info.artifact_uri
equal(mlflow.artifacts.load_text(f"{uri}/no_extension"), "no_extension" * 3, "text by its storage address")
listed = {item.path for item in mlflow.artifacts.list_artifacts(run_id=run_id, artifact_path="deep")}
equal(listed, {"deep/er"}, "listing by run id")
