# SPDX-License-Identifier: Apache-2.0
"""Safety rule 7: a warning that can be extended comes before, and what was typed survives."""

import pytest

from . import steps
from .walker import Walker

NAME = "Nur'aini 🌺"


def wait_until(walker: Walker, *, visible: bool) -> None:
    """Bounded, and asked again and again: wait_for_function() is forbidden by the page's policy."""
    for _ in range(100):
        if walker.page.locator("[data-limit]").is_visible() == visible:
            return
        walker.page.wait_for_timeout(100)
    raise AssertionError(f"the warning is {'not ' if visible else ''}there")


@pytest.mark.parametrize(("language", "who"), [("id", 0), ("en", 2)], ids=["id", "en"])
def test_safety_07_somebody_who_writes_for_long_is_warned_and_stays_by_one_press(
    walk, country, language, who
):
    walker: Walker = walk(language)
    person = country.person(who)
    steps.sign_in(
        walker, email=person["email"], password=person["password"], secret=person["totp_secret"]
    )
    # The page's clock is ours from here on; the country's goes on as it is.
    walker.page.clock.install()
    walker.go("/account/name/")
    field = walker.page.locator('[name="full_name"]')
    field.fill(NAME)
    assert not walker.page.locator("[data-limit]").is_visible()

    walker.page.clock.fast_forward("56:00")
    wait_until(walker, visible=True)
    assert field.evaluate("field => field === document.activeElement"), "nobody is interrupted"
    walker.look_again()
    walker.page.locator("[data-limit-stay]").click()
    wait_until(walker, visible=False)
    assert field.evaluate("field => field === document.activeElement")

    # It comes again, in time; closed, it keeps quiet until the time is over, and says that then.
    walker.page.clock.fast_forward("56:00")
    wait_until(walker, visible=True)
    walker.page.locator("[data-limit-close]").click()
    wait_until(walker, visible=False)
    walker.page.clock.fast_forward("06:00")
    wait_until(walker, visible=True)
    assert not walker.page.locator("[data-limit-stay]").is_visible()

    assert field.input_value() == NAME
