"""Results as text: for the terminal, as a Markdown table, and as a comparison of two documents."""

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


def ours(result: Result) -> list[Row]:
    return [row for row in result["entries"] if row["ours"] and row["timing"]]


def base(result: Result, row: Row) -> Row | None:
    """Return our row to compare with a peer's, under the most similar conditions: first both with or both without
    prepared weights, then both with or both without a reused output."""

    def likeness(own: Row) -> tuple[bool, bool]:
        return own.get("prepared", False) == row.get("prepared", False), own["reused"] == row["reused"]

    return max(ours(result), key=likeness, default=None)


def ratio(result: Result, row: Row, own: Row | None = None) -> float | None:
    """Return the median of the row divided by that of `own`, by default `base`."""
    own = own or base(result, row)
    if own is None or not row["timing"]:
        return None
    return float(row["timing"]["median"] / own["timing"]["median"])


def work_ratio(result: Result, row: Row) -> float | None:
    """Return the ratio of processor times, which tells more than `ratio` on a busy machine; None if it is unknown."""
    own = base(result, row)
    if own is None or not row["timing"] or not own["timing"].get("work"):
        return None
    return float(row["timing"]["work"] / own["timing"]["work"])


def goals(result: Result) -> list[tuple[str, bool | None]]:
    """Return each goal in words, with the ratio and the two calls compared, and True if it was reached; None without a
    result of that peer."""
    said: list[tuple[str, bool | None]] = []
    for peer, aim in result["goals"]:
        if peer == "seconds":
            own = next(iter(ours(result)), None)
            took = median(own) if own else None
            words = f"at most {duration(aim)}" + (f": {duration(took)}" if took is not None else ": no figure")
            said.append((words, None if took is None else took <= aim))
            continue
        if peer == "peak":
            own = next(iter(ours(result)), None)
            part = share(result, median(own) or 0) if own else None
            words = f"{aim:.0%} of the machine's peak: " + ("no figure" if part is None else f"{part:.0%}")
            if part is not None and own and (work := own["timing"].get("work")):
                words += f" ({(share(result, work) or 0) * result['threads']:.0%} in processor time)"
            said.append((words, None if part is None else part >= aim))
            continue
        needed = aim * 0.9 if result["threads"] == 1 and aim > 1 else aim
        rows = [row for row in result["entries"] if not row["ours"] and row["timing"]]
        rows = [row for row in rows if ours(result) and (peer == "best" or row["name"].startswith(peer))]
        words = f"{aim:g}x {peer}" + (f" (here {needed:.3g}x)" if needed != aim else "")
        if not rows:
            said.append((f"{words}: no figure", None))
            continue
        closest = min(rows, key=lambda row: (median(row) if peer == "best" else ratio(result, row)) or 0)
        own, reached = base(result, closest), ratio(result, closest) or 0
        work = _work(result, closest)
        pair = f"{closest['name']} {_figure(closest)}, {own['name'] if own else ''} {_figure(own)}"
        said.append((f"{words}: {reached:.2f}x ({pair}{work})", reached >= needed))
    return said


def goal_lines(result: Result) -> list[str]:
    """Return one line for each goal with a result, for the end of a run."""
    where = f"{result['case']}, {result['threads']} thread{'s' if result['threads'] > 1 else ''}"
    return [f"  {_reached(reached):>11}  {where}: {words}" for words, reached in goals(result) if reached is not None]


def _work(result: Result, row: Row) -> str:
    value = work_ratio(result, row) if result.get("images") else None
    return "" if value is None else f"; {value:.2f}x in processor time"


def _figure(row: Row | None) -> str:
    return duration(median(row) or 0) if row else ""


def _reached(reached: bool | None) -> str:
    return {True: "reached", False: "NOT reached", None: ""}[reached]


def share(result: Result, seconds: float) -> float | None:
    """Return the share of the machine's peak rate of multiply-adds or of copying, whichever limits this case."""
    peak = result["peak"]
    if not peak:
        return None
    amount = result["operations"] if result["roof"] == "fma" else result["bytes"]
    return float(amount / seconds / peak[result["roof"]])


def _rates(result: Result, seconds: float) -> tuple[str, str]:
    """Return operations and bytes a second; of training, operations and images a second."""
    images = result.get("images", 0)
    second = f"{images / seconds:.0f}" if images else f"{result['bytes'] / seconds / 1e9:.3g}"
    return f"{result['operations'] / seconds / 1e9:.4g}", second


def _aligned(rows: list[list[str]], left: int = 1) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            text.ljust(w) if i < left else text.rjust(w) for i, (text, w) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def text(result: Result) -> str:
    """Format one result for the terminal."""
    plural = "s" if result["threads"] > 1 else ""
    isa = f", {result['isa']}" if result.get("isa") else ""
    lines = [f"{result['case']}, {result['threads']} thread{plural}{isa}, load {result['load']}"]
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
    second = next((row for row in ours(result) if row.get("prepared")), None)
    second = second if len(ours(result)) > 1 else None
    lines.append(
        "  ratio: to ours under equal conditions (output reused or fresh; weights prepared once or in each call)"
    )
    images = result.get("images", 0)
    heads = ["images/s" if images else "GB/s", "share", "CPUs", *["work", "ratio"] * bool(images)]
    rows = [["", "median", "quartiles", "ratio", "to", *["to Network"] * bool(second), "Gop/s", *heads]]
    for row in result["entries"]:
        if not row["agrees"]:
            continue
        timing = row["timing"]
        part = share(result, timing["median"])
        own = base(result, row)
        times = [ratio(result, row), ratio(result, row, second)] if second else [ratio(result, row)]
        figures = ["" if row["ours"] else f"{value:.2f}" for value in times]
        busy = f"{timing['cpus']:.2f}" + ("!" if timing["cpus"] > result["threads"] + 0.2 else "")
        rows.append(
            [
                row["name"],
                duration(timing["median"]),
                f"{duration(timing['low'])} - {duration(timing['high'])}",
                figures[0],
                "" if row["ours"] or own is None else own["name"].partition(" ")[2] or "call",
                *figures[1:],
                *_rates(result, timing["median"]),
                "" if part is None else f"{part:.0%}",
                busy,
                *(
                    [duration(timing["work"]), "" if row["ours"] else _times(work_ratio(result, row) or 0)]
                    if images
                    else []
                ),
            ]
        )
    lines += [f"  {line}" for line in _aligned(rows)]
    for row in result["entries"]:
        if not row["agrees"]:
            got = f"shapes {row['shapes']}" if row["difference"] is None else f"differs by {row['difference']:.3g}"
            lines.append(f"  DISAGREES: {row['name']}, {got}, allowed {row['limit']:.2g}; not timed")
    lines += [f"  left out: {peer}: {reason}" for peer, reason in result["missing"].items()]
    lines += [f"  note: {row['name']}: {row['note']}" for row in result["entries"] if row["note"] and row["timing"]]
    for words, reached in goals(result):
        lines.append(f"  goal {words}" + (f", {_reached(reached)}" if reached is not None else ""))
    return "\n".join(lines) + "\n"


def _kind(row: Row) -> str:
    return "Network" if row.get("prepared") else "reused" if row["reused"] else "call"


def table(document: dict[str, Any]) -> str:
    """Format a Markdown table with one row per case and number of threads, then the machine and the versions."""
    lines = [
        "| case | threads | call | output reused | Network | of the peak | fastest peer | all ratios | goal |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- | --- |",
    ]
    for result in document["results"]:
        own = {_kind(row): row for row in ours(result)}
        if not own:
            lines.append(f"| {result['case']} | {result['threads']} | failed | | | | | | |")
            continue
        part = share(result, min(median(row) or 0 for row in own.values()))
        others = [row for row in result["entries"] if not row["ours"] and row["timing"]]
        others.sort(key=lambda row: ratio(result, row) or 0)
        fastest = min(others, key=lambda row: median(row) or 0, default=None)
        cells = [
            result["case"],
            str(result["threads"]),
            *(_figure(own.get(kind)) for kind in ("call", "reused", "Network")),
            "" if part is None else f"{part:.0%} {result['roof']}",
            f"{fastest['name']} {_figure(fastest)}" if fastest else "",
            ", ".join(f"{row['name']} {ratio(result, row):.3g}" for row in others),
            "; ".join(f"{words}, {_reached(reached)}" for words, reached in goals(result) if reached is not None),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    m, versions = document["machine"], document["facts"].get("versions", {})
    lines += [
        "",
        "Ratio: the peer's median divided by ours, with the same number of threads; above 1 ours is faster. A "
        "model with prepared weights is compared with our Network, a call with our call, and a reused output with our "
        "reused output where both exist. With one thread nine tenths of a goal are enough.",
        "",
        f"{m['processor']}, {m['processors']} processors, {m['system']}, Python {m['python']}; instruction set "
        f"{document['facts'].get('isa', '?')}; {document['date']}; load {document['load']['start']} to "
        f"{document['load']['end']}" + ("; quick" if document["quick"] else "") + ".",
        "",
        ", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
    ]
    return "\n".join(lines)


def short_table(document: dict[str, Any]) -> str:
    """Format a short table with one row per case: our best time and its share of the peak for each number of threads,
    and the ratios of the three closest libraries, each with its fastest call."""
    threads = sorted({result["threads"] for result in document["results"]})
    head = [f"ours, {n} thread{'s' * (n > 1)}" for n in threads]
    lines = [f"| case | {' | '.join(head)} | closest, {threads[-1]} thread{'s' * (threads[-1] > 1)} |"]
    lines.append("| --- |" + " ---: |" * len(threads) + " --- |")
    by_case: dict[str, dict[int, Result]] = {}
    for result in document["results"]:
        by_case.setdefault(result["case"], {})[result["threads"]] = result
    for case, results in by_case.items():
        cells, closest = [], ""
        for n in threads:
            own = min((median(row) or 0 for row in ours(results[n])), default=0) if n in results else 0
            part = share(results[n], own) if own else None
            cells.append((duration(own) if own else "") + (f" ({part:.0%})" if part is not None else ""))
            if n == threads[-1] and own:
                closest = ", ".join(f"{name} {_times(value)}" for name, value in _closest(results[n])[:3])
        lines.append(f"| {case} | {' | '.join(cells)} | {closest} |")
    return "\n".join(lines)


def _times(value: float) -> str:
    """Format a ratio with two digits, or as a whole number."""
    return f"{value:.0f}x" if value >= 99.5 else f"{value:.2g}x"


def _closest(result: Result) -> list[tuple[str, float]]:
    """Return the libraries, each with its smallest ratio, in ascending order."""
    best: dict[str, float] = {}
    for row in result["entries"]:
        if not row["ours"] and row["timing"] and (value := ratio(result, row)):
            name = row["name"].split()[0].removesuffix(".compile")
            best[name] = min(value, best.get(name, value))
    return sorted(best.items(), key=lambda item: item[1])


def compare(old: dict[str, Any], new: dict[str, Any], threshold: float = 0.05) -> tuple[str, bool]:
    """Compare our results in two documents. Returns the text, and True if any became slower beyond `threshold` and its
    quartiles.

    The peers did not change, so the median of their changes is that of the machine, and is divided out.
    """
    sets = [document["facts"].get("isa") for document in (old, new)]
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
    lines = list(_aligned(rows))
    if sets[0] != sets[1]:
        lines.append(f"the instruction sets differ: {sets[0]}, then {sets[1]}")
    return "\n".join(lines), slower
