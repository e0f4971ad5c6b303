"""``hipsim planner``: the report's page with live sliders, on this machine only."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from hipsim.kinematics.motion import Motion

NEEDS_WEB = (
    "the planner needs the packages of the extra 'web': pip install \"hipsim[web]\" "
    "(starlette, uvicorn)"
)
DEFAULT_MOTIONS = ("neutral", "ifi_test", "long_stride_walking", "gait")


def planner(
    case: str,
    /,
    *,
    side: Literal["right", "left"] | None = None,
    motion: tuple[str, ...] = DEFAULT_MOTIONS,
    port: int = 8765,
    host: str = "127.0.0.1",
    token: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Plan on a live page: move the sliders, see space, bone and cost change.

    Serves one hip on this machine until Ctrl-C. Nothing is uploaded or kept; plans are saved from
    the page as a scenario file, STL or report.

    Parameters
    ----------
    case
        A case folder, folder/prefix, or the name of an embedded hip.
    side
        Which hip; may be left out when the case holds one.
    motion
        Names of the motions every plan is measured in.
    port
        Where to listen; 0 takes a free one.
    host
        An address of this machine. Others than 127.0.0.1 need a token.
    token
        Ask every request for a token; the address printed carries it.
    """
    from hipsim.errors import InputError
    from hipsim.planner.server import as_host, new_token

    try:
        import uvicorn  # noqa: F401
    except ImportError:
        raise InputError(NEEDS_WEB) from None
    secret = new_token() if token else None
    address = as_host(host, token=secret)
    serve(case, side=side, motion=motion, address=(address, port), token=secret)


def serve(
    case: str,
    *,
    side: Literal["right", "left"] | None,
    motion: tuple[str, ...],
    address: tuple[str, int],
    token: str | None,
) -> None:
    """Load the hip, tell where the page is, and answer until interrupted."""
    from hipsim.io.catalogue import embedded_hips
    from hipsim.io.hips import load_hip
    from hipsim.planner.live import LivePlanner
    from hipsim.planner.server import listen, live_page

    hip = load_hip(case, side=side)
    source = case if case in embedded_hips() else str(Path(case).resolve())
    live = LivePlanner(hip, [_motion(name) for name in motion], source=source)
    page = live_page(live)
    with listen(live, page, address=address, token=token) as (url, run):
        print(f"{hip.name}, {hip.side} hip: open {url}\nCtrl-C ends the planner.", flush=True)
        run()


def _motion(name: str) -> "Motion":
    """Return a motion by name."""
    from hipsim.checks import as_choice
    from hipsim.kinematics.motions import NAMED_MOTIONS

    made = NAMED_MOTIONS[as_choice(name, tuple(NAMED_MOTIONS), name="motion")]
    return made()
