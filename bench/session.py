"""What a session of a database on this machine has used of the processor, as the kernel counts it.

What else the machine does, and the way there and back, are not in it.
"""

from pathlib import Path
from typing import Final

SETTLED_S: Final = 0.001
"""After which a session sleeps again, and its processor is counted."""


def used_ms(session: int) -> float:
    """Return the processor that a session has used so far."""
    return int(Path(f"/proc/{session}/schedstat").read_text().split()[0]) / 1e6
