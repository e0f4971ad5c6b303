"""Questions about a hip: how much space over a motion, what a plan gains. Never on the disk."""
