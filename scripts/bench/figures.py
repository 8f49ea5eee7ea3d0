"""Ratios and medians, as tables show them.

Must not know runs or Markdown.
"""

from collections.abc import Iterable
from statistics import median


class Spread:
    """Several measurements of one thing."""

    def __init__(self, values: Iterable[float]) -> None:
        self.values = sorted(values)

    @property
    def middle(self) -> float:
        return median(self.values)

    def ratio(self) -> str:
        """`1.32 (1.25–1.40)`: the median, the least and the largest."""
        low, high = self.values[0], self.values[-1]
        return f"{_short(self.middle)} ({_short(low)}–{_short(high)})"

    def whole(self, scale: float = 1.0) -> str:
        """`12 345 (12 001–12 900)`."""
        return self._form(lambda value: f"{value * scale:,.0f}".replace(",", " "))

    def tenths(self, scale: float = 1.0) -> str:
        """`5.2 (5.1–5.4)`."""
        return self._form(lambda value: f"{value * scale:.1f}")

    def _form(self, form) -> str:
        low, middle, high = form(self.values[0]), form(self.middle), form(self.values[-1])
        return middle if low == high else f"{middle} ({low}–{high})"


def _short(ratio: float) -> str:
    """Three digits, and not fewer than the whole ones."""
    digits = 2 if ratio < 10 else 1 if ratio < 100 else 0
    return f"{ratio:.{digits}f}"


def milliseconds(seconds: float) -> str:
    """`1.042 ms`."""
    return f"{seconds * 1e3:.3f} ms"
