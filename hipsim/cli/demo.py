"""``hipsim demo``: the main job on the embedded narrow hip."""

from pathlib import Path


def demo(*, out: Path = Path("hipsim-demo")) -> None:
    """Show the main job: how much space a narrow hip has, and what surgery would gain.

    Runs the embedded scenario ``ifi_test_narrow`` and writes a table, pictures and data.
    Results of an earlier demo in the folder are replaced.

    Parameters
    ----------
    out
        Folder for the results.
    """
    from hipsim.cli.run import run_and_tell

    run_and_tell(Path("ifi_test_narrow"), out, existing="replace")
