"""``python -m hipsim`` is the command ``hipsim``."""

from hipsim.cli import main

if __name__ == "__main__":
    main()
