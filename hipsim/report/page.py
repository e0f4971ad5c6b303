"""One HTML file that holds bones, numbers, words and the code that shows them.

Nothing is fetched when it is opened: styles, scripts and data are inside, and a content security
policy forbids every request. The data stand in a JSON block that no text in them can end.
"""

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from hipsim.report.scene import scene_of
from hipsim.report.subject import Subject
from hipsim.report.told import provenance, told

SCRIPTS = ("three.bundle.js", "numbers.js", "scene.js", "chart.js", "page.js")
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'"
)


def page_of(
    subject: Subject,
    *,
    title: str,
    about: Mapping[str, Any],
    conventions: Mapping[str, str],
    live: Mapping[str, Any] | None = None,
) -> str:
    """Return the page of a subject: one self-contained HTML text.

    Parameters
    ----------
    subject
        What is told.
    title
        Heading of the page.
    about
        Where it comes from: versions, files, hashes, times.
    conventions
        Name to the sentence that states it.
    live
        What the planner's controls offer; without it the page is a report that asks nobody.

    Examples
    --------
    >>> from hipsim.io.hips import load_hip
    >>> from hipsim.kinematics import motions
    >>> from hipsim.report.subject import make_subject
    >>> subject = make_subject({"intact": load_hip("woman_narrow")}, [motions.neutral()])
    >>> text = page_of(subject, title="Example", about={}, conventions={})
    >>> text.startswith("<!doctype html>"), "http-equiv" in text
    (True, True)
    """
    data = {
        "title": title,
        "told": told(subject),
        "scene": scene_of(subject),
        "conventions": dict(conventions),
        "about": provenance(about),
    }
    if live is None:
        return filled(title, data, SCRIPTS, POLICY)
    policy = f"{POLICY}; connect-src 'self'"
    return filled(title, {**data, "live": live}, (*SCRIPTS, "planner.js"), policy, "planner.html")


def filled(
    title: str, data: Mapping[str, Any], scripts: Sequence[str], policy: str, controls: str = ""
) -> str:
    """Return the page's frame with title, style, scripts and data put in.

    Parameters
    ----------
    title, data
        Plain text, and what the scripts read.
    scripts
        Sources of the page, in the order they run.
    policy
        Content security policy.
    controls
        A further piece of the page, above the picture.
    """
    parts = {
        "title": escape(title),
        "policy": escape(policy, quote=True),
        "style": static("page.css"),
        "controls": static(controls) if controls else "",
        "data": as_script_json(data),
        "scripts": "\n".join(f"<script>\n{static(name)}\n</script>" for name in scripts),
    }
    text = static("page.html")
    for name, value in parts.items():
        before, _, after = text.partition(f"<!--{name}-->")
        text = before + value + after
    return text


def static(name: str) -> str:
    """Return a source file of the page."""
    return (files("hipsim.report") / "static" / name).read_text(encoding="utf-8")


def as_script_json(data: Any) -> str:
    r"""Write JSON that can stand inside a script element whatever its strings hold; refuses NaN.

    Examples
    --------
    >>> as_script_json({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
