"""Make the reference pictures anew: ``python tests/viz/make_reference.py``; then look at them."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parents[1])]


def main() -> None:
    """Draw every scene and write it as a PNG of 256 colours."""
    from PIL import Image
    from reference_scenes import FOLDER, SCENES

    FOLDER.mkdir(exist_ok=True)
    for name, draw in SCENES.items():
        path = FOLDER / f"{name}.png"
        Image.fromarray(draw()).quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path.relative_to(HERE)}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
