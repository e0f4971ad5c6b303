"""``hipsim animate``: the hip in motion as a film, without a screen."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from hipsim.viz.film import Film

Both = Literal["side-by-side", "over-each-other"]


def animate(
    case: str,
    /,
    *,
    out: Path,
    side: Literal["right", "left"] | None = None,
    hip: str | None = None,
    motion: str | None = None,
    arm: str | None = None,
    plan: str | None = None,
    resect: float | None = None,
    derotate: float | None = None,
    layout: Both = "side-by-side",
    view: Literal["anterior", "posterior", "lateral", "medial", "axial", "surgeon"] = "posterior",
    onion: Annotated[bool, Parameter(negative="")] = False,
    stills: Annotated[bool, Parameter(negative="")] = False,
    size: tuple[int, int] = (960, 720),
    fps: float = 12.0,
) -> None:
    """Write a film of the hip in motion: bones, closest pair, mm, and the clearance curve beneath.

    Needs no screen. A plan stands beside the hip as it is; the pose of the smallest space is held.

    Parameters
    ----------
    case
        A case folder, folder/prefix or name of an embedded hip; or a folder that `hipsim run` or
        `hipsim plan` wrote, or a scenario file.
    out
        The film: .gif, .webp, or .mp4 (needs the extra video). A file of that name is replaced.
    side
        Which hip of a case; may be left out when it holds one.
    hip
        Which hip of a run; may be left out when there is one.
    motion
        Name of the motion; the IFI test by default.
    arm
        Only this arm of the motion, e.g. adducted.
    plan
        Name of the plan of a run, or of the option of a plan; that which leaves most space by
        default.
    resect
        Show this resection of the lesser trochanter, in mm.
    derotate
        Show this derotation, in degrees; with --resect, both are done.
    layout
        Two pictures side by side, or one with the hip as it is shining through.
    view
        Where it is seen from.
    onion
        Show the other poses of the arm as ghosts.
    stills
        Write PNGs of the start, the smallest space and the end beside the film.
    size
        Width and height in pixels, even numbers.
    fps
        Frames a second.
    """
    from hipsim.cli.progress import ProgressBar
    from hipsim.cli.shown import exhibit_of, plan_number
    from hipsim.io.files import write_file
    from hipsim.viz.film import Film, Script
    from hipsim.viz.film_files import check_film_path, write_film
    from hipsim.viz.probe import require_rendering

    check_film_path(out)
    require_rendering()
    exhibit = exhibit_of(case, side=side, hip=hip, motion=motion, resect=resect, derotate=derotate)
    script = Script(
        plan=plan_number(exhibit, plan),
        view=view,
        layout="side_by_side" if layout == "side-by-side" else "over_each_other",
        arm=arm,
        is_onion=onion,
        size_px=size,
    )
    film = Film(exhibit, script)
    with ProgressBar("frames") as progress:
        write_file(out, lambda path: write_film(film, path, fps=fps, progress=progress))
    written = [out, *(write_stills(film, out, write_file) if stills else [])]
    film.close()
    print(f"Written: {', '.join(map(str, written))} ({len(film)} frames).")
    print("Research software, not a medical device.")


def write_stills(film: "Film", out: Path, write_file: Callable[..., Path]) -> list[Path]:
    """Write the stills of a film beside it and return where they are.

    Parameters
    ----------
    film
        The film.
    out
        Where it was written.
    write_file
        Writes a file at once or not at all.
    """
    from hipsim.viz.film_files import write_still

    made = []
    for name, image in film.stills().items():
        path = out.with_name(f"{out.stem}-{name}.png")
        made.append(write_file(path, lambda part, image=image: write_still(image, part)))
    return made
