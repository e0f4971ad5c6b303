"""A small server for the planner's page: this machine only, nothing kept, nothing uploaded.

Every request carries all it needs. No path of a request reaches the disk: the answers are the
page, numbers, pictures and files made in memory. Requests from other pages and other names of this
machine are refused (Host and Origin must be the server's own), bodies over ``LARGEST_BODY`` too.
Listening on anything but a loopback address needs a token, which every request must then carry.
"""

import hmac
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_address
from secrets import token_urlsafe
from socket import AF_INET, AF_INET6, SOCK_STREAM, socket
from typing import TYPE_CHECKING, Any

from hipsim import __version__
from hipsim.errors import HipsimError, InputError
from hipsim.planner.live import LivePlanner, Wanted
from hipsim.planner.saved import report_text, scenario_text, stl_bytes
from hipsim.report.page import page_of
from hipsim.study.conventions import CONVENTIONS

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

LARGEST_BODY = 64_000
PLANS_A_REPORT = 4
GREETING = "Least space of this hip as it is and after your plan, in mm; gains in brackets."
Answer = Callable[[LivePlanner, Any], tuple[bytes, str]]


def as_host(host: str, *, token: str | None) -> str:
    """Check the address to listen on.

    Raises
    ------
    InputError
        If it is not an address of this machine alone and no token is asked for.

    Examples
    --------
    >>> as_host("127.0.0.1", token=None)
    '127.0.0.1'
    >>> as_host("0.0.0.0", token=None)
    Traceback (most recent call last):
    hipsim.errors.InputError: host 0.0.0.0 lets other machines in: ask for a token as well ...
    """
    name = "127.0.0.1" if host == "localhost" else host
    try:
        is_loopback = ip_address(name).is_loopback
    except ValueError:
        raise InputError(f"host must be an IP address such as 127.0.0.1, got {host!r}") from None
    if not is_loopback and not token:
        raise InputError(
            f"host {host} lets other machines in: ask for a token as well (--token), "
            f"or use 127.0.0.1"
        )
    return name


def new_token() -> str:
    """Return a token nobody can guess."""
    return token_urlsafe(24)


def make_app(
    planner: LivePlanner, page: str, *, hosts: tuple[str, ...], token: str | None = None
) -> "Starlette":
    """Return the application that serves one hip.

    Parameters
    ----------
    planner
        Answers for the hip.
    page
        The page, complete.
    hosts
        What the Host header of a request may say, with port.
    token
        If given, every request must carry it, as ``?token=`` or in the header ``X-Token``.
    """
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    async def front(request: "Request") -> "Response":
        return _refused(request, hosts, token) or HTMLResponse(page, headers=HEADERS)

    routes = [Route("/", front)]
    for name, answer in ANSWERS.items():
        work = _answering(planner, answer, hosts, token)
        routes.append(Route(f"/api/{name}", work, methods=["POST"]))
    return Starlette(routes=routes)


def live_page(planner: LivePlanner) -> str:
    """Return the page of a planner, complete."""
    hip = planner.hip
    about = {"made by": f"hipsim {__version__}, planner", "hip": planner.source, "side": hip.side}
    title = f"{hip.name}, {hip.side} hip: planner"
    subject = replace(planner.subject, sentences=(GREETING,))
    return page_of(
        subject, title=title, about=about, conventions=CONVENTIONS, live=planner.controls
    )


@contextmanager
def listen(
    planner: LivePlanner, page: str, *, address: tuple[str, int], token: str | None
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Take the port; yield the address of the page and what answers until interrupted.

    Raises
    ------
    InputError
        If the port is taken or not allowed.
    """
    import uvicorn

    with socket(AF_INET6 if ":" in address[0] else AF_INET, SOCK_STREAM) as taken:
        try:
            taken.bind(address)
            taken.listen()  # whoever opens the address at once waits instead of being refused
        except (OSError, OverflowError) as error:
            raise InputError(f"cannot listen on port {address[1]}: {error}; try --port 0") from None
        port = taken.getsockname()[1]
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        hosts = (f"{shown}:{port}", *((f"localhost:{port}",) if shown == "127.0.0.1" else ()))
        app = make_app(planner, page, hosts=hosts, token=token)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False))
        url = f"http://{shown}:{port}/" + (f"?token={token}" if token else "")
        yield url, lambda: server.run(sockets=[taken])


HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


def _answering(
    planner: LivePlanner, answer: Answer, hosts: tuple[str, ...], token: str | None
) -> "Callable[[Request], Awaitable[Response]]":
    """Return the handler of one kind of request."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response

    async def handle(request: "Request") -> "Response":
        refused = _refused(request, hosts, token)
        if refused is not None:
            return refused
        try:
            asked = _read(await _body(request))
            data, kind = await run_in_threadpool(answer, planner, asked)
        except HipsimError as error:
            return _error(422, str(error))
        return Response(data, media_type=kind, headers=HEADERS)

    return handle


def _refused(request: "Request", hosts: tuple[str, ...], token: str | None) -> "Response | None":
    """Return why a request may not be answered, or None."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    if host not in hosts:
        return _error(421, "this server answers under its own address only")
    if origin is not None and origin not in {f"http://{name}" for name in hosts}:
        return _error(403, "requests from other pages are refused")
    given = request.headers.get("x-token") or request.query_params.get("token") or ""
    if token is not None and not hmac.compare_digest(given.encode(), token.encode()):
        return _error(403, "the token is missing or wrong: open the address the planner printed")
    return None


async def _body(request: "Request") -> bytes:
    """Read a body that is not too long; one that says nothing of its length is counted."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/json":
        raise InputError(f"a request is application/json, got {kind or 'nothing'}")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise InputError(f"a request has at most {LARGEST_BODY} bytes")
    return body


def _read(body: bytes) -> Any:
    """Read JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise InputError("a request is JSON, this one is not") from None


def _error(status: int, message: str) -> "Response":
    """Return a message with a status."""
    from starlette.responses import JSONResponse

    sendable = message.encode("utf-8", "replace").decode()  # half a surrogate is no UTF-8
    return JSONResponse({"error": sendable}, status_code=status, headers=HEADERS)


def _json(data: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return an answer as JSON."""
    return json.dumps(data, allow_nan=False).encode(), "application/json"


def _numbers(planner: LivePlanner, asked: Any) -> tuple[bytes, str]:
    """Answer with numbers."""
    return _json(planner.numbers(Wanted.told(asked)))


def _picture(planner: LivePlanner, asked: Any) -> tuple[bytes, str]:
    """Answer with bones, poses and colours."""
    return _json(planner.picture(Wanted.told(asked)))


def _stl(planner: LivePlanner, asked: Any) -> tuple[bytes, str]:
    """Answer with the femur after a plan."""
    return stl_bytes(planner.femur_after(Wanted.told(asked))), "model/stl"


def _scenario(planner: LivePlanner, asked: Any) -> tuple[bytes, str]:
    """Answer with a scenario file that repeats the plan."""
    text = scenario_text(planner, Wanted.told(asked))
    return text.encode(), "application/yaml"


def _report(planner: LivePlanner, asked: Any) -> tuple[bytes, str]:
    """Answer with a report of the plans that are compared."""
    if not isinstance(asked, Mapping) or not 1 <= len(asked) <= PLANS_A_REPORT:
        raise InputError(f"a report compares 1 to {PLANS_A_REPORT} named plans")
    plans = {str(name)[:40]: Wanted.told(one) for name, one in asked.items()}
    return report_text(planner.compared(plans)).encode(), "text/html; charset=utf-8"


ANSWERS: dict[str, Answer] = {
    "numbers": _numbers,
    "picture": _picture,
    "femur.stl": _stl,
    "scenario.yaml": _scenario,
    "report.html": _report,
}
