"""Progress through steps of different length: one count of done and all for the whole plan."""

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int, int], None]


@dataclass
class Steps:
    """Tells of steps that are done, counted by how long they take.

    Parameters
    ----------
    told
        Called with (done, all) after every step and within long ones.
    total
        Sum of all weights.
    done
        So far.

    Examples
    --------
    >>> steps = Steps(lambda done, total: print(done, total), 4)
    >>> steps.finish(1)
    1 4
    >>> within = steps.within(3)
    >>> within(1, 3)
    2 4
    >>> steps.finish(3)
    4 4
    """

    told: Progress
    total: int
    done: int = 0

    def finish(self, weight: int) -> None:
        """Count a step as done.

        Parameters
        ----------
        weight
            Its share of the total.
        """
        self.done += weight
        self.told(self.done, self.total)

    def within(self, weight: int) -> Progress:
        """Return what a long step may call with its own (done, all); its end is not told twice.

        Parameters
        ----------
        weight
            Its share of the total.
        """
        told = self.done

        def tell(done: int, total: int) -> None:
            nonlocal told
            now = self.done + weight * done // max(total, 1)
            if told < now < self.done + weight:
                told = now
                self.told(now, self.total)

        return tell
