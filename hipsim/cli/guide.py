"""``hipsim guide``: the manual, a page for each kind of reader."""

import sys

from hipsim.errors import InputError


def guide(name: str | None = None, /) -> None:
    """Print a page of the manual; without a name, list the pages.

    Parameters
    ----------
    name
        surgeon, researcher, engineer, security or licences.
    """
    from hipsim import guide as pages

    if name is None:
        for each, about in pages.PAGES.items():
            print(f"hipsim guide {each:<12} {about}")
        return
    if name not in pages.PAGES:
        raise InputError(f"the manual has the pages {', '.join(pages.PAGES)}; got {name!r}")
    sys.stdout.write(pages.page(name))
