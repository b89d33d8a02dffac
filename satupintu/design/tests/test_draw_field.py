# SPDX-License-Identifier: Apache-2.0
from datetime import date

import pytest
from django import forms

from satupintu.design.dates import DayMonthYearField
from satupintu.design.gallery import GalleryForm

pytestmark = pytest.mark.usefixtures("in_english")


class SignUpForm(forms.Form):
    email = forms.EmailField(label="E-mail", help_text="We send a code.")
    nickname = forms.CharField(label="Nickname", required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_has_a_label_a_hint_and_no_error(render):
    html = render("{{ f.field(form.email, autocomplete='email') }}", form=SignUpForm())

    assert '<label class="govuk-label" for="id_email">' in html
    assert 'aria-describedby="id_email-hint"' in html
    assert 'autocomplete="email"' in html
    assert 'type="email"' in html
    assert "govuk-error-message" not in html


def test_an_error_is_linked_from_the_summary_to_its_field(render):
    form = SignUpForm({"email": "not one"})

    html = render("{{ f.error_summary(form) }}{{ f.field(form.email) }}", form=form)

    assert 'href="#id_email"' in html
    assert 'id="id_email-error"' in html
    assert 'aria-describedby="id_email-hint id_email-error"' in html
    assert 'value="not one"' in html


@pytest.mark.parametrize(("name", "length"), [("email", 321), ("nickname", 5000)])
def test_more_than_a_field_takes_is_not_sent_back(render, name, length):
    form = SignUpForm({name: "x" * length})

    html = render("{{ f.fields(form) }}", form=form)

    assert "xxx" not in html


def test_nothing_is_summed_up_where_nothing_is_wrong(render):
    assert render("{{ f.error_summary(form) }}", form=SignUpForm()) == ""


def test_an_error_of_the_whole_form_stands_in_the_summary_without_a_link(render):
    form = SignUpForm({"email": "a@b.nusa", "password": "x"})
    form.add_error(None, "This way is closed.")

    html = render("{{ f.error_summary(form) }}", form=form)

    assert "This way is closed." in html
    assert "href" not in html


@pytest.mark.parametrize("evil", ['"><script>alert(1)</script>', "<b>Sari</b>", "\u202e sari"])
def test_what_a_person_typed_comes_back_as_text(render, evil):
    form = SignUpForm({"email": evil})

    html = render("{{ f.error_summary(form) }}{{ f.fields(form) }}", form=form)

    assert "<script>" not in html
    assert "<b>Sari" not in html


def test_a_password_never_comes_back_and_can_be_shown(render):
    form = SignUpForm({"email": "", "password": "correct horse battery"})

    html = render("{{ f.field(form.password) }}", form=form)

    assert "correct horse" not in html
    assert 'data-module="govuk-password-input"' in html
    assert "hidden" in html


def test_optional_fields_say_so_and_hidden_ones_have_no_label(render):
    html = render("{{ f.fields(form) }}", form=SignUpForm())

    assert "Nickname (optional)" in html
    assert 'type="hidden" name="secret"' in html
    assert html.count("<label") == 3


def test_a_code_is_typed_in_wide_letters(render):
    html = render("{{ f.field(form.code, code='characters') }}", form=GalleryForm())

    assert "input--code" in html
    assert 'autocapitalize="characters"' in html
    assert 'autocomplete="one-time-code"' in html


def test_six_digits_bring_the_number_keys(render):
    html = render("{{ f.field(form.digits, code='digits') }}", form=GalleryForm())

    assert 'inputmode="numeric"' in html


def test_the_summary_leads_to_the_first_of_several_choices(render):
    form = GalleryForm({})

    html = render("{{ f.error_summary(form) }}{{ f.fields(form) }}", form=form)

    for name in ("way", "born_on", "agreed", "code"):
        assert f'href="#id_{name}"' in html
        assert html.count(f'id="id_{name}"') == 1


def test_what_was_chosen_stays_chosen(render):
    form = GalleryForm({"way": "questions", "topics": ["tax", "school"], "province": "tl"})

    html = render("{{ f.fields(form) }}", form=form)

    assert html.count(" checked") == 3
    assert '<option value="tl" selected>' in html


def test_a_long_answer_counts_its_characters_and_is_never_cut_off_silently(render):
    html = render("{{ f.field(form.words) }}", form=GalleryForm())

    assert 'data-maxlength="200"' in html
    assert " maxlength=" not in html


class BirthForm(forms.Form):
    born_on = DayMonthYearField(required=True)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [(("27", "3", "1988"), date(1988, 3, 27)), (("1", "01", "2000"), date(2000, 1, 1))],
)
def test_three_boxes_make_a_date(parts, expected):
    form = BirthForm({f"born_on_{index}": part for index, part in enumerate(parts)})

    assert form.is_valid()
    assert form.cleaned_data["born_on"] == expected


@pytest.mark.parametrize(
    "parts",
    [
        ("31", "2", "1988"),
        ("27", "3", "88"),
        ("27", "3", ""),
        ("", "", ""),
        ("²", "3", "1988"),
        ("9" * 10_000, "3", "1988"),
        ("-1", "3", "1988"),
    ],
)
def test_what_is_no_date_is_refused_and_comes_back_as_typed(render, parts):
    form = BirthForm({f"born_on_{index}": part for index, part in enumerate(parts)})

    assert not form.is_valid()
    html = render("{{ f.field(form.born_on) }}", form=form)
    for part in filter(None, parts):
        assert f'value="{part}"' in html
