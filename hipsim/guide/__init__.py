"""The pages of the manual, one module each; the text is the module's docstring.

``hipsim guide`` prints them. Every command and every piece of Python on a page is run by the tests.
"""

from importlib import import_module

PAGES = {
    "surgeon": "from the scan to a plan in ten minutes",
    "researcher": "from a scenario file to a figure",
    "engineer": "conventions, the house, how to add a motion or a procedure",
    "security": "what is read, run and served; what a stranger's file can do",
    "licences": "what hipsim is built on, and under which licences",
}


def page(name: str) -> str:
    """Return the text of a page.

    Parameters
    ----------
    name
        One of ``PAGES``.

    Raises
    ------
    KeyError
        If there is no such page.

    Examples
    --------
    >>> page("surgeon").splitlines()[0]
    'For the surgeon: from the scan to a plan in ten minutes.'
    """
    if name not in PAGES:
        raise KeyError(name)
    return (import_module(f"hipsim.guide.{name}").__doc__ or "").strip() + "\n"
