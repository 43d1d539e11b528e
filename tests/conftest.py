"""Makes `fake_shell` importable: in import mode importlib a test's folder is not on the path."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "runtime"))
