"""Large files by presigned URLs: parts up, ranges down, and the server sees none of their bytes.

Needs a server whose artifacts lie in S3. The client has no credentials and no S3 library of its own.
"""

import hashlib
import os
import tempfile

# Before the client is imported, which reads them.
os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = str(16 * 1024 * 1024)
os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = str(6 * 1024 * 1024)
os.environ["MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE"] = str(5 * 1024 * 1024)

import requests
from mlflow.store.artifact.mlflow_artifacts_repo import MlflowArtifactsRepository

from common import client, equal, new_experiment

SIZE = 40 * 1024 * 1024 + 17


def digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


api = client()
server = os.environ["MLFLOW_TRACKING_URI"]
info = requests.get(f"{server}/api/3.0/mlflow/server-info", timeout=10).json()
equal(info["multipart_uploads_enabled"], True, "uploads in parts")
equal(info["multipart_downloads_enabled"], True, "downloads by ranges")

parts = []
upload_part = MlflowArtifactsRepository._upload_part


def counted(*args, **kwargs):
    part = upload_part(*args, **kwargs)
    assert not part.url.startswith(server), "the part went through the server"
    parts.append(part.part_number)
    return part


MlflowArtifactsRepository._upload_part = staticmethod(counted)

run_id = api.create_run(new_experiment("parts")).info.run_id
with tempfile.TemporaryDirectory() as directory:
    path = os.path.join(directory, "weights ü.bin")
    with open(path, "wb") as file:
        file.write(os.urandom(SIZE))
    small = os.path.join(directory, "small.txt")
    with open(small, "w", encoding="utf-8") as file:
        file.write("small")
    for forced in (None, "true"):
        parts.clear()
        if forced:
            os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = forced
        folder = f"model-{forced}"
        api.log_artifact(run_id, path, folder)
        api.log_artifact(run_id, small, folder)
        equal(sorted(parts), [1, 2, 3, 4, 5, 6, 7], "parts")
        sizes = {item.path: item.file_size for item in api.list_artifacts(run_id, folder)}
        equal(sizes, {f"{folder}/small.txt": 5, f"{folder}/weights ü.bin": SIZE}, "listed")
        local = api.download_artifacts(run_id, folder, tempfile.mkdtemp(dir=directory))
        equal(digest(os.path.join(local, "weights ü.bin")), digest(path), "bytes")
        equal(digest(os.path.join(local, "small.txt")), digest(small), "small bytes")
