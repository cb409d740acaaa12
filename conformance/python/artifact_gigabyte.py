"""One gigabyte up and down as a stream: the same bytes come back, and the server's memory stays as it was.

RUNSTEAD_SERVER_PID names the server process, whose resident memory is sampled from /proc; without it (another server,
or no /proc) only the bytes are checked. RUNSTEAD_ARTIFACT_MIB sets another size.
"""

import hashlib
import os
import tempfile
import threading
import time

from common import client, equal, new_experiment

MEBIBYTE = 1024 * 1024
SIZE = int(os.environ.get("RUNSTEAD_ARTIFACT_MIB", "1024"))
# The goal is 64 MiB, which the benchmark measures. V8 frees the chunks of an upload only after about that much has gathered, so
# single samples could go a little over it; this test is to find a server that holds the file. A download uses its memory again.
LIMIT_MIB = {"up": 96, "down": 32}


def resident_mib():
    """Resident memory of the server in MiB, or None where it cannot be told."""
    try:
        with open(f"/proc/{os.environ['RUNSTEAD_SERVER_PID']}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS:"))
    except (KeyError, OSError, StopIteration):
        return None


class Peak:
    """Samples the server's memory every 20 ms while the block runs; `growth` is the greatest rise in MiB."""

    def __enter__(self):
        self.first = resident_mib()
        self.greatest = self.first or 0.0
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.sample, daemon=True)
        self.thread.start()
        return self

    def sample(self):
        while not self.stopped.wait(0.02):
            self.greatest = max(self.greatest, resident_mib() or 0.0)

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()
        self.growth = None if self.first is None else self.greatest - self.first


def write(path: str, mebibytes: int) -> str:
    """Writes a file whose every MiB differs and returns its SHA-256."""
    seen = hashlib.sha256()
    block = bytearray(os.urandom(MEBIBYTE))
    with open(path, "wb") as file:
        for number in range(mebibytes):
            block[:8] = number.to_bytes(8, "big")
            file.write(block)
            seen.update(block)
    return seen.hexdigest()


def digest(path: str) -> str:
    """SHA-256 of a file, read in pieces."""
    seen = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(MEBIBYTE):
            seen.update(piece)
    return seen.hexdigest()


api = client()
run_id = api.create_run(new_experiment("gigabyte")).info.run_id

with tempfile.TemporaryDirectory() as directory:
    # A small one first, so that code and buffers which are loaded once are not counted as growth.
    warm = os.path.join(directory, "warm.bin")
    write(warm, 16)
    api.log_artifact(run_id, warm)
    os.remove(api.download_artifacts(run_id, "warm.bin", tempfile.mkdtemp(dir=directory)))

    path = os.path.join(directory, "big.bin")
    expected = write(path, SIZE)
    begin = time.monotonic()
    with Peak() as up:
        api.log_artifact(run_id, path, "weights")
    up_seconds = time.monotonic() - begin
    os.remove(path)

    sizes = {item.path: item.file_size for item in api.list_artifacts(run_id, "weights")}
    equal(sizes, {"weights/big.bin": SIZE * MEBIBYTE}, "listed size")

    begin = time.monotonic()
    with Peak() as down:
        local = api.download_artifacts(run_id, "weights/big.bin", tempfile.mkdtemp(dir=directory))
    down_seconds = time.monotonic() - begin
    equal(os.path.getsize(local), SIZE * MEBIBYTE, "size of what came back")
    equal(digest(local), expected, "SHA-256 of what came back")

print(f"{SIZE} MiB: up {up_seconds:.1f} s, down {down_seconds:.1f} s; memory growth up {up.growth}, down {down.growth} MiB")
for direction, peak in (("up", up), ("down", down)):
    if peak.growth is not None:
        assert peak.growth <= LIMIT_MIB[direction], f"the server grew by {peak.growth:.0f} MiB while streaming {direction}"
