# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts.tests.mailbox import read_mails
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.staff import actions, queries
from satupintu.trust.staff.models import StaffInvitation, StaffMember, StaffSession

from .factories import StaffFactory, StewardFactory, sign_in

pytestmark = pytest.mark.django_db
QUARTER = timedelta(days=92)
GRACE = timedelta(days=14)


@pytest.fixture
def owner():
    return StaffFactory(agency=AgencyFactory(slug="tax"))


@pytest.fixture
def teguh(owner):
    return StaffFactory(agency=owner.agency, role="integrator", full_name="Teguh")


def invitation(**changes):
    return {"full_name": "Bayu", "email": "bayu@pajak.nusa", "role": "help_desk"} | changes


def test_an_owner_invites_into_her_own_agency(client, owner):
    sign_in(client, owner)

    page = client.post(reverse("staff:invite"), invitation(agency="health"))

    assert page.status_code == 302
    bayu = StaffMember.objects.get(email="bayu@pajak.nusa")
    assert (bayu.agency, bayu.role) == (owner.agency, "help_desk")
    assert StaffInvitation.objects.get().invited_by == owner
    assert [one.to for one in read_mails()] == [["bayu@pajak.nusa"]]


def test_the_one_who_invites_never_sees_the_link(client, owner):
    sign_in(client, owner)

    page = client.post(reverse("staff:invite"), invitation(), follow=True)

    assert "/staff/join/" not in page.content.decode()


def test_an_owner_makes_no_steward(client, owner):
    sign_in(client, owner)

    assert client.post(reverse("staff:invite"), invitation(role="steward")).status_code == 422
    with pytest.raises(actions.NotYours):
        actions.invite_member(
            **invitation(role="steward"), agency_slug="", by=owner.id, at=timezone.now()
        )


def test_a_steward_invites_owners_and_stewards_and_nobody_else(client, owner):
    steward = StewardFactory()
    sign_in(client, steward)

    assert (
        client.post(reverse("staff:invite"), invitation(role="owner", agency="tax")).status_code
        == 302
    )
    for wrong in (
        invitation(email="a@nusa.nusa", role="owner", agency=""),
        invitation(email="b@nusa.nusa", role="steward", agency="tax"),
        invitation(email="c@nusa.nusa", role="help_desk", agency="tax"),
    ):
        assert client.post(reverse("staff:invite"), wrong).status_code == 422
    assert StaffMember.objects.count() == 3


def test_one_address_is_one_member(client, owner):
    sign_in(client, owner)
    client.post(reverse("staff:invite"), invitation())

    page = client.post(reverse("staff:invite"), invitation())

    assert page.status_code == 422
    assert "Sudah ada petugas dengan alamat e-mail ini" in page.content.decode()


def test_only_a_steward_belongs_to_no_agency():
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffMember.objects.create(
            email="x@nusa.nusa", full_name="X", role="owner", joined_at=timezone.now()
        )


def test_safety_24_a_leaver_is_out_at_once(client, owner, teguh):
    desk = type(client)()
    sign_in(desk, teguh)
    assert desk.get("/staff/").status_code == 200
    sign_in(client, owner)

    client.post(reverse("staff:end_member", args=[teguh.id]))

    assert desk.get("/staff/").status_code == 302
    teguh.refresh_from_db()
    assert teguh.left_at is not None
    assert not StaffSession.objects.filter(member=teguh).exists()


def test_a_leavers_open_invitation_ends_too(client, owner):
    link = actions.invite_member(**invitation(), agency_slug="tax", by=owner.id, at=timezone.now())
    bayu = StaffMember.objects.get(email="bayu@pajak.nusa")

    actions.end_member(member_id=bayu.id, by=owner.id, at=timezone.now())

    assert client.get(link.removeprefix("http://localhost:8000")).status_code == 404


def test_nobody_ends_confirms_or_promotes_herself(client, owner):
    sign_in(client, owner)

    for name in ("end_member", "confirm_member", "invite_again", "member"):
        page = client.post(reverse(f"staff:{name}", args=[owner.id]), {"role": "owner"})
        assert page.status_code == 404
    for act in (actions.end_member, actions.confirm_member):
        with pytest.raises(actions.NotYours):
            act(member_id=owner.id, by=owner.id, at=timezone.now())


def test_another_agencys_people_are_pages_that_do_not_exist(client, owner):
    stranger = StaffFactory(role="help_desk")
    sign_in(client, owner)

    for name in ("end_member", "confirm_member", "invite_again", "member"):
        url = reverse(f"staff:{name}", args=[stranger.id])
        assert client.post(url, {"role": "owner"}).status_code == 404
    stranger.refresh_from_db()
    assert (stranger.left_at, stranger.role, stranger.confirmed_at) == (None, "help_desk", None)
    assert stranger.full_name not in client.get(reverse("staff:members")).content.decode()


def test_a_new_role_ends_the_sessions_of_the_old_one(client, owner, teguh):
    desk = type(client)()
    sign_in(desk, teguh)
    sign_in(client, owner)

    client.post(reverse("staff:member", args=[teguh.id]), {"role": "fraud_desk"})

    teguh.refresh_from_db()
    assert teguh.role == "fraud_desk"
    assert desk.get("/staff/").status_code == 302


def test_an_owner_who_left_a_moment_ago_ends_nobody(owner, teguh):
    StaffMember.objects.filter(id=owner.id).update(left_at=timezone.now())

    with pytest.raises(actions.NotYours):
        actions.end_member(member_id=teguh.id, by=owner.id, at=timezone.now())


def age(member, days):
    StaffMember.objects.filter(id=member.id).update(joined_at=timezone.now() - timedelta(days=days))


def test_whoever_nobody_confirms_is_locked_out_after_the_grace_period(client, owner, teguh):
    sign_in(client, teguh)
    age(teguh, (QUARTER + GRACE).days - 1)
    assert client.get("/staff/").status_code == 200

    age(teguh, (QUARTER + GRACE).days)

    assert client.get("/staff/").status_code == 302


def test_confirming_opens_the_door_again_for_a_quarter(client, owner, teguh):
    age(teguh, 200)
    sign_in(client, owner)
    page = client.get(reverse("staff:review")).content.decode()
    assert "terkunci" in page

    client.post(reverse("staff:confirm_member", args=[teguh.id]))

    teguh.refresh_from_db()
    assert queries.is_in_office(teguh, timezone.now())
    assert not queries.is_in_office(teguh, timezone.now() + QUARTER + GRACE)


def test_stewards_see_what_other_agencies_let_lie_and_cannot_confirm_it(client, owner, teguh):
    age(teguh, 95)
    sign_in(client, StewardFactory())

    page = client.get(reverse("staff:review")).content.decode()

    assert "Terlambat di lembaga lain" in page
    assert teguh.full_name in page
    assert client.post(reverse("staff:confirm_member", args=[teguh.id])).status_code == 404


def test_the_first_steward_comes_by_the_operators_command(capsys):
    call_command("staff", "invite", "dewi@koordinasi.nusa", "--name", "Dewi", "--role", "steward")

    assert "http://localhost:8000/staff/join/" in capsys.readouterr().out
    assert StaffMember.objects.get().role == "steward"
    for command in ("again", "confirm", "end"):
        call_command("staff", command, "dewi@koordinasi.nusa")
    call_command("staff", "list")
    assert StaffMember.objects.get().left_at is not None


@pytest.mark.parametrize(
    "arguments",
    [
        ("invite", "no address", "--name", "X", "--role", "steward"),
        ("invite", "x@nusa.nusa", "--name", "X", "--role", "owner"),
        ("invite", "x@nusa.nusa", "--name", "X", "--role", "owner", "--agency", "nowhere"),
        ("end", "nobody@nusa.nusa"),
    ],
)
def test_the_command_explains_what_it_refuses(arguments):
    with pytest.raises(CommandError):
        call_command("staff", *arguments)

    assert not StaffMember.objects.exists()
