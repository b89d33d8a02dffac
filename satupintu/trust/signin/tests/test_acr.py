# SPDX-License-Identifier: Apache-2.0
"""`acr`, for any pair of levels and any wish of an agency."""

import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from satupintu.trust.consent import queries as consents
from satupintu.trust.identity import actions as identities
from satupintu.trust.identity.models import Proofing
from satupintu.trust.identity.queries import Method
from satupintu.trust.rulebook.models import Policy
from satupintu.trust.signin.acr import PAIRS, Pair, choose_target, name_acr, read_acr
from satupintu.trust.signin.rules import Step, decide_step, read_demand

from .parties import read_answer, read_id_token, read_page_sent_to

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
pairs = st.sampled_from(PAIRS)
wishes = st.lists(pairs, max_size=4)


@given(pairs)
def test_a_urn_names_one_pair_and_reads_back_as_it(pair):
    assert read_acr(name_acr(pair)) == pair


def test_every_pair_has_a_urn_of_its_own():
    assert name_acr(Pair(0, 1)) == "urn:satupintu:acr:ip0:al1"
    assert name_acr(Pair(3, 2)) == "urn:satupintu:acr:ip3:al2"
    assert len({name_acr(pair) for pair in PAIRS}) == 8


@given(st.text(max_size=30))
def test_no_other_value_is_a_level(value):
    assert read_acr(value) is None


@pytest.mark.parametrize(
    "tail", ["ip4:al1", "ip2:al0", "ip2:al3", "ip2:al2 ", "ip2:al2\n", "ip٢:al2"]
)
def test_a_value_that_merely_resembles_a_level_is_none(tail):
    assert read_acr(f"urn:satupintu:acr:{tail}") is None


@given(pairs, pairs, pairs)
def test_reaching_is_an_order(a, b, c):
    assert a.reaches(a)
    assert not (a.reaches(b) and b.reaches(a)) or a == b
    assert not (a.reaches(b) and b.reaches(c)) or a.reaches(c)


@given(pairs, pairs)
def test_a_join_reaches_both_and_is_the_least_that_does(a, b):
    joined = a.join(b)

    assert joined.reaches(a)
    assert joined.reaches(b)
    assert all(pair.reaches(joined) for pair in PAIRS if pair.reaches(a) and pair.reaches(b))


@given(st.lists(pairs, min_size=1), pairs)
def test_what_is_aimed_at_is_reached_exactly_when_anything_accepted_is(accepted, has):
    target = choose_target(accepted, has=has)

    assert target in accepted
    assert has.reaches(target) is any(has.reaches(pair) for pair in accepted)


def decide(asked, *, least, has):
    demand = read_demand(
        {"acr_values": " ".join(name_acr(pair) for pair in asked)},
        scopes=("openid",),
        level=least.authentication,
        identity=least.identity,
    )
    return decide_step(
        demand,
        level=has.authentication,
        identity=has.identity,
        authenticated_at=NOW,
        agreed={"identity_confirmed"},
        asked_again_at=None,
        at=NOW,
    )


@given(wishes, pairs, pairs)
def test_nothing_is_answered_below_the_rulebook_or_below_all_that_was_asked(asked, least, has):
    answered = decide(asked, least=least, has=has) is Step.ANSWER

    assert answered is (
        has.reaches(least) and (not asked or any(has.reaches(pair) for pair in asked))
    )


@given(wishes, pairs, pairs)
def test_each_step_asked_of_the_person_brings_her_nearer(asked, least, has):
    steps = []
    for _ in range(3):
        step = decide(asked, least=least, has=has)
        if step is Step.STEP_UP:
            has = Pair(has.identity, 2)
        elif step is Step.PROVE_IDENTITY:
            has = Pair(3, has.authentication)
        steps.append(step)

    assert steps[-1] is Step.ANSWER


# --- In the provider ------------------------------------------------------------------------------


def prove(person, *, level, method=Method.PROVIDER):
    evidence = identities.Evidence(
        method=method, level=level, by="nusaid", role="identity_provider"
    )
    return identities.record_proofing(
        account_id=person.account.pk, evidence=evidence, at=timezone.now()
    )


def test_an_agency_learns_the_persons_real_level(client, person, party):
    prove(person, level=2)
    person.agree(party)

    answer = read_answer(party.ask(person.browser, acr_values="urn:satupintu:acr:ip2:al2"))

    claims = read_id_token(client, party.exchange(client, answer["code"]))
    assert claims["acr"] == "urn:satupintu:acr:ip2:al2"


def test_a_level_that_ends_is_gone_in_a_session_that_runs(person, party):
    proofing_id = prove(person, level=2)
    person.agree(party)
    assert "code" in read_answer(
        party.ask(person.browser, acr_values="urn:satupintu:acr:ip2:al2", prompt="none")
    )

    identities.end_proofing(
        account_id=person.account.pk,
        proofing_id=proofing_id,
        reason=Proofing.EndReason.REVOKED,
        at=timezone.now(),
    )

    answer = read_answer(
        party.ask(person.browser, acr_values="urn:satupintu:acr:ip2:al2", prompt="none")
    )
    assert answer["error"] == "interaction_required"


def test_an_agency_that_the_rulebook_gives_a_level_answers_nobody_below_it(person, party):
    Policy.objects.create(
        name="identity.required_level",
        agency=party.client.agency.slug,
        kind="text",
        value="IP1",
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        source="a test",
    )
    person.agree(party)

    refused = read_answer(party.ask(person.browser, prompt="none"))
    prove(person, level=1)
    answered = read_answer(party.ask(person.browser, prompt="none"))

    assert refused["error"] == "interaction_required"
    assert "code" in answered


def test_who_lacks_both_levels_gives_the_second_factor_first(make_person, party):
    person = make_person(level=1)

    response = party.ask(person.browser, acr_values="urn:satupintu:acr:ip2:al2")

    assert read_page_sent_to(response)[0] == "/account/confirm/"


def test_who_must_prove_her_identity_is_asked_and_comes_exactly_back(person, party):
    person.agree(party)

    page = party.ask(person.browser, acr_values="urn:satupintu:acr:ip2:al2").content.decode()

    [way] = re.findall(r'href="(/account/identity/[^"]*)"', page)
    back = parse_qs(urlsplit(unescape(way)).query)["next"][0]
    prove(person, level=2)
    answer = read_answer(person.browser.get(back))
    assert answer["state"] == party.state
    assert answer["code"]


def test_who_will_not_prove_it_goes_back_with_the_error_that_says_so(person, party):
    person.agree(party)
    address = party.address(acr_values="urn:satupintu:acr:ip2:al2")

    response = person.browser.post(
        address.replace("/openid/authorize", reverse("signin:decide")), {"decision": "refuse"}
    )

    answer = read_answer(response)
    assert answer["error"] == "unmet_authentication_requirements"
    assert answer["state"] == party.state
    assert "code" not in answer


def test_agreeing_alone_does_not_stand_for_proving(person, party):
    address = party.address(acr_values="urn:satupintu:acr:ip2:al2")

    response = person.browser.post(
        address.replace("/openid/authorize", reverse("signin:decide")), {"decision": "agree"}
    )

    assert response.headers["Location"].startswith("/openid/authorize?")
    assert not consents.list_consented_attributes(
        account_id=person.account.pk, agency_slug=party.client.agency.slug, at=timezone.now()
    )


def test_safety_17_an_attested_person_looks_like_anybody_at_her_level(client, person, party):
    prove(person, level=1, method=Method.ATTESTATION)
    person.agree(party)

    code = read_answer(party.ask(person.browser))["code"]

    claims = read_id_token(client, party.exchange(client, code))
    assert claims["acr"] == "urn:satupintu:acr:ip1:al2"
    assert "attest" not in str(claims)
