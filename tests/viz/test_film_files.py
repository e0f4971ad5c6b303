"""Films as files: they hold every frame, stand still at the minimum, and need what they say."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from hipsim.errors import InputError
from hipsim.viz.film_files import HELD_S, check_film_path, write_film, write_still

FPS = 10.0
LOSS = 12.0  # of 255, mean over pixels: GIF has 200 colours, WebP and MP4 are lossy
SIZE_PX = (96, 64)


class FakeFilm:
    """Three plain frames; the second is that of the smallest space."""

    script = SimpleNamespace(size_px=SIZE_PX)
    least = 1

    def __len__(self):
        return 3

    def frames(self, progress=None):
        for number, colour in enumerate(((200, 30, 30), (30, 200, 30), (30, 30, 200))):
            yield np.full((SIZE_PX[1], SIZE_PX[0], 3), colour, dtype=np.uint8)
            if progress is not None:
                progress(number + 1, 3)


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_write_film__holds_every_frame_and_stands_at_the_minimum(tmp_path, suffix):
    path = write_film(FakeFilm(), tmp_path / f"film{suffix}", fps=FPS)
    with Image.open(path) as film:
        durations = []
        for number in range(film.n_frames):
            film.seek(number)
            shown = np.asarray(film.convert("RGB"), dtype=float)
            wanted = list(FakeFilm().frames())[number]
            durations.append(film.info["duration"])
            assert np.abs(shown - wanted).mean() < LOSS
        assert film.n_frames == 3 and film.info["loop"] == 0
    assert durations[1] - durations[0] == pytest.approx(1000 * HELD_S, abs=1)


def test_write_film__mp4_has_the_length_of_its_frames(tmp_path):
    av = pytest.importorskip("av", reason="needs the extra 'video'")
    path = write_film(FakeFilm(), tmp_path / "film.mp4", fps=FPS)
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert frames[0].shape[1::-1] == SIZE_PX
    assert len(frames) == 3 + round(HELD_S * FPS)
    assert np.abs(frames[0].mean(axis=(0, 1)) - (200, 30, 30)).mean() < LOSS


def test_check_film_path__without_the_encoder_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(InputError, match=r"hipsim\[video\]"):
        check_film_path(tmp_path / "film.mp4")
    assert check_film_path(tmp_path / "film.gif").name == "film.gif"


@pytest.mark.parametrize("name", ["film", "film.mov", "film.png"])
def test_check_film_path__refuses_other_endings(name):
    with pytest.raises(InputError, match=r"a film ends in \.gif, \.webp or \.mp4"):
        check_film_path(name)


def test_write_film__refuses_odd_speeds(tmp_path):
    with pytest.raises(InputError, match="fps"):
        write_film(FakeFilm(), tmp_path / "film.gif", fps=0.0)


def test_write_still__is_the_frame(tmp_path):
    frame = next(FakeFilm().frames())
    with Image.open(write_still(frame, tmp_path / "still.png")) as still:
        np.testing.assert_array_equal(np.asarray(still), frame)


def test_write_film__paper_stays_white_in_a_gif(tmp_path, monkeypatch):
    def frames(self, progress=None):
        for shade in (0, 60, 120):
            frame = np.full((SIZE_PX[1], SIZE_PX[0], 3), 255, dtype=np.uint8)
            frame[:20] = np.linspace(shade, 254, SIZE_PX[0])[None, :, None]
            yield frame

    monkeypatch.setattr(FakeFilm, "frames", frames)
    path = write_film(FakeFilm(), tmp_path / "film.gif", fps=FPS)
    with Image.open(path) as film:
        assert (np.asarray(film.convert("RGB"))[30:] == 255).all()
