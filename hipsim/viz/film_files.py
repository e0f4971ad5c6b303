"""Films as files: GIF and WebP by Pillow, MP4 by the encoder of the extra ``video``."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from hipsim.checks import as_number
from hipsim.errors import InputError
from hipsim.viz.film import Film, Progress
from hipsim.viz.render import Image
from hipsim.viz.style import as_target

SUFFIXES = (".gif", ".webp", ".mp4")
FPS, FPS_RANGE = 12.0, (1.0, 50.0)
HELD_S = 1.2  # how long the frame of the smallest space stands
GIF_COLOURS, PAPER = 220, 248  # of 255, above which a colour is paper
WEBP_QUALITY = 82
NEEDS_VIDEO = (
    "MP4 needs the encoder of the extra 'video': pip install \"hipsim[video]\" (av); "
    "GIF and WebP need nothing more"
)


def check_film_path(path: str | Path) -> Path:
    """Return where a film can be written, or raise before any work is done.

    Parameters
    ----------
    path
        Ends in ``.gif``, ``.webp`` or ``.mp4``.

    Raises
    ------
    InputError
        If the ending is another one, or the encoder of MP4 is missing.

    Examples
    --------
    >>> check_film_path("arc.mov")
    Traceback (most recent call last):
    hipsim.errors.InputError: a film ends in .gif, .webp or .mp4, got arc.mov
    """
    target = Path(path)
    if target.suffix.lower() not in SUFFIXES:
        raise InputError(f"a film ends in .gif, .webp or .mp4, got {target.name}")
    if target.suffix.lower() == ".mp4":
        _encoder()
    return target


def write_film(
    film: Film, path: str | Path, *, fps: float = FPS, progress: Progress | None = None
) -> Path:
    """Draw a film and write it.

    Parameters
    ----------
    film
        The film.
    path
        Ends in ``.gif``, ``.webp`` or ``.mp4``; the folder exists.
    fps
        Frames a second, 1 to 50.
    progress
        Called with (frames done, frames).

    Returns
    -------
    path
        The file written.

    Raises
    ------
    InputError
        If the path or the speed is not as above, or the encoder of MP4 is missing.
    """
    low, high = FPS_RANGE
    speed = as_number(fps, name="fps", low=low, high=high, unit="frames per second")
    target = as_target(check_film_path(path))
    frames = film.frames(progress)
    if target.suffix.lower() == ".mp4":
        _write_mp4(target, film, frames, speed)
    else:
        _write_images(target, film, frames, speed)
    return target


def write_still(image: Image, path: str | Path) -> Path:
    """Write one frame as PNG."""
    from PIL import Image as Pillow

    target = as_target(path)
    Pillow.fromarray(image).save(target, format="PNG", optimize=True)
    return target


def _write_images(target: Path, film: Film, frames: Iterable[Image], fps: float) -> None:
    """Write an animated GIF or WebP that runs for ever."""
    from PIL import Image as Pillow

    durations = [1000.0 / fps] * len(film)
    durations[film.least] += 1000.0 * HELD_S
    pictures = [Pillow.fromarray(frame) for frame in frames]
    options: dict[str, Any] = {"quality": WEBP_QUALITY, "method": 4}
    if target.suffix.lower() == ".gif":
        palette = _palette([pictures[0], pictures[film.least], pictures[-1]])
        pictures = [
            picture.quantize(palette=palette, dither=Pillow.Dither.NONE) for picture in pictures
        ]
        options = {"optimize": False, "disposal": 1}
    pictures[0].save(
        target,
        save_all=True,
        append_images=pictures[1:],
        duration=[round(each) for each in durations],
        loop=0,
        **options,
    )


def _palette(pictures: list[Any]) -> Any:
    """Return the colours that suit several frames: one palette, or a film would flicker."""
    from PIL import Image as Pillow

    width, height = pictures[0].size
    strip = Pillow.new("RGB", (width, height * len(pictures)))
    for row, picture in enumerate(pictures):
        strip.paste(picture, (0, row * height))
    made = strip.quantize(GIF_COLOURS, method=Pillow.Quantize.MEDIANCUT)
    colours = np.reshape(made.getpalette() or [], (-1, 3))
    colours[colours.min(axis=1) >= PAPER] = 255  # paper stays white
    made.putpalette(colours.ravel().tolist())
    return made


def _write_mp4(target: Path, film: Film, frames: Iterable[Image], fps: float) -> None:
    """Write an H.264 film, which plays everywhere; MPEG-4 where that encoder is not built in."""
    library = _encoder()
    codec = "libx264" if "libx264" in library.codecs_available else "mpeg4"
    with library.open(str(target), "w", format="mp4") as container:
        stream = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1000))
        stream.width, stream.height = film.script.size_px
        stream.pix_fmt = "yuv420p"
        for image in _held(film, frames, fps):
            frame = library.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _held(film: Film, frames: Iterable[Image], fps: float) -> Iterator[Image]:
    """Repeat the frame of the smallest space, so that it stands for a while."""
    for number, frame in enumerate(frames):
        yield frame
        if number == film.least:
            yield from [frame] * round(HELD_S * fps)


def _encoder() -> Any:
    """Return the library that encodes MP4."""
    try:
        import av
    except ImportError:
        raise InputError(NEEDS_VIDEO) from None
    return av
