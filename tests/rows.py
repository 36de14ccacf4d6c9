"""Rows of the data files that tests are driven by."""

from pathlib import Path

DATA = Path(__file__).parent / "data"


def tsv(name: str) -> list[tuple[str, ...]]:
    """The rows of a tab-separated file; lines that start with "# " are comments."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    rows = [tuple(line.split("\t")) for line in lines if line.strip() and not line.startswith("# ")]
    assert rows, f"{name} has no rows"
    return rows
