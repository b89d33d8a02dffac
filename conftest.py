# SPDX-License-Identifier: Apache-2.0
import pytest

from satupintu.trust.rulebook import queries as rulebook


@pytest.fixture(autouse=True)
def fresh_rulebook():
    """A test that writes a policy is not answered from another test's memory."""
    rulebook.forget_policies()
    yield
    rulebook.forget_policies()
