"""``hipsim view``: the hip in motion in a window of this machine."""

from pathlib import Path
from typing import Literal


def view(
    case: str,
    /,
    *,
    side: Literal["right", "left"] | None = None,
    hip: str | None = None,
    motion: str | None = None,
    plan: str | None = None,
    resect: float | None = None,
    derotate: float | None = None,
    view: Literal["anterior", "posterior", "lateral", "medial", "axial", "surgeon"] = "posterior",
    pictures: Path = Path(),
) -> None:
    """Look at the hip in motion: slider, play, plans before and after, views by key.

    Opens a window; h lists the keys. Without a screen, `hipsim animate` writes a film and
    `hipsim report` a page with the hip in 3D.

    Parameters
    ----------
    case
        A case folder, folder/prefix or name of an embedded hip; or a folder that `hipsim run` or
        `hipsim plan` wrote, or a scenario file.
    side
        Which hip of a case; may be left out when it holds one.
    hip
        Which hip of a run; may be left out when there is one.
    motion
        Name of the motion; the IFI test by default.
    plan
        Name of the plan, or option, shown first; that which leaves most space by default.
    resect
        Show the hip after this resection of the lesser trochanter as well, in mm.
    derotate
        Show the hip after this derotation as well, in degrees; with --resect, after both.
    view
        Where it is seen from first.
    pictures
        Folder where the key p saves pictures.
    """
    from hipsim.errors import InputError
    from hipsim.viz.probe import require_screen

    if not pictures.is_dir():
        raise InputError(f"--pictures must be a folder that exists, got {pictures}")
    require_screen()
    from hipsim.cli.shown import exhibit_of, plan_number
    from hipsim.viz.viewer import Viewer

    exhibit = exhibit_of(case, side=side, hip=hip, motion=motion, resect=resect, derotate=derotate)
    number = plan_number(exhibit, plan)
    viewer = Viewer(exhibit, view=view, plan=number, folder=pictures)
    print(f"{exhibit.hip.name}, {exhibit.hip.side} hip: h lists the keys, q quits.", flush=True)
    viewer.run()
