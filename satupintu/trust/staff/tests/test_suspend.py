# SPDX-License-Identifier: Apache-2.0
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from satupintu.foundation.audit.models import AccessRecord
from satupintu.foundation.crypto import hash_secret
from satupintu.foundation.ids import new_id
from satupintu.trust.accounts.models import AccountSession
from satupintu.trust.accounts.tests.factories import PASSWORD, AccountFactory
from satupintu.trust.accounts.tests.factories import sign_in as sign_person_in
from satupintu.trust.accounts.tests.mailbox import read_mails
from satupintu.trust.agencies import queries as directory
from satupintu.trust.agencies.rules import compute_thumbprint
from satupintu.trust.agencies.tests.factories import AgencyFactory, ClientFactory
from satupintu.trust.signin.models import AccessToken
from satupintu.trust.staff import actions
from satupintu.trust.staff.models import Proposal, StaffSession, Suspension

from .factories import StaffFactory, StewardFactory, sign_in

pytestmark = pytest.mark.django_db
# RFC 7638, 3.1, with the modulus shortened; and two more of other kinds.
KEYS = [
    {"kty": "EC", "crv": "P-256", "x": "x1", "y": "y1", "kid": "one"},
    {"kty": "OKP", "crv": "Ed25519", "x": "x2", "kid": "two"},
]
REASON = "The key was found in a public repository."


def suspend(kind, target, by, **more):
    return actions.suspend(
        kind=kind, target=target, reason=REASON, by=by.id, at=timezone.now(), **more
    )


def lift(suspension_id, proposer, approver):
    proposal_id = actions.propose(
        act=actions.LIFT,
        about=str(suspension_id),
        reason="It is put right.",
        by=proposer.id,
        at=timezone.now(),
    )
    actions.approve(proposal_id=proposal_id, by=approver.id, at=timezone.now())


@pytest.fixture
def tax():
    return AgencyFactory(slug="tax")


@pytest.fixture
def stewards():
    return StewardFactory(), StewardFactory()


def test_safety_24_one_page_suspends_an_agency_and_its_staff_with_it(client, tax, stewards):
    desk = type(client)()
    sign_in(desk, StaffFactory(agency=tax))
    sign_in(client, stewards[0])

    page = client.post(reverse("staff:suspend_agency"), {"target": "tax", "reason": REASON})

    assert page.status_code == 302
    assert directory.get_agency(slug="tax") is None
    assert desk.get("/staff/").status_code == 302
    assert Suspension.objects.get().reason == REASON


def test_safety_24_lifting_takes_two_people(client, tax, stewards):
    suspension_id = suspend("agency", "tax", stewards[0])
    sign_in(client, stewards[0])
    client.post(reverse("staff:lift", args=[suspension_id]), {"reason": "It is put right."})
    proposal = Proposal.objects.get()

    client.post(reverse("staff:approve", args=[proposal.id]))
    assert directory.get_agency(slug="tax") is None, "the same person is no second one"

    sign_in(client, stewards[1])
    client.post(reverse("staff:approve", args=[proposal.id]))
    assert directory.get_agency(slug="tax") is not None
    assert Suspension.objects.get().lifted_at is not None


def test_what_was_lifted_can_be_suspended_again(tax, stewards):
    lift(suspend("agency", "tax", stewards[0]), *stewards)

    suspend("agency", "tax", stewards[1])

    assert directory.get_agency(slug="tax") is None


def test_safety_24_an_owner_suspends_a_client_of_her_own_and_of_nobody_else(client, tax):
    own, strange = ClientFactory(agency=tax), ClientFactory()
    sign_in(client, StaffFactory(agency=tax))

    client.post(reverse("staff:suspend_client"), {"target": own.client_id, "reason": REASON})
    refused = client.post(
        reverse("staff:suspend_client"), {"target": strange.client_id, "reason": REASON}
    )

    assert refused.status_code == 422
    assert directory.get_client(client_id=own.client_id) is None
    assert directory.get_client(client_id=strange.client_id) is not None
    with pytest.raises(actions.NotYours):
        suspend("client", strange.client_id, StaffFactory(agency=tax))


def make_key_client(tax):
    return ClientFactory(
        agency=tax, auth_method="private_key_jwt", secret_hash="", jwks={"keys": KEYS}
    )


def make_token(client_id):
    return AccessToken.objects.create(
        token_hash=hash_secret(str(new_id())),
        client_id=client_id,
        scope="messages:send",
        issued_at=timezone.now(),
        expires_at=timezone.now() + timezone.timedelta(minutes=10),
    )


def test_safety_24_a_suspended_key_proves_nothing_and_its_clients_tokens_end(client, tax):
    program = make_key_client(tax)
    token = make_token(program.client_id)
    sign_in(client, StaffFactory(agency=tax, role="integrator"))

    page = client.post(
        reverse("staff:suspend_key"),
        {"target": f"{program.client_id} {compute_thumbprint(KEYS[0])}", "reason": REASON},
    )

    assert page.status_code == 302
    card = directory.get_client(client_id=program.client_id)
    assert [key["kid"] for key in card.jwks["keys"]] == ["two"]
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_safety_24_a_suspended_key_stays_so_under_another_name(tax, stewards):
    program = make_key_client(tax)
    suspend("key", f"{program.client_id} {compute_thumbprint(KEYS[0])}", stewards[0])

    program.jwks = {"keys": [KEYS[0] | {"kid": "innocent"}, KEYS[1]]}
    program.save(update_fields=["jwks"])

    card = directory.get_client(client_id=program.client_id)
    assert [key["kid"] for key in card.jwks["keys"]] == ["two"]


def test_a_key_that_is_lifted_proves_again(tax, stewards):
    program = make_key_client(tax)
    suspension = suspend("key", f"{program.client_id} {compute_thumbprint(KEYS[0])}", stewards[0])

    lift(suspension, *stewards)

    assert len(directory.get_client(client_id=program.client_id).jwks["keys"]) == 2


def test_safety_24_a_suspended_person_is_out_and_cannot_come_in(client, tax):
    sari = AccountFactory(email="sari@surel.nusa", with_password=True)
    browser = type(client)()
    sign_person_in(browser, sari)
    assert browser.get("/account/").status_code == 200
    sign_in(client, StaffFactory(agency=tax, role="fraud_desk"))

    client.post(reverse("staff:suspend_person"), {"target": "Sari@surel.nusa", "reason": REASON})

    assert browser.get("/account/").status_code == 302
    assert not AccountSession.objects.filter(account_id=sari.pk).exists()
    page = browser.post(
        reverse("account_login"), {"email": "sari@surel.nusa", "password": PASSWORD}
    )
    assert page.status_code == 422


def test_safety_19_what_staff_did_stands_in_the_persons_log_without_a_name(tax):
    sari = AccountFactory()
    yohanes = StaffFactory(agency=tax, role="fraud_desk", full_name="Yohanes Lasut")
    ratna = StaffFactory(agency=tax, role="owner", full_name="Ratna Sihombing")

    lift(suspend("person", str(sari.pk), yohanes), yohanes, ratna)

    lines = AccessRecord.objects.filter(account_id=sari.pk).order_by("id")
    assert [(one.actor_kind, one.actor_agency, one.actor_role) for one in lines] == [
        ("staff", "tax", "fraud_desk"),
        ("staff", "tax", "owner"),
    ]
    for line in lines:
        said = " ".join(str(value) for value in vars(line).values())
        assert "Yohanes" not in said
        assert "Ratna" not in said
        assert REASON not in said


def test_a_suspended_person_is_told_and_keeps_what_is_hers(tax):
    sari = AccountFactory(email="sari@surel.nusa")

    suspend("person", str(sari.pk), StaffFactory(agency=tax, role="fraud_desk"))

    (mail,) = read_mails()
    assert mail.to == ["sari@surel.nusa"]
    assert "bantuan" in mail.body
    sari.refresh_from_db()
    assert sari.email == "sari@surel.nusa"


def test_a_lifted_person_signs_in_again_and_old_sessions_stay_ended(client, tax, stewards):
    sari = AccountFactory()
    sign_person_in(client, sari)

    lift(suspend("person", str(sari.pk), stewards[0]), *stewards)

    assert client.get("/account/").status_code == 302
    sign_person_in(client, sari)
    assert client.get("/account/").status_code == 200


def test_safety_24_a_suspended_colleague_is_out_at_once(client, tax):
    teguh = StaffFactory(agency=tax, role="integrator")
    desk = type(client)()
    sign_in(desk, teguh)
    sign_in(client, StaffFactory(agency=tax))

    client.post(reverse("staff:suspend_staff"), {"target": teguh.email, "reason": REASON})

    assert desk.get("/staff/").status_code == 302
    sign_in(desk, teguh)
    assert desk.get("/staff/").status_code == 302, "nor does a session that was open elsewhere"
    assert StaffSession.objects.filter(member=teguh).exists()


def test_nobody_suspends_herself_or_another_agencys_colleague(tax):
    owner = StaffFactory(agency=tax)

    for target in (owner, StaffFactory()):
        with pytest.raises(actions.NotYours):
            suspend("staff", str(target.id), owner)

    assert not Suspension.objects.exists()


def test_help_desk_suspends_nothing(client, tax):
    sign_in(client, StaffFactory(agency=tax, role="help_desk"))

    for kind in ("agency", "client", "key", "person", "staff"):
        page = client.post(reverse(f"staff:suspend_{kind}"), {"target": "tax", "reason": REASON})
        assert page.status_code == 403
    assert client.get(reverse("staff:suspensions")).status_code == 403


def test_another_agencys_suspension_is_a_page_that_does_not_exist(client, tax, stewards):
    suspension_id = suspend("client", ClientFactory(agency=tax).client_id, stewards[0])
    stranger = StaffFactory()
    sign_in(client, stranger)

    assert client.get(reverse("staff:lift", args=[suspension_id])).status_code == 404
    # Nor does a proposal made past the page free anything.
    with pytest.raises(actions.NotYours):
        lift(suspension_id, stranger, stewards[1])
    assert Suspension.objects.get().lifted_at is None


def test_a_suspension_needs_a_reason(client, tax, stewards):
    sign_in(client, stewards[0])

    page = client.post(reverse("staff:suspend_agency"), {"target": "tax", "reason": " x "})

    assert page.status_code == 422
    assert "Tulis alasannya" in page.content.decode()
    assert directory.get_agency(slug="tax") is not None


def test_safety_24_one_command_suspends_each_kind(tax):
    program, member, sari = make_key_client(tax), StaffFactory(agency=tax), AccountFactory()
    thumbprint = compute_thumbprint(KEYS[1])

    for kind, target in (
        ("key", f"{program.client_id} {thumbprint}"),
        ("client", program.client_id),
        ("person", sari.email),
        ("staff", member.email),
        ("agency", "tax"),
    ):
        call_command("suspend", kind, target, "--reason", REASON)

    assert Suspension.objects.count() == 5
    assert AccessRecord.objects.get(account_id=sari.pk).actor_role == "operator"


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("agency", "nowhere"),
        ("client", "nobody"),
        ("key", "nobody"),
        ("key", "nobody print"),
        ("person", "nobody@surel.nusa"),
        ("staff", "nobody@kantor.nusa"),
    ],
)
def test_the_command_says_what_it_does_not_know(kind, target):
    with pytest.raises(CommandError):
        call_command("suspend", kind, target, "--reason", REASON)

    assert not Suspension.objects.exists()
