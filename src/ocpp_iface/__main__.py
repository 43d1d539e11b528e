"""`python -m ocpp_iface`: the same as `ocpp-iface`."""

from __future__ import annotations

import sys

from ocpp_iface.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
