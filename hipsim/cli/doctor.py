"""``hipsim doctor``: what works on this machine, what is missing, and how to get it."""

from collections.abc import Sequence
from textwrap import fill

WIDTH = 100


def doctor() -> int:
    """Say what works on this machine, what is missing, and how to get it.

    Looks at Python, packages and extras, folders, the compiled core and OpenGL. Changes nothing and
    asks nothing of the network. Exit code 1 where hipsim itself cannot work.
    """
    from hipsim.study.health import examine

    states = []
    for finding in examine():
        states.append(finding.state)
        lines = [f"{finding.state:<8} {finding.what}: {finding.found}"]
        if finding.remedy:
            lines.append(f"         -> {finding.remedy}")
        print("\n".join(fill(line, WIDTH, subsequent_indent=" " * 12) for line in lines))
    print(f"\n{_verdict(states)}")
    return 1 if "broken" in states else 0


def _verdict(states: Sequence[str]) -> str:
    """Say what the findings come to."""
    if "broken" in states:
        return "hipsim cannot work here until what is broken is mended."
    if "missing" in states:
        return "hipsim works; what is missing is wanted only by the parts named."
    return "Everything works."
