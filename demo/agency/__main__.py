# SPDX-License-Identifier: Apache-2.0
"""`python -m demo.agency serve|describe|code|send`: one agency of the made-up country."""

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main())
