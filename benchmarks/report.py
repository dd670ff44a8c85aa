"""Figures as text: a result for the terminal, a Markdown table, two documents against each other."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

Result = dict[str, Any]
Row = dict[str, Any]


def duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds / size < 100 else f"{seconds / size:.0f} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def median(row: Row) -> float | None:
    return row["timing"]["median"] if row["timing"] else None


def call(result: Result, reused: bool = False) -> Row | None:
    """Our plain call, with a reused output where that is asked for and there is one."""
    rows = [row for row in result["entries"] if row["ours"] and row["timing"] and not row["name"].endswith("Network")]
    fitting = [row for row in rows if row["reused"] == reused]
    return (fitting or rows or [None])[0]


def ours(result: Result, reused: bool = False) -> Row | None:
    """What a peer's row is held against: our `Network` where there is one, a model with its weights prepared once like
    theirs; else our plain call."""
    networks = [r for r in result["entries"] if r["ours"] and r["timing"] and r["name"].endswith("Network")]
    return networks[0] if networks else call(result, reused)


def ratio(result: Result, row: Row, base: Row | None = None) -> float | None:
    """How many times our median (or that of `base`) goes into the row's."""
    base = base or ours(result, row["reused"])
    if base is None or not row["timing"]:
        return None
    return float(row["timing"]["median"] / base["timing"]["median"])


def goals(result: Result) -> list[tuple[str, bool | None]]:
    """Each goal in words with what was reached, and whether it was; None where that peer gave no figure."""
    said: list[tuple[str, bool | None]] = []
    for peer, aim in result["goals"]:
        if peer == "seconds":
            base = ours(result)
            took = median(base) if base else None
            said.append((f"at most {duration(aim)}", None if took is None else took <= aim))
            continue
        rows = [row for row in result["entries"] if not row["ours"] and row["timing"]]
        ratios = [ratio(result, row) for row in rows if peer == "best" or row["name"].startswith(peer)]
        if not ratios:
            said.append((f"{aim:g}x {peer}: no figure", None))
        else:
            said.append((f"{aim:g}x {peer}: {min(ratios):.2f}x", min(ratios) >= aim))
    return said


def share(result: Result, seconds: float) -> float | None:
    """Of the machine's own peak, in what limits this case: its multiply-adds, or its copying."""
    peak = result["peak"]
    if not peak:
        return None
    amount = result["operations"] if result["roof"] == "fma" else result["bytes"]
    return float(amount / seconds / peak[result["roof"]])


def _rate(result: Result, seconds: float) -> tuple[str, str]:
    return f"{result['operations'] / seconds / 1e9:.4g}", f"{result['bytes'] / seconds / 1e9:.3g}"


def _aligned(rows: list[list[str]], left: int = 1) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            text.ljust(w) if i < left else text.rjust(w) for i, (text, w) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def text(result: Result) -> str:
    """One result for the terminal."""
    plural = "s" if result["threads"] > 1 else ""
    lines = [f"{result['case']}, {result['threads']} thread{plural}, load {result['load']}"]
    if result.get("failed"):
        return f"{lines[0]}\n  FAILED: {result['failed']}\n"
    agreeing = [row for row in result["entries"] if row["agrees"]]
    worst = max((row["difference"] for row in agreeing), default=0.0)
    limit = agreeing[0]["limit"] if agreeing else 0.0
    lines.append(f"  same answers: {len(agreeing)} of {len(result['entries'])}, to {worst:.2g} (allowed {limit:.2g})")
    if result["peak"]:
        fma, copied = result["peak"]["fma"] / 1e9, result["peak"]["copy"] / 1e9
        lines.append(
            f"  peak of the machine: {fma:.0f} Gop/s float32, copy {copied:.1f} GB/s; share of {result['roof']}"
        )
    base = ours(result)
    second = base is not None and call(result) not in (None, base)
    if second:
        lines.append("  ratio: to our Network, its weights prepared once like the peers'; to call: to our plain call")
    rows = [["", "median", "quartiles", "ratio", *["to call"] * second, "Gop/s", "GB/s", "share", "CPUs"]]
    for row in result["entries"]:
        if not row["agrees"]:
            continue
        timing = row["timing"]
        part = share(result, timing["median"])
        times = [ratio(result, row)] + [ratio(result, row, call(result, row["reused"]))] * second
        busy = f"{timing['cpus']:.2f}" + ("!" if timing["cpus"] > result["threads"] + 0.2 else "")
        rows.append(
            [
                row["name"],
                duration(timing["median"]),
                f"{duration(timing['low'])} - {duration(timing['high'])}",
                *("" if row["ours"] else f"{value:.2f}" for value in times),
                *_rate(result, timing["median"]),
                "" if part is None else f"{part:.0%}",
                busy,
            ]
        )
    lines += [f"  {line}" for line in _aligned(rows)]
    for row in result["entries"]:
        if not row["agrees"]:
            got = f"shapes {row['shapes']}" if row["difference"] is None else f"differs by {row['difference']:.3g}"
            lines.append(f"  DISAGREES: {row['name']}, {got}, allowed {row['limit']:.2g}; not timed")
    lines += [f"  left out: {peer}: {reason}" for peer, reason in result["missing"].items()]
    for words, reached in goals(result):
        lines.append(f"  goal {words}" + {True: ", reached", False: ", NOT reached", None: ""}[reached])
    return "\n".join(lines) + "\n"


def table(document: dict[str, Any]) -> str:
    """A Markdown table: a row a case and number of threads, then where and with what it was measured."""
    lines = [
        "| case | threads | call | output reused | Network | of the machine's peak | fastest peer | all ratios |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |",
    ]
    for result in document["results"]:
        plain, reused, base = call(result), call(result, reused=True), ours(result)
        if base is None:
            lines.append(f"| {result['case']} | {result['threads']} | failed | | | | | |")
            continue
        part = share(result, min(median(row) or 0 for row in (base, plain, reused) if row))
        others = [row for row in result["entries"] if not row["ours"] and row["timing"]]
        others.sort(key=lambda row: ratio(result, row) or 0)
        fastest = min(others, key=lambda row: median(row) or 0, default=None)
        cells = [
            result["case"],
            str(result["threads"]),
            duration(median(plain) or 0) if plain else "",
            duration(median(reused) or 0) if reused and reused is not plain else "",
            duration(median(base) or 0) if base is not plain else "",
            "" if part is None else f"{part:.0%} {result['roof']}",
            f"{fastest['name']} {duration(median(fastest) or 0)}" if fastest else "",
            ", ".join(f"{row['name']} {ratio(result, row):.3g}" for row in others),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    m, versions = document["machine"], document["facts"].get("versions", {})
    lines += [
        "",
        "Ratio: the peer's median divided by ours, both with as many threads; above 1 ours is faster. Ours is the "
        "Network where there is one, else the call with a fresh output or with a reused one, as the peer's.",
        "",
        f"{m['processor']}, {m['processors']} processors, {m['system']}, Python {m['python']}; instruction set "
        f"{document['facts'].get('isa', '?')}; {document['date']}; load {document['load']['start']} to "
        f"{document['load']['end']}" + ("; quick" if document["quick"] else "") + ".",
        "",
        ", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
    ]
    return "\n".join(lines)


def compare(old: dict[str, Any], new: dict[str, Any], threshold: float = 0.05) -> tuple[str, bool]:
    """Ours in two documents, and whether something became slower beyond `threshold` and its quartiles.

    What the machine did in between shows in the peers, which did not change: their median drift is divided out.
    """
    before = {(result["case"], result["threads"]): result for result in old["results"]}
    rows = [["case", "threads", "call", "old", "new", "old/new", "peers", "corrected", ""]]
    slower = False
    for result in new["results"]:
        earlier = before.get((result["case"], result["threads"]))
        if earlier is None:
            continue
        timed = {row["name"]: row for row in earlier["entries"] if row["timing"]}
        pairs = [(timed[row["name"]], row) for row in result["entries"] if row["timing"] and row["name"] in timed]
        peers = [(median(a) or 0) / (median(b) or 1) for a, b in pairs if not b["ours"]]
        drift = statistics.median(peers) if peers else 1.0
        for a, b in pairs:
            if not b["ours"]:
                continue
            plain = (median(a) or 0) / (median(b) or 1)
            apart = b["timing"]["low"] * drift > a["timing"]["high"] or b["timing"]["high"] * drift < a["timing"]["low"]
            corrected = plain / drift
            word = ""
            if apart and abs(corrected - 1) > threshold:
                word = "faster" if corrected > 1 else "SLOWER"
            slower |= word == "SLOWER"
            times = [duration(median(row) or 0) for row in (a, b)]
            figures = [f"{plain:.2f}", f"{drift:.2f}", f"{corrected:.2f}"]
            rows.append([result["case"], str(result["threads"]), b["name"], *times, *figures, word])
    if len(rows) == 1:
        return "the two files have no case in common", False
    return "\n".join(_aligned(rows)), slower
