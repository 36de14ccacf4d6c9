"""A report as one page of HTML that needs nothing else, in Hebrew: its words are in `page/report.html`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.editor.charts import bars, stacked
from bot.editor.period import Step
from bot.editor.report import Report, near
from bot.files import write_whole

_PAGE = Path(__file__).parent / "page"
_LONGEST_TEXT = 400
_SHOWN_TEXTS, _MOST_TEXTS = 5, 40
_SHOWN_TOPICS, _SHOWN_VOTES = 12, 10
_DATE = "%d.%m.%Y"
_LABEL = {Step.HOUR: "%H:%M", Step.DAY: "%d.%m", Step.WEEK: "%d.%m"}
_PART = {Step.HOUR: "%d.%m, %H:%M", Step.DAY: _DATE, Step.WEEK: _DATE}


def page(report: Report, most_groups: int, now: datetime) -> str:
    """The whole page. `most_groups`: how many groups it shows. `now`: local time, when it is written."""
    environment = Environment(
        loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"near": near, "shortened": _shortened, "direction": _direction}
    step = report.period.step

    def over_time(names: Sequence[str], described_as: str) -> Markup:
        figures = [one for _, one in report.parts]
        counts = ([f.answered for f in figures], [f.suggested for f in figures], [f.not_understood for f in figures])
        labels = [f"{start:{_LABEL[step]}}" for start, _ in report.parts]
        return stacked(labels, list(zip(names, counts, strict=True)), described_as)

    def most_asked(described_as: str) -> Markup:
        return bars([(row.title, row.count) for row in report.asked[:_SHOWN_TOPICS]], described_as)

    return environment.get_template("report.html").render(
        report=report,
        css=Markup((_PAGE / "report.css").read_text(encoding="utf-8")),
        first=f"{report.period.since:{_DATE}}",
        last=f"{report.period.last:{_DATE}}",
        step=str(step),
        parts=[(f"{start:{_PART[step]}}", figures) for start, figures in report.parts],
        over_time=over_time,
        most_asked=most_asked,
        most_groups=most_groups,
        shown_topics=_SHOWN_TOPICS,
        shown_votes=_SHOWN_VOTES,
        shown_texts=_SHOWN_TEXTS,
        most_texts=_MOST_TEXTS,
        written=f"{now:{_DATE} %H:%M}",
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def _direction(text: str) -> str:
    """Hebrew with a Latin word in front is Hebrew all the same."""
    return "rtl" if any("א" <= letter <= "ת" for letter in text) else "auto"


def write(file: Path, text: str) -> None:
    """Write a page, whole or not at all. Only its owner may read it: what people wrote is in it. Raises OSError."""
    write_whole(file, text.encode("utf-8", "replace"), private=True)
