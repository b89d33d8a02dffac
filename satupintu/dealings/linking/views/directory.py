# SPDX-License-Identifier: Apache-2.0
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from satupintu.dealings.linking import queries
from satupintu.dealings.linking.forms import SearchForm
from satupintu.trust.accounts import queries as accounts
from satupintu.trust.accounts.access import public
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.agencies.queries import AgencyCard

from .ways import find_agency, get_account_id, show


@public
@require_safe
def show_directory(request: HttpRequest) -> HttpResponse:
    """Every agency that takes part; for a person at AL2 also what she has linked."""
    search = SearchForm(request.GET)
    words = search.get_words()
    found = [agency for agency in agencies.list_agencies() if _fits(agency, words)]
    links = (
        queries.list_links(account_id=get_account_id(request)) if _may_see_links(request) else ()
    )
    response = render(
        request,
        "linking/directory.html",
        {
            "national": [agency for agency in found if agency.level == "national"],
            "provincial": [agency for agency in found if agency.level == "provincial"],
            "states": {link.agency.slug: link.state for link in links},
            "q": request.GET.get("q", "")[:100],
            "is_search": bool(words),
        },
    )
    return _private_if_signed_in(request, response)


@public
@require_safe
def show_agency(request: HttpRequest, slug: str) -> HttpResponse:
    """What an agency does and would see; for a person at AL2 also where her link stands."""
    agency = find_agency(slug)
    link = None
    if _may_see_links(request):
        link = queries.get_link(account_id=get_account_id(request), agency_slug=slug)
    if agency.is_suspended and link is None:
        raise Http404
    stand = link.stand(timezone.now()) if link is not None and link.is_active else None
    return _private_if_signed_in(request, show(request, "agency", agency, link=link, stand=stand))


def _fits(agency: AgencyCard, words: list[str]) -> bool:
    # Both languages: people search with the word they know, whatever the page speaks.
    text = " ".join(
        (agency.name_id, agency.name_en, agency.summary_id, agency.summary_en)
    ).casefold()
    return all(word in text for word in words)


def _may_see_links(request: HttpRequest) -> bool:
    """One factor does not even see what is linked (safety rule 2)."""
    if not request.user.is_authenticated:
        return False
    assurance = accounts.get_assurance(session=request.session, at=timezone.now())
    return assurance is not None and assurance.level >= 2


def _private_if_signed_in(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response
