# SPDX-License-Identifier: Apache-2.0
import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from satupintu.foundation.crypto import hash_secret
from satupintu.trust.accounts.tests.authenticators import SoftwarePasskey
from satupintu.trust.accounts.tests.factories import AccountFactory
from satupintu.trust.accounts.tests.factories import sign_in as sign_person_in
from satupintu.trust.accounts.tests.mailbox import read_mails
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.staff import actions
from satupintu.trust.staff.models import (
    StaffInvitation,
    StaffMember,
    StaffPasskey,
    StaffSession,
)

from .factories import StaffFactory, StewardFactory, sign_in

pytestmark = pytest.mark.django_db
HOME = "/staff/"


def invite(**changes):
    """The path of a fresh invitation."""
    wanted = {
        "email": "ratna@pajak.nusa",
        "full_name": "Ratna",
        "role": "owner",
        "agency_slug": "tax",
        "by": None,
        "at": timezone.now(),
    }
    return actions.invite_member(**wanted | changes).removeprefix(settings.PUBLIC_URL)


def enrol(client, path, passkey=None):
    passkey = passkey or SoftwarePasskey()
    options = json.loads(client.post(f"{path}options/").content)
    return client.post(path, {"credential": passkey.create(options)})


def use(client, passkey, **more):
    options = json.loads(client.post(reverse("staff:sign_in_options")).content)
    return client.post(reverse("staff:sign_in"), {"credential": passkey.get(options)} | more)


def is_in(client):
    return client.get(HOME).status_code == 200


@pytest.fixture
def ratna(client):
    AgencyFactory(slug="tax")
    passkey = SoftwarePasskey()
    enrol(client, invite(), passkey)
    client.cookies.clear()
    member = StaffMember.objects.get()
    member.passkey = passkey
    return member


def test_an_invitation_leads_to_a_passkey_and_the_first_page(client):
    AgencyFactory(slug="tax")
    path = invite()
    assert "Ratna" in client.get(path).content.decode()

    page = enrol(client, path)

    assert page.url == HOME
    assert is_in(client)
    assert StaffPasskey.objects.count() == 1


def test_the_link_goes_to_the_address_of_the_invited_and_nowhere_else(client):
    AgencyFactory(slug="tax")

    path = invite()

    (sent,) = read_mails()
    assert sent.to == ["ratna@pajak.nusa"]
    assert path in sent.body
    assert "Buka alamat ini" in sent.body
    assert "Open this address" in sent.body
    assert mail.outbox == [sent]


def test_an_invitation_works_once(client):
    AgencyFactory(slug="tax")
    path = invite()
    enrol(client, path)
    client.cookies.clear()

    assert client.get(path).status_code == 404
    assert client.post(f"{path}options/").status_code == 404
    assert StaffPasskey.objects.count() == 1


def test_an_invitation_expires(client):
    AgencyFactory(slug="tax")
    path = invite()
    StaffInvitation.objects.update(expires_at=timezone.now())

    assert client.get(path).status_code == 404
    assert client.post(f"{path}options/").status_code == 404


def test_looking_at_an_invitation_uses_nothing_up(client):
    AgencyFactory(slug="tax")
    path = invite()
    for _scanner in range(3):
        client.get(path)

    assert enrol(client, path).url == HOME


def test_a_token_is_stored_as_its_hash(client):
    AgencyFactory(slug="tax")
    token = invite().rstrip("/").rpartition("/")[2]

    assert StaffInvitation.objects.get().token_hash == hash_secret(token)


def test_a_new_invitation_kills_the_one_before_and_ends_the_old_passkeys_when_used(client, ratna):
    use(client, ratna.passkey)
    first = actions.invite_again(email=ratna.email, by=None, at=timezone.now())
    second = actions.invite_again(email=ratna.email, by=None, at=timezone.now())
    assert is_in(client), "asking for it ends nothing yet"

    other = type(client)()
    assert other.get(first.removeprefix(settings.PUBLIC_URL)).status_code == 404
    enrol(other, second.removeprefix(settings.PUBLIC_URL))

    assert is_in(other)
    assert not is_in(client)
    client.cookies.clear()
    assert use(client, ratna.passkey).status_code == 422


def test_safety_07_staff_come_in_with_a_passkey_and_user_verification(client, ratna):
    assert use(client, ratna.passkey).url == HOME
    assert is_in(client)

    client.cookies.clear()
    ratna.passkey.flags &= ~0x04
    assert use(client, ratna.passkey).status_code == 422
    assert not is_in(client)


def test_safety_07_no_staff_page_asks_for_a_password(client, ratna):
    page = client.get(reverse("staff:sign_in")).content.decode()

    assert 'type="password"' not in page
    assert not any("password" in field.name for field in StaffMember._meta.get_fields())


@pytest.mark.parametrize(
    ("idle", "old", "inside"),
    [(14, 14, True), (15, 15, False), (1, 12 * 60 - 1, True), (1, 12 * 60, False)],
)
def test_safety_07_fifteen_minutes_idle_or_twelve_hours_end_a_staff_session(
    client, ratna, idle, old, inside
):
    session = sign_in(client, ratna)
    now = timezone.now()
    StaffSession.objects.filter(id=session.id).update(
        started_at=now - timedelta(minutes=old), seen_at=now - timedelta(minutes=idle)
    )

    assert is_in(client) is inside


def test_a_page_begins_the_idle_time_anew_and_says_when_it_ends(client, ratna):
    session = sign_in(client, ratna, at=timezone.now() - timedelta(minutes=10))

    page = client.get(HOME).content.decode()

    session.refresh_from_db()
    assert timezone.now() - session.seen_at < timedelta(minutes=1)
    assert "Sesi berakhir pukul" in page
    assert 'data-warn-in="780"' in page or 'data-warn-in="779"' in page


def test_signing_out_ends_the_session_and_a_stolen_cookie_opens_nothing(client, ratna):
    use(client, ratna.passkey)
    stolen = client.cookies[settings.STAFF_SESSION_COOKIE_NAME].value

    client.post(reverse("staff:sign_out"))

    client.cookies[settings.STAFF_SESSION_COOKIE_NAME] = stolen
    assert not is_in(client)


def test_a_key_that_was_planted_before_sign_in_opens_nothing_after_it(client, ratna):
    planted = client.post(reverse("staff:sign_in_options")).cookies[
        settings.STAFF_SESSION_COOKIE_NAME
    ]

    use(client, ratna.passkey)

    stranger = type(client)()
    stranger.cookies[settings.STAFF_SESSION_COOKIE_NAME] = planted.value
    assert is_in(client)
    assert not is_in(stranger)


def test_an_answer_counts_once(client, ratna):
    options = json.loads(client.post(reverse("staff:sign_in_options")).content)
    answer = {"credential": ratna.passkey.get(options)}
    visit = client.cookies[settings.STAFF_SESSION_COOKIE_NAME].value
    assert client.post(reverse("staff:sign_in"), answer).status_code == 302
    client.cookies.clear()
    client.cookies[settings.STAFF_SESSION_COOKIE_NAME] = visit

    assert client.post(reverse("staff:sign_in"), answer).status_code == 422


def test_after_sign_in_only_a_staff_page_is_the_next(client, ratna):
    assert use(client, ratna.passkey, next="/staff/members/").url == "/staff/members/"
    for elsewhere in ("https://evil.example/staff/", "//evil.example/staff/", "/home/"):
        client.cookies.clear()
        assert use(client, ratna.passkey, next=elsewhere).url == HOME


def test_a_persons_session_is_never_a_staff_session_nor_the_other_way(client, ratna):
    person = AccountFactory(email=ratna.email)
    store = sign_person_in(client, person)
    assert not is_in(client)

    client.cookies[settings.STAFF_SESSION_COOKIE_NAME] = store.session_key
    assert not is_in(client), "her key under the other name is a key of nobody"

    client.cookies.clear()
    use(client, ratna.passkey)
    key = client.cookies[settings.STAFF_SESSION_COOKIE_NAME].value
    assert client.get("/home/").status_code == 302
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert client.get("/home/").status_code == 302


def test_a_persons_passkey_does_not_open_the_staff_door(client, ratna):
    person = AccountFactory(email=ratna.email)
    theirs = SoftwarePasskey()
    sign_person_in(client, person)
    options = json.loads(client.post(reverse("accounts:passkey_creation")).content)
    client.post(reverse("accounts:add_passkey"), {"credential": theirs.create(options)})
    client.cookies.clear()

    assert use(client, theirs).status_code == 422
    # Nor with a staff member's name put on it.
    theirs.handle = ratna.id.bytes
    assert use(client, theirs).status_code == 422


def test_staff_cookie_never_travels_from_another_site(client, ratna):
    use(client, ratna.passkey)

    cookie = client.cookies[settings.STAFF_SESSION_COOKIE_NAME]
    assert cookie["samesite"] == "Strict"
    assert cookie["httponly"]


def test_a_second_passkey_is_added_and_the_last_one_cannot_be_removed(client, ratna):
    use(client, ratna.passkey)
    first = StaffPasskey.objects.get()
    client.post(reverse("staff:remove_passkey", args=[first.id]))
    assert StaffPasskey.objects.count() == 1

    second = SoftwarePasskey()
    options = json.loads(client.post(reverse("staff:passkey_options")).content)
    client.post(reverse("staff:passkeys"), {"credential": second.create(options)})
    client.post(reverse("staff:remove_passkey", args=[first.id]))

    assert StaffPasskey.objects.get().id != first.id
    client.cookies.clear()
    assert use(client, second).url == HOME
    client.cookies.clear()
    assert use(client, ratna.passkey).status_code == 422


def test_another_members_passkey_cannot_be_removed(client, ratna):
    sign_in(client, StaffFactory())

    client.post(reverse("staff:remove_passkey", args=[StaffPasskey.objects.get().id]))

    assert StaffPasskey.objects.count() == 1


@pytest.mark.parametrize("nonsense", ["", "{}", "[]", "no json", '{"response": null}'])
def test_nonsense_is_refused_kindly(client, ratna, nonsense):
    page = client.post(reverse("staff:sign_in"), {"credential": nonsense})

    assert page.status_code == 422
    assert "Kunci sandi itu tidak berlaku di sini" in page.content.decode()


def test_a_counter_that_goes_back_is_a_copied_key(client, ratna):
    ratna.passkey.counter = 7
    assert use(client, ratna.passkey).url == HOME
    client.cookies.clear()

    assert use(client, ratna.passkey).status_code == 422


def test_options_name_nobody(client, ratna):
    options = json.loads(client.post(reverse("staff:sign_in_options")).content)["publicKey"]

    assert not options.get("allowCredentials")
    assert options["userVerification"] == "required"


def test_safety_27_made_up_staff_never_enter_a_real_country(settings):
    settings.DEMO = settings.TESTING = False

    with pytest.raises(actions.seed.OnlyInTheDemo):
        actions.ensure_demo_member(
            email="x@nusa.nusa", full_name="X", role="steward", agency_slug="", at=timezone.now()
        )

    assert not StaffMember.objects.exists()


def test_expired_sessions_and_visits_are_forgotten(client):
    sign_in(client, StewardFactory(), at=timezone.now() - timedelta(minutes=16))
    kept = sign_in(client, StewardFactory())

    actions.sweep_sessions(at=timezone.now())

    assert StaffSession.objects.get() == kept
