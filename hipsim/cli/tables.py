"""Plain tables for a terminal, a log or a pipe."""

from collections.abc import Sequence


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], right: str = "") -> str:
    """Lay out rows under a header.

    Parameters
    ----------
    header
        Column titles.
    rows
        One text per column.
    right
        One letter per column, ``r`` for right-aligned; the rest are left-aligned.

    Examples
    --------
    >>> print(aligned(["plan", "mm"], [["intact", "4.0"], ["resection", "12.5"]], "lr"))
    plan         mm
    ---------------
    intact      4.0
    resection  12.5
    """
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.rjust(width) if right[i : i + 1] == "r" else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    return "\n".join([line(header), rule, *(line(row) for row in rows)])
