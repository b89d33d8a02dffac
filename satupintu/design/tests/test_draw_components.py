# SPDX-License-Identifier: Apache-2.0
import jinja2
import pytest
from django.core.paginator import Paginator

pytestmark = pytest.mark.usefixtures("in_english")


def test_a_name_that_nobody_gave_is_an_error(render):
    with pytest.raises(jinja2.UndefinedError):
        render("{{ nobody }}")


def test_text_is_escaped(render):
    html = render("{{ c.tag(name) }}", name="<script>")

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_an_unknown_icon_is_an_error_in_a_template_and_a_building_for_data(render):
    with pytest.raises(KeyError):
        render("{{ icon('no-such-icon') }}")

    assert render("{{ c.tile('no-such-icon') }}") == render("{{ c.tile('landmark') }}")


def test_icons_are_silent_for_those_who_listen(render):
    assert 'aria-hidden="true"' in render("{{ icon('mail') }}")


def test_a_button_carries_name_and_value(render):
    html = render("{{ c.button('Go on', name='step', value='2', kind='quiet') }}")

    assert 'name="step" value="2"' in html
    assert "button--quiet" in html


def test_a_post_button_is_a_form_with_its_token_and_says_what_it_acts_on(render):
    html = render(
        "{{ c.post_button('Remove', '/x/', token, described='passkey on the phone') }}",
        token="TOKEN",
    )

    assert '<form class="inline-form" method="post" action="/x/">TOKEN<button' in html
    assert "passkey on the phone</span></button>" in html


def test_a_service_names_itself_in_each_of_its_links(render):
    html = render(
        "{% call c.service('Tax Office', 'National', open=('Open', '/a/'), manage=('Manage', '/b/')) %}"
        "<p>words</p>{% endcall %}"
    )

    assert 'Open<span class="hidden"> Tax Office</span>' in html
    assert 'Manage<span class="hidden"> Tax Office</span>' in html
    assert "<p>words</p>" in html


def test_an_unread_letter_is_said_to_be_in_words(render):
    unread = render("{{ c.todo('Letter', '/a/', unread=true) }}")
    read = render("{{ c.todo('Letter', '/a/', unread=false) }}")

    assert "(unread)" in unread
    assert "unread" not in read


def test_components_with_a_body_work_without_one_where_it_is_optional(render):
    assert "Nothing" in render("{{ c.empty_state('Nothing') }}")
    assert "Sari" in render("{{ c.greeting('Sari') }}")
    assert "Phone" in render("{{ c.row('Phone') }}")


def test_steps_say_where_one_stands(render):
    html = render("{{ c.steps(['One', 'Two', 'Three'], 2) }}")

    assert html.count('aria-current="step"') == 1
    assert html.count("(done)") == 1


def test_a_pager_keeps_the_question_and_hides_where_there_is_one_page(render):
    many = Paginator(range(50), 20).page(2)
    one = Paginator(range(5), 20).page(1)

    html = render("{{ c.pager(page, 'q=a&') }}", page=many)

    assert 'href="?q=a&amp;page=1"' in html
    assert 'href="?q=a&amp;page=3"' in html
    assert render("{{ c.pager(page) }}", page=one) == ""


def test_a_table_has_a_caption_and_heads_its_rows_and_columns(render):
    html = render("{{ c.table('Letters', ['Agency', 'Count'], [['Tax', 3]], numbers=[1]) }}")

    assert "<caption>Letters</caption>" in html
    assert '<th scope="row">Tax</th>' in html
    assert '<td class="number">3</td>' in html
