# SPDX-License-Identifier: Apache-2.0
import pytest
from django.db import IntegrityError, transaction

from satupintu.dealings.linking import queries
from satupintu.dealings.linking.models import Link, RecordHolder
from satupintu.foundation.ids import new_id
from satupintu.trust.agencies.models import Agency
from satupintu.trust.agencies.tests.factories import AgencyFactory

from .ways import has_link, link


def make_link(account, agency, at, **fields):
    values = {
        "account_id": account.id,
        "agency": agency,
        "route": "code",
        "state": "active",
        "record_ref_encrypted": "x",
        "reserved_at": at,
        "linked_at": at,
    } | fields
    return Link.objects.create(**values)


def test_ten_links_are_one_query(sari, at, django_assert_num_queries):
    from satupintu.trust.agencies import queries as agencies

    for number in range(10):
        AgencyFactory(slug=f"office-{number}")
        make_link(sari, f"office-{number}", at)
    directory = agencies._directory.read()
    agencies._directory._kept = (float("inf"), directory)  # as in production: from memory

    try:
        with django_assert_num_queries(1):
            links = queries.list_links(account_id=sari.id)
    finally:
        agencies.forget_directory()

    assert len(links) == 10


def test_links_of_others_and_ended_ones_are_not_listed(sari, budi, tax, at):
    link(sari)
    make_link(budi, "pajak", at)
    make_link(sari, "pajak", at, state="ended", ended_at=at)

    (card,) = queries.list_links(account_id=sari.id)

    assert card.agency.slug == "pajak"
    assert card.state == "active"
    assert card.is_active


def test_a_link_to_a_suspended_agency_is_listed_and_says_so(sari, tax, at):
    link(sari)
    Agency.objects.update(suspended_at=at)

    (card,) = queries.list_links(account_id=sari.id)

    assert card.agency.is_suspended


def test_a_pending_link_is_listed_and_is_no_link(sari, tax, at):
    make_link(sari, "pajak", at, state="pending", linked_at=None)

    (card,) = queries.list_links(account_id=sari.id)

    assert card.state == "pending"
    assert not has_link(sari)


def test_the_database_refuses_a_second_live_link_to_one_agency(sari, at):
    make_link(sari, "pajak", at)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_link(sari, "pajak", at, state="pending", linked_at=None)


def test_the_database_refuses_a_second_holder_of_one_record(sari, budi):
    def hold(account):
        RecordHolder.objects.create(
            agency="pajak", record_hash="a" * 64, account_id=account.id, link_id=new_id()
        )

    hold(sari)

    with pytest.raises(IntegrityError), transaction.atomic():
        hold(budi)


def test_the_database_refuses_a_second_record_of_one_agency_for_one_account(sari):
    def hold(record_hash):
        RecordHolder.objects.create(
            agency="pajak", record_hash=record_hash, account_id=sari.id, link_id=new_id()
        )

    hold("a" * 64)

    with pytest.raises(IntegrityError), transaction.atomic():
        hold("b" * 64)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "active", "linked_at": None},
        {"state": "pending"},
        {"state": "ended"},
        {"state": "active", "match_id_encrypted": "still here"},
        {"state": "paused"},
    ],
)
def test_the_database_refuses_half_a_link(sari, at, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_link(sari, "pajak", at, **fields)
