"""What each dependency at run time costs: megabytes on disk, and milliseconds of start-up.

python -m tests.benchmarks.dependencies
"""

from __future__ import annotations

import importlib.metadata
import re
import statistics
import subprocess
import sys
import time

# The module of a distribution where it is called otherwise.
MODULES = {"python-telegram-bot": "telegram", "pyyaml": "yaml", "ruamel-yaml": "ruamel.yaml"}
RUNS = 5


def _requirements(name: str) -> list[str]:
    wanted = importlib.metadata.requires(name) or []
    return [re.split(r"[^\w.-]", line)[0].lower() for line in wanted if "extra ==" not in line]


def _megabytes(name: str) -> float:
    files = importlib.metadata.files(name) or []
    return sum(path.stat().st_size for file in files if (path := file.locate()).is_file()) / 1e6  # type: ignore[union-attr]


def _milliseconds(code: str) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def main() -> None:
    """Print the table."""
    nothing = _milliseconds("pass")
    print("| dependency | MB on disk | its import, ms |\n|---|---|---|")
    for name in _requirements("kpo-bot"):
        module = MODULES.get(name, name.replace("-", "_"))
        print(f"| {name} | {_megabytes(name):.1f} | {max(0.0, _milliseconds(f'import {module}') - nothing):.0f} |", flush=True)
    print(f"\nPython itself starts in {nothing:.0f} ms; `import bot.conversation` takes ", end="")
    print(f"{_milliseconds('import bot.conversation') - nothing:.0f} ms with all that it needs.")


if __name__ == "__main__":
    main()
