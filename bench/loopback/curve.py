"""Curves of a run as a small SVG, and whether they rise."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 800, 300, 60, 30, 260
_SERIES = (("service_mb", "a", "service"), ("crawler_mb", "b", "crawler process"), ("keeper_mb", "c", "what keeps pages"))
_MOST = 180
"""Points of a curve; of more, as many are left that stand equally far apart."""
_STYLE = """<style>
svg{background:#fff}text{fill:#444}line{stroke:#ddd}polyline{fill:none;stroke-width:1.5}
.a{stroke:#1f5fa8}text.a{fill:#1f5fa8;stroke:none}.b{stroke:#b5541c}text.b{fill:#b5541c;stroke:none}
.c{stroke:#3d7a3a}text.c{fill:#3d7a3a;stroke:none}
@media(prefers-color-scheme:dark){svg{background:#16181c}text{fill:#bbb}line{stroke:#3a3d44}
.a{stroke:#7db3f0}text.a{fill:#7db3f0}.b{stroke:#f0a070}text.b{fill:#f0a070}.c{stroke:#8fc98a}text.c{fill:#8fc98a}}
</style>"""


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """Return by how much `y` grows for each 1 of `x` (least squares); 0 for fewer than three points."""
    return statistics.linear_regression(x, y).slope if len(set(x)) > 2 else 0.0


def draw(samples: Sequence[Mapping[str, float]], across: str = "seconds", unit: str = "minutes", scale: float = 60) -> str:
    """Return an SVG of memory (MB, upwards) over time or whatever `across` counts."""
    samples = samples[:: math.ceil(len(samples) / _MOST) or 1]
    xs = [s[across] / scale for s in samples]
    far, high = max(xs, default=1) or 1, max((s[key] for s in samples for key, *_ in _SERIES if key in s), default=1) * 1.1 or 1
    parts = [_axis(far, high, unit)]
    for i, (key, line, name) in enumerate(s for s in _SERIES if samples and s[0] in samples[0]):
        points = " ".join(f"{_x(x, far):.1f},{_y(s[key], high):.1f}" for x, s in zip(xs, samples, strict=True) if s[key])
        parts.append(f'<polyline class="{line}" points="{points}"/>')
        parts.append(f'<text x="{_LEFT + 10 + 160 * i}" y="20" class="{line}">{name}, MB resident</text>')
    said = "; ".join(f"{name}: {samples[-1][key]:.0f} MB at the end" for key, _, name in _SERIES if samples and key in samples[0])
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12" role="img">'
    return "\n".join([head, f"<title>Memory. {said}</title>", _STYLE, *parts, "</svg>", ""])


def _x(value: float, far: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - 20) * value / far


def _y(value: float, high: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * value / high


def _axis(far: float, high: float, unit: str) -> str:
    lines = []
    for i in range(5):
        y, x = _y(high * i / 4, high), _x(far * i / 4, far)
        lines.append(f'<line x1="{_LEFT}" y1="{y:.0f}" x2="{_WIDTH - 20}" y2="{y:.0f}"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{high * i / 4:.0f}</text>')
        lines.append(f'<text x="{x:.0f}" y="{_BOTTOM + 18}" text-anchor="middle">{far * i / 4:.0f}</text>')
    lines.append(f'<text x="{_WIDTH - 20}" y="{_HEIGHT - 6}" text-anchor="end">{unit}</text>')
    return "\n".join(lines)
