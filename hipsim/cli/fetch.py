"""``hipsim fetch``: open hips by name."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from hipsim.cli.progress import ProgressBar


def fetch(
    name: str | None = None,
    /,
    *,
    out: Path | None = None,
    mirror: Annotated[Path | None, Parameter(name="--from")] = None,
) -> None:
    """Download an open hip and make a case of it; without a name, list them.

    Every file is checked against its published fingerprint. The licence and the citation are
    shown, and stored in the case.

    Parameters
    ----------
    name
        vh_f, vh_m, z001, z027, z036 or z042.
    out
        Folder in which the case is made. By default HIPSIM_DATA_DIR or the user's cache, where
        every command finds the case by its name.
    mirror
        A folder that holds the original files: nothing is downloaded.
    """
    from hipsim.io.open_hips import fetch_hip, open_hip

    if name is None:
        print(listing())
        return
    hip = open_hip(name)
    print(f"{hip.name}: {hip.about}\nlicence: {hip.licence}\ncite: {hip.citation}\n")
    with ProgressBar(f"{name}, kB") as bar:
        case = fetch_hip(hip, out=out, mirror=mirror, progress=DownloadProgress(bar))
    what = name if out is None else str(case.folder)
    print(f"{', '.join(sorted(case.files))}: {case.folder}")
    print(f"next: hipsim measure {what} --side {case.sides[0]}")


def listing() -> str:
    """List the open hips and where those that were fetched lie."""
    from hipsim.cli.tables import aligned
    from hipsim.io.catalogue import cases_folder, fetched_cases
    from hipsim.io.open_hips import OPEN_HIPS

    here = fetched_cases()
    rows = [
        [hip.name, hip.about, hip.licence.partition(",")[0], "fetched" if hip.name in here else ""]
        for hip in OPEN_HIPS.values()
    ]
    table = aligned(["name", "who", "licence", ""], rows)
    return f"{table}\nhipsim fetch NAME brings one into {cases_folder()}"


class DownloadProgress:
    """Tells a progress bar of the bytes of a download, in the way the downloader reports them.

    Examples
    --------
    >>> seen = []
    >>> progress = DownloadProgress(lambda done, total: seen.append((done, total)))
    >>> progress.total = 4000
    >>> progress.update(1000)
    >>> seen
    [(1, 4)]
    """

    def __init__(self, bar: Callable[[int, int], None]) -> None:
        self.total = 0
        self._bar = bar
        self._done = 0

    def update(self, n_bytes: int) -> None:
        """Take note of bytes that came."""
        self._done = min(self._done + n_bytes, self.total)
        self._bar(self._done // 1000, self.total // 1000)

    def reset(self) -> None:
        """Begin to count anew."""
        self._done = 0

    def close(self) -> None:
        """Do nothing: the bar closes itself."""
