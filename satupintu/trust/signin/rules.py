# SPDX-License-Identifier: Apache-2.0
"""What an authorization request demands, and what must happen before it is answered. Pure.

Section numbers are of OpenID Connect Core 1.0 (incorporating errata set 2), where no other
document is named.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from .acr import Pair, choose_target, read_acr

# What a scope lets an agency see; each attribute is consented to by name.
ATTRIBUTES_OF_SCOPE = {
    "openid": "identity_confirmed",
    "profile": "full_name",
    "email": "email",
}
SCOPE_OF_ATTRIBUTE = {attribute: scope for scope, attribute in ATTRIBUTES_OF_SCOPE.items()}
# What is told about a person under its own name; `sub` says the rest.
CLAIM_OF_ATTRIBUTE = {"full_name": "name", "email": "email"}
# Of a link that is provisional still (docs/agencies/openid.md).
CHANGES_WAIT_UNTIL = "changes_wait_until"
PERSON_SCOPES = tuple(ATTRIBUTES_OF_SCOPE)
# Not something that is told, but when: also while the person is away (section 11). She agrees to
# it by name, as to what is told.
OFFLINE_ACCESS = "offline_access"
SIGN_IN_SCOPES = (*PERSON_SCOPES, OFFLINE_ACCESS)
AGREED_BY_SCOPE = {**ATTRIBUTES_OF_SCOPE, OFFLINE_ACCESS: OFFLINE_ACCESS}
PROMPTS = frozenset({"none", "login", "consent", "select_account"})


class BadRequest(ValueError):
    """The request contradicts itself; the message is for the agency's developers, in ASCII."""


class UnattainableLevel(ValueError):
    """No authentication that we offer reaches any of the levels that were asked for."""


@dataclass(frozen=True)
class Demand:
    """What an agency asks of the sign-in itself."""

    prompts: frozenset[str]
    max_age: timedelta | None
    # Each is enough: the rulebook's level, joined with what the agency asked for.
    accepted: tuple[Pair, ...]
    scopes: tuple[str, ...]
    # By `claims`: what the sign-in makes no sense without, and what the person may leave out.
    essential: frozenset[str] = frozenset()
    voluntary: frozenset[str] = frozenset()
    # The only person who will do, by the name that the agency's sector has for her.
    subject: str | None = None

    @property
    def attributes(self) -> frozenset[str]:
        """What the person must have agreed to release."""
        return frozenset(AGREED_BY_SCOPE[scope] for scope in self.scopes) | self.essential

    @property
    def optional(self) -> frozenset[str]:
        """What she is offered to release besides."""
        return self.voluntary - self.attributes

    @property
    def is_silent(self) -> bool:
        """No page may be shown (section 3.1.2.1, prompt=none)."""
        return "none" in self.prompts


class Step(Enum):
    """What comes next."""

    SIGN_IN = auto()
    OTHER_PERSON = auto()
    SIGN_IN_AGAIN = auto()
    STEP_UP = auto()
    PROVE_IDENTITY = auto()
    CHOOSE_ACCOUNT = auto()
    WAIT = auto()
    ASK_CONSENT = auto()
    ANSWER = auto()


# The error that stands for a page when none may be shown (section 3.1.2.6).
SILENT_ERRORS = {
    Step.SIGN_IN: "login_required",
    Step.OTHER_PERSON: "login_required",
    Step.SIGN_IN_AGAIN: "login_required",
    Step.STEP_UP: "interaction_required",
    Step.PROVE_IDENTITY: "interaction_required",
    Step.CHOOSE_ACCOUNT: "account_selection_required",
    Step.WAIT: "interaction_required",
    Step.ASK_CONSENT: "consent_required",
}


def read_demand(
    params: Mapping[str, str],
    *,
    scopes: tuple[str, ...],
    level: int,
    identity: int = 0,
    asked_levels: Sequence[str] = (),
) -> Demand:
    """`level` and `identity` are the rulebook's; an agency can ask for more, never for less: by
    `acr_values`, or by `claims` (`asked_levels`).

    Raises BadRequest or UnattainableLevel.
    """
    if params.get("response_mode", "query") != "query":
        raise BadRequest("The response_mode must be query")
    prompts = frozenset(params.get("prompt", "").split())
    if not prompts <= PROMPTS:
        raise BadRequest("prompt has an unknown value")
    if "none" in prompts and len(prompts) > 1:
        raise BadRequest("prompt=none stands alone")
    max_age = params.get("max_age", "")
    if max_age and not (max_age.isascii() and max_age.isdigit() and len(max_age) < 10):
        raise BadRequest("max_age is a number of seconds")
    return Demand(
        prompts=prompts,
        max_age=timedelta(seconds=int(max_age)) if max_age else None,
        accepted=_join_levels(
            Pair(identity, level), params.get("acr_values", "").split(), asked_levels
        ),
        scopes=scopes,
    )


def _join_levels(least: Pair, *lists: Sequence[str]) -> tuple[Pair, ...]:
    """Whatever reaches one value of each list, and never less than `least`.

    Raises UnattainableLevel: an agency that asks for what nobody can prove is told so.
    """
    accepted: tuple[Pair, ...] = (least,)
    for asked in filter(None, lists):
        known = [pair for value in asked if (pair := read_acr(value)) is not None]
        accepted = tuple(dict.fromkeys(each.join(pair) for each in accepted for pair in known))
    if not accepted:
        raise UnattainableLevel
    return accepted


def heed_offline_access(scope: str, *, prompts: Collection[str], may_refresh: bool) -> str:
    """The scope of a request; without `offline_access` where the request is to be ignored.

    Section 11 has it ignored unless `prompt` contains `consent`: the person is asked each time
    that an agency wants to go on without her. A client that may not refresh has no use for it.
    """
    if may_refresh and "consent" in prompts:
        return scope
    return " ".join(name for name in scope.split() if name != OFFLINE_ACCESS)


def narrow_scope(granted: str, *, asked: str | None, registered: Collection[str]) -> str | None:
    """What a refreshed token carries: of what was granted, what is asked for and registered still.

    None where something was asked for that was not granted (RFC 6749, section 6), or nothing is
    left. A narrower token narrows nothing for good: the next one may carry all of it again.
    """
    names = granted.split()
    wanted = set(names) if not asked else set(asked.split())
    if not wanted <= set(names):
        return None
    return " ".join(name for name in names if name in wanted and name in registered) or None


def decide_step(
    demand: Demand,
    *,
    level: int | None,
    identity: int = 0,
    authenticated_at: datetime | None,
    agreed: Collection[str],
    asked_again_at: datetime | None,
    at: datetime,
    is_expected: bool = True,
    has_chosen: bool = False,
    must_wait: bool = False,
) -> Step:
    """What must happen now. `level`, of the session, is None when nobody is signed in; `identity`
    is the person's.

    `is_expected`: she is whom the agency means, or it means nobody in particular. `has_chosen`:
    for this very request she chose the account herself. `must_wait`: her link at this agency may
    not be used now (safety rules 9 to 11); only whom two factors proved is told so.

    `asked_again_at` is when this very request last sent the person to authenticate afresh: what
    she did since then fulfils prompt=login and max_age, however long she took, so no loop arises.
    """
    if level is None or authenticated_at is None:
        return Step.SIGN_IN
    is_fresh = asked_again_at is not None and authenticated_at >= asked_again_at
    is_too_old = demand.max_age is not None and at - authenticated_at > demand.max_age
    # A person on a page of ours a moment ago is not yet "actively" authenticated: max_age=0 is
    # prompt=login by another name (section 15.1).
    wants_fresh = "login" in demand.prompts or demand.max_age == timedelta(0)
    has = Pair(identity, level)
    target = choose_target(demand.accepted, has=has)
    is_needed = {
        Step.OTHER_PERSON: not is_expected,
        Step.SIGN_IN_AGAIN: (wants_fresh or is_too_old) and not is_fresh,
        # The second factor first: who has one must not prove the identity of somebody else's
        # account.
        Step.STEP_UP: level < target.authentication and not has.reaches(target),
        Step.PROVE_IDENTITY: not has.reaches(target),
        Step.CHOOSE_ACCOUNT: "select_account" in demand.prompts and not has_chosen,
        Step.WAIT: must_wait,
        Step.ASK_CONSENT: "consent" in demand.prompts or not demand.attributes <= set(agreed),
    }
    return next((step for step, needed in is_needed.items() if needed), Step.ANSWER)


def write_wait(changes_wait_until: datetime | None, *, at: datetime) -> dict[str, int]:
    """The claim that says until when changes of bank details and address must wait, as a
    NumericDate; none where nothing waits any more."""
    if changes_wait_until is None or changes_wait_until <= at:
        return {}
    return {CHANGES_WAIT_UNTIL: int(changes_wait_until.timestamp())}


def find_fault_in_times(
    claims: Mapping[str, Any], *, skew: timedelta, max_age: timedelta, at: datetime
) -> str:
    """Why an assertion's times are not acceptable, for the client's developers; "" when they are.

    `exp` is required and `iat` is not (RFC 7523, section 3). Clocks may differ by `skew` either
    way. An assertion is made for one request, so one older than `max_age` comes from a clock that
    is wrong, or from a thief.
    """
    times = {name: claims[name] for name in ("exp", "iat", "nbf") if claims.get(name) is not None}
    if "exp" not in times:
        return "The assertion needs exp, a number of seconds since 1970"
    for name, value in times.items():
        if not _is_time(value):
            return f"The {name} of the assertion is not a number of seconds since 1970"
    now, leeway = at.timestamp(), skew.total_seconds()
    oldest = now - leeway - max_age.total_seconds()
    faults = {
        "The assertion has expired": times["exp"] + leeway < now,
        "The exp of the assertion is more than an hour ahead": times["exp"] > now + 3600 + leeway,
        "The iat of the assertion lies in the future": times.get("iat", now) > now + leeway,
        "The nbf of the assertion lies in the future": times.get("nbf", now) > now + leeway,
        "The iat of the assertion is too long ago": times.get("iat", now) < oldest,
    }
    fault = next((words for words, applies in faults.items() if applies), "")
    return f"{fault}; check the clock of the client" if fault else ""


def _is_time(value: object) -> bool:
    # JSON's true is an int to Python, and 1e400 is infinity.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**40
