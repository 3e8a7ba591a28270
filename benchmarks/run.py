"""Every benchmark of speed and memory, one after the other, each in a process of its own, into one file.

    python benchmarks/run.py [--quick] [--json FILE]

`--quick` runs each part at its smallest, to see that it runs; its figures say nothing.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
PARTS = {
    "training, 1 thread": ("training.py", "--threads", "1"),
    "training, 2 threads": ("training.py", "--threads", "2"),
    "verdict": ("verdict.py",),
    "memory": ("memory.py",),
    "library": ("library.py",),
    "campaign": ("campaign.py",),
}


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    cpuinfo = Path("/proc/cpuinfo")
    models = (
        [line.partition(": ")[2] for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        if (cpuinfo.exists())
        else [platform.processor()]
    )
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "processor": models[0],
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "NumPy": f"{np.__version__}, {blas['name']} {blas['version']}",
        "PyTorch": torch.__version__,
    }


def run(name: str, command: tuple[str, ...], quick: bool) -> Any:
    print(f"== {name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "part.json")
        options = ["--json", str(file), *(["--quick"] if quick else [])]
        environment = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
        subprocess.run([sys.executable, str(HERE / command[0]), *command[1:], *options], check=True, env=environment)
        return json.loads(file.read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", metavar="FILE", type=Path)
    options = parser.parse_args()
    started = time.perf_counter()
    parts = {name: run(name, command, options.quick) for name, command in PARTS.items()}
    print(f"{time.perf_counter() - started:.0f} s")
    if options.json is not None:
        options.json.write_text(json.dumps({"machine": machine(), **parts}, indent=2) + "\n")


if __name__ == "__main__":
    main()
