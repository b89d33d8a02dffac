# SPDX-License-Identifier: Apache-2.0
import pytest
from django.utils import timezone

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.linking.models import Link, LinkAttempt
from satupintu.foundation.ids import new_id
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts.queries import Origin
from satupintu.trust.agencies.models import Agency

from .pages import page, text_of
from .ways import BUDIS_CODE, SARIS_CODE, enter, has_link, link


def agree(browser, attempt_id):
    return browser.post(page("review"), {"attempt": str(attempt_id), "choice": "agree"})


def pause(account):
    at = timezone.now()
    code = accounts.make_pause_code(account_id=account.id, origin="guard", about=new_id(), at=at)
    accounts.use_pause_code(typed=code, origin=Origin(), at=at)


def freeze(account):
    accounts.freeze_account(account_id=account.id, origin=Origin(), at=timezone.now())


def stop_while_joining(monkeypatch, stop):
    join_record = exchange.join_record

    def join(**asked):
        record_ref = join_record(**asked)
        stop()
        return record_ref

    monkeypatch.setattr(exchange, "join_record", join)


@pytest.fixture
def matched(browser, tax):
    """Sari has entered her code and sees the page that asks her to agree."""
    browser.post(page("code"), {"code": SARIS_CODE})
    return LinkAttempt.objects.get().id


class TestAgreeing:
    def test_agreeing_leads_to_the_page_that_says_it_is_done(self, browser, sari, matched):
        response = browser.post(
            page("review"), {"attempt": str(matched), "choice": "agree"}, follow=True
        )

        assert response.redirect_chain == [(page("done"), 302)]
        assert "Kantor Pajak Nusa sudah tertaut" in text_of(response)
        assert has_link(sari)

    def test_agreeing_again_after_the_back_button_is_harmless(self, browser, matched):
        for _ in range(3):
            assert agree(browser, matched).url == page("done")

        assert Link.objects.count() == 1

    def test_cancelling_links_nothing_and_says_so(self, browser, matched):
        response = browser.post(
            page("review"), {"attempt": str(matched), "choice": "cancel"}, follow=True
        )

        assert "Tidak ada yang ditautkan" in text_of(response)
        assert Link.objects.count() == LinkAttempt.objects.count() == 0

    def test_nothing_to_agree_to_starts_again(self, browser, tax):
        response = browser.get(page("review"))

        assert response.status_code == 410
        assert page("start") in text_of(response)

    def test_an_old_proof_starts_again(self, browser, matched, at):
        LinkAttempt.objects.update(expires_at=at)

        response = agree(browser, matched)

        assert response.status_code == 410
        assert "Silakan mulai lagi" in text_of(response)

    def test_another_code_in_another_tab_is_shown_before_anything_is_linked(self, browser, matched):
        browser.post(page("code"), {"code": BUDIS_CODE})

        response = browser.post(
            page("review"), {"attempt": str(matched), "choice": "agree"}, follow=True
        )

        words = text_of(response)
        assert "Anda memasukkan kode lain" in words
        assert "B*** S***" in words
        assert Link.objects.count() == 0

    @pytest.mark.parametrize(
        "sent", [{}, {"attempt": "x", "choice": "agree"}, {"attempt": str(new_id())}]
    )
    def test_a_form_that_is_not_ours_links_nothing(self, browser, matched, office, sent):
        assert browser.post(page("review"), sent).status_code == 422
        assert office.links == {}

    def test_a_record_of_somebody_else_is_refused_kindly(self, browser, budi, tax, office, matched):
        office.codes["NEWC0DE55555"] = ("ref-sari", "S*** W***")
        link(budi, "NEWC 0DE5 5555")

        response = agree(browser, matched)

        words = text_of(response)
        assert response.status_code == 409
        assert "tidak dapat kami tautkan" in words
        assert "Budi" not in words

    def test_an_office_in_trouble_leaves_a_page_that_finishes_it(self, browser, office, matched):
        office.fault, office.fault_at = "error", "/linking/links"
        response = agree(browser, matched)
        assert response.status_code == 503
        assert "Belum selesai" in text_of(response)
        office.fault = None

        finished = browser.post(page("unfinished"), {"attempt": str(matched), "choice": "agree"})

        assert finished.url == page("done")
        assert Link.objects.get().state == "active"

    def test_an_unfinished_link_is_shown_and_can_be_left(self, browser, office, matched):
        office.fault, office.fault_at = "error", "/linking/links"
        agree(browser, matched)
        office.fault = None
        assert "Penautan belum selesai" in text_of(browser.get(page("agency")))
        assert "Belum selesai" in text_of(browser.get(page("unfinished")))

        response = browser.post(
            page("unfinished"), {"attempt": str(matched), "choice": "cancel"}, follow=True
        )

        assert "Tidak ada yang ditautkan" in text_of(response)
        assert Link.objects.get().state == "ended"

    @pytest.mark.parametrize("name", ["unfinished", "done"])
    def test_a_page_of_a_link_that_is_not_there_leads_to_the_office(self, browser, tax, name):
        assert browser.get(page(name)).url == page("agency")

    @pytest.mark.parametrize("name", ["start", "code"])
    def test_who_is_linked_is_led_to_the_office(self, browser, sari, tax, name):
        link(sari)

        response = (
            browser.get(page(name))
            if name == "start"
            else browser.post(page(name), {"code": BUDIS_CODE})
        )

        assert response.url == page("agency")


class TestStopping:
    """Somebody stops the account while she is on the page."""

    def test_a_pause_while_the_office_answers_is_said(self, browser, sari, matched, monkeypatch):
        stop_while_joining(monkeypatch, lambda: pause(sari))

        response = agree(browser, matched)

        assert response.status_code == 403
        assert "Akun Anda sedang dijeda" in text_of(response)
        assert Link.objects.get().state == "pending"

    def test_a_freeze_while_the_office_answers_is_said(self, browser, sari, matched, monkeypatch):
        stop_while_joining(monkeypatch, lambda: freeze(sari))

        response = agree(browser, matched)

        assert response.status_code == 403
        assert "Akun Anda dibekukan" in text_of(response)
        assert Link.objects.get().state == "pending"


class TestUnlinking:
    def test_the_page_says_what_ends_and_what_stays(self, browser, sari, tax):
        link(sari)

        words = text_of(browser.get(page("unlink")))

        assert "Yang berakhir" in words
        assert "Surat yang sudah Anda terima" in words
        assert Link.objects.get().state == "active"

    def test_unlinking_says_so_and_twice_is_harmless(self, browser, sari, tax):
        link(sari)

        first = browser.post(page("unlink"), follow=True)
        second = browser.post(page("unlink"), follow=True)

        assert "Tautan dengan Kantor Pajak Nusa sudah diakhiri" in text_of(first)
        assert "tidak tertaut" in text_of(second)
        assert Link.objects.get().state == "ended"

    def test_a_suspended_offices_link_can_be_seen_and_ended(self, browser, sari, tax, at):
        link(sari)
        Agency.objects.update(suspended_at=at)
        assert "sedang tidak bergabung" in text_of(browser.get(page("agency")))

        response = browser.post(page("unlink"), follow=True)

        assert response.status_code == 200
        assert Link.objects.get().state == "ended"

    def test_the_unlink_page_of_what_is_not_linked_leads_to_the_office(self, browser, tax):
        assert browser.get(page("unlink")).url == page("agency")


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_is_whole_in_both_languages(browser, sari, tax, office, language):
    def see(name, **query):
        response = browser.get(page(name), {"lang": language, **query}, follow=True)
        assert response.status_code == 200
        assert f'<html lang="{language}">' in text_of(response)
        assert "msgid" not in text_of(response)

    for name in ("agency", "start", "code", "questions"):
        see(name)
    enter(sari)
    see("review")
    browser.post(page("review"), {"attempt": str(LinkAttempt.objects.get().id), "choice": "agree"})
    for name in ("done", "agency", "unlink"):
        see(name)


@pytest.mark.parametrize("way", ["code", "questions"])
def test_nobody_who_is_linked_is_asked_for_a_proof_again(browser, sari, tax, office, way):
    link(sari)
    asked = len(office.calls)

    response = browser.get(page(way))

    assert response.status_code == 302
    assert response.url == page("agency")
    assert len(office.calls) == asked
