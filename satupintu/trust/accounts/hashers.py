# SPDX-License-Identifier: Apache-2.0
"""How passwords and recovery codes are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with 46 MiB, one pass, one lane: OWASP's first recommendation. Django's default
    (100 MiB, eight lanes) would let a handful of sign-ins at once fill a small machine."""

    time_cost = 1
    memory_cost = 47104
    parallelism = 1


class TestArgon2(Argon2PasswordHasher):
    """The same work in kind, not in amount: tests hash hundreds of times. Never outside tests."""

    __test__ = False  # for pytest: no test class
    time_cost = 1
    memory_cost = 512
    parallelism = 1
