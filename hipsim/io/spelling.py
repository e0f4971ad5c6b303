"""What a person probably meant to type."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the known word nearest to ``word``, or nothing.

    Examples
    --------
    >>> did_you_mean("ressection", ["resection", "derotation"])
    " (did you mean 'resection'?)"
    >>> did_you_mean("xyz", ["resection"])
    ''
    """
    near = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""
