# SPDX-License-Identifier: Apache-2.0
import hypothesis
import pytest

from satupintu.trust.rulebook import queries as rulebook

# A property holds on a slow machine too.
hypothesis.settings.register_profile("any-machine", deadline=None)
hypothesis.settings.load_profile("any-machine")


@pytest.fixture(autouse=True)
def fresh_rulebook():
    """A test that writes a policy is not answered from another test's memory."""
    rulebook.forget_policies()
    yield
    rulebook.forget_policies()
