# SPDX-License-Identifier: Apache-2.0
import pytest

from satupintu.dealings.exchange.tests.fake_agency import RIGHT_ANSWERS

from .pages import FORM, page, text_of, title_of
from .ways import SARIS_CODE, WRONG_CODE


class TestCode:
    def test_a_code_that_fits_leads_to_the_page_that_asks(self, browser, tax):
        response = browser.post(page("code"), {"code": "k7pm-2xrd-94qt"}, follow=True)

        assert response.redirect_chain == [(page("review"), 302)]
        words = text_of(response)
        assert "S*** W***" in words
        assert "Bahwa ini benar Anda" in words

    def test_a_wrong_code_is_an_error_at_its_field_and_stays_as_typed(self, browser, tax):
        response = browser.post(page("code"), {"code": "k7pm 2xrd 94qq"})

        words = text_of(response)
        assert response.status_code == 422
        assert title_of(response).startswith("Kesalahan:")
        assert 'href="#id_code"' in words
        assert 'value="k7pm 2xrd 94qq"' in words
        assert "Kode ini tidak cocok" in words

    def test_the_last_tries_are_counted_down(self, browser, tax):
        said = [text_of(browser.post(page("code"), {"code": WRONG_CODE})) for _ in range(4)]

        assert "Anda masih dapat mencoba" not in said[1]
        assert "Anda masih dapat mencoba 2 kali" in said[2]
        assert "Anda masih dapat mencoba 1 kali" in said[3]

    def test_safety_06_the_closed_page_names_the_other_way(self, browser, tax):
        for _ in range(5):
            response = browser.post(page("code"), {"code": WRONG_CODE})

        words = text_of(response)
        assert response.status_code == 429
        assert int(response.headers["Retry-After"]) > 0
        assert page("questions") in words
        assert "dalam 24 jam" in words
        assert browser.get(page("code")).status_code == 429
        assert browser.get(page("questions")).status_code == 200
        assert page("questions") in text_of(browser.get(page("start")))

    @pytest.mark.parametrize("typed", ["", "   ", "K7PM", "x" * 10_000, "🙂" * 12, "\u202eabc"])
    def test_what_is_no_code_is_said_without_asking_the_office(self, browser, tax, office, typed):
        response = browser.post(page("code"), {"code": typed})

        assert response.status_code == 422
        assert office.calls == []

    def test_an_office_that_does_not_answer_costs_nothing_and_keeps_the_code(
        self, browser, tax, office
    ):
        office.fault = "html"

        response = browser.post(page("code"), {"code": SARIS_CODE})

        words = text_of(response)
        assert response.status_code == 502
        assert f'value="{SARIS_CODE}"' in words
        assert "Kode Anda belum diperiksa" in words

    def test_the_code_never_stands_in_an_address(self, browser, tax):
        response = browser.post(page("code"), {"code": SARIS_CODE})

        assert "K7PM" not in response.url


class TestQuestions:
    def test_the_offices_own_questions_are_asked_in_its_words(self, browser, tax):
        words = text_of(browser.get(page("questions")))

        assert "Nomor pajak" in words
        assert "Tanggal lahir" in words
        assert 'name="born_on_0"' in words
        assert "15 angka" in words

    def test_in_english_they_are_asked_in_english(self, browser, tax):
        words = text_of(browser.get(page("questions"), {"lang": "en"}, follow=True))

        assert "Tax number" in words
        assert "Find your record" in words

    def test_answers_that_fit_bring_a_code_and_say_where_to(self, browser, tax, office):
        response = browser.post(page("questions"), FORM, follow=True)

        assert response.redirect_chain == [(page("code"), 302)]
        assert "s***@s***.nusa" in text_of(response)
        assert office.calls[-1].body == {"answers": RIGHT_ANSWERS, "language": "id"}

    def test_a_letter_on_its_way_is_said_to_be_one(self, browser, tax, office):
        office.channel = "letter"

        words = text_of(browser.post(page("questions"), FORM, follow=True))

        assert "J*** M*** 1***, T***" in words
        assert "surat berisi kode" in words

    def test_wrong_answers_are_said_without_saying_which_and_stay_as_typed(self, browser, tax):
        response = browser.post(page("questions"), {**FORM, "born_on_2": "1999"})

        words = text_of(response)
        assert response.status_code == 422
        assert "Tidak ada catatan yang cocok" in words
        assert 'value="1999"' in words
        assert RIGHT_ANSWERS["tax_number"] in words

    def test_a_missing_answer_is_an_error_at_its_field(self, browser, tax, office):
        response = browser.post(page("questions"), {**FORM, "tax_number": ""})

        assert response.status_code == 422
        assert 'href="#id_tax_number"' in text_of(response)
        assert office.count("POST", "/linking/enquiries") == 0

    def test_an_impossible_date_is_an_error_at_its_field(self, browser, tax, office):
        response = browser.post(page("questions"), {**FORM, "born_on_1": "13"})

        assert response.status_code == 422
        assert 'href="#id_born_on"' in text_of(response)

    @pytest.mark.parametrize("typed", ["x" * 10_000, "🙂", "\u202e123", "'; DROP TABLE"])
    def test_an_absurd_answer_is_no_match_or_an_error(self, browser, tax, typed):
        response = browser.post(page("questions"), {**FORM, "tax_number": typed})

        assert response.status_code == 422

    @pytest.mark.parametrize(("fault", "status"), [("error", 503), ("html", 502), ("huge", 502)])
    def test_an_office_in_trouble_gets_an_honest_page(self, browser, tax, office, fault, status):
        office.fault = fault

        response = browser.get(page("questions"))

        words = text_of(response)
        assert response.status_code == status
        assert "Kantor Pajak Nusa sedang tidak menjawab" in words
        assert page("code") in words

    def test_an_office_in_trouble_after_the_answers_keeps_them(self, browser, tax, office):
        office.fault, office.fault_at = "error", "/linking/enquiries"

        response = browser.post(page("questions"), FORM)

        words = text_of(response)
        assert response.status_code == 503
        assert RIGHT_ANSWERS["tax_number"] in words
        assert "masih ada di halaman ini" in words
