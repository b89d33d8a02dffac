# SPDX-License-Identifier: Apache-2.0
import pytest
from django.urls import reverse

from satupintu.dealings.linking.models import LinkAttempt
from satupintu.trust.accounts.tests.factories import sign_in
from satupintu.trust.agencies.models import Agency
from satupintu.trust.agencies.tests.factories import AgencyFactory

from .pages import FORM, PAGES, page, text_of
from .ways import SARIS_CODE, link


class TestDirectory:
    def test_anybody_sees_national_and_provincial_offices(self, client, tax):
        AgencyFactory(slug="pasir", name_id="Provinsi Pasir Putih", level="provincial")

        response = client.get(reverse("linking:directory"))

        words = text_of(response)
        assert response.status_code == 200
        assert words.index("Nasional") < words.index("Kantor Pajak Nusa")
        assert words.index("Kantor Pajak Nusa") < words.index("Provinsi Pasir Putih")

    @pytest.mark.parametrize("search", ["pajak", "TAX", "pengembalian", "refunds bills", " nusa "])
    def test_a_search_finds_by_name_and_words_in_both_languages(self, client, tax, health, search):
        words = text_of(client.get(reverse("linking:directory"), {"q": search}))

        assert "Kantor Pajak Nusa" in words

    def test_a_search_without_a_hit_shows_the_way_on(self, client, tax):
        words = text_of(client.get(reverse("linking:directory"), {"q": "<b>perahu"}))

        assert "Tidak ada lembaga yang cocok" in words
        assert "Tampilkan semua lembaga" in words
        assert "&lt;b&gt;perahu" in words
        assert "<b>perahu" not in words

    @pytest.mark.parametrize("search", ["x" * 10_000, "\u202e\u0000🙂", "%%%", "' OR 1=1 --"])
    def test_an_absurd_search_is_a_search(self, client, tax, search):
        assert client.get(reverse("linking:directory"), {"q": search}).status_code == 200

    def test_no_office_at_all_is_said(self, client, db):
        assert "Belum ada lembaga" in text_of(client.get(reverse("linking:directory")))

    def test_a_suspended_office_is_not_there(self, client, tax, at):
        Agency.objects.update(suspended_at=at)

        assert "Kantor Pajak" not in text_of(client.get(reverse("linking:directory")))
        assert client.get(page("agency")).status_code == 404

    def test_a_person_sees_what_she_has_linked(self, browser, sari, tax):
        link(sari)

        assert "Tertaut" in text_of(browser.get(reverse("linking:directory")))

    def test_safety_02_one_factor_does_not_see_what_is_linked(self, client, sari, tax):
        link(sari)
        sign_in(client, sari, level=1)

        assert "Tertaut" not in text_of(client.get(reverse("linking:directory")))
        assert "Tertaut sejak" not in text_of(client.get(page("agency")))

    def test_a_signed_in_page_is_never_stored(self, browser, tax):
        for address in (reverse("linking:directory"), page("agency")):
            assert "no-store" in browser.get(address).headers["Cache-Control"]


class TestWhoMayCome:
    @pytest.mark.parametrize("name", PAGES)
    def test_a_visitor_is_sent_to_sign_in_and_back(self, client, tax, name):
        response = client.get(page(name))

        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))
        assert "next=" in response.url

    @pytest.mark.parametrize("name", PAGES)
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_safety_02_one_factor_is_sent_to_the_second_and_no_agency_is_asked(
        self, client, sari, tax, office, name, method
    ):
        sign_in(client, sari, level=1)

        response = getattr(client, method)(page(name), {"code": SARIS_CODE, **FORM})

        assert response.status_code == 302
        assert response.url.startswith(reverse("accounts:step_up"))
        assert office.calls == []
        assert LinkAttempt.objects.count() == 0

    @pytest.mark.parametrize("name", PAGES)
    def test_an_unknown_office_is_a_page_that_does_not_exist(self, browser, db, name):
        assert browser.get(page(name, "tidak-ada")).status_code == 404

    @pytest.mark.parametrize("name", ["start", "code", "questions", "review"])
    def test_an_office_suspended_meanwhile_says_so(self, browser, tax, office, at, name):
        Agency.objects.update(suspended_at=at)

        response = (
            browser.post(page(name), {"code": SARIS_CODE})
            if name != "start"
            else (browser.get(page(name)))
        )

        assert response.status_code == 404
        assert "sedang tidak bergabung" in text_of(response)
        assert office.calls == []

    def test_a_post_without_the_forms_own_token_changes_nothing(self, sari, tax, office):
        from django.test import Client

        strict = Client(enforce_csrf_checks=True)
        sign_in(strict, sari)

        assert strict.post(page("code"), {"code": SARIS_CODE}).status_code == 403
        assert office.calls == []
