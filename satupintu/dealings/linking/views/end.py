# SPDX-License-Identifier: Apache-2.0
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from satupintu.dealings.linking import actions, queries
from satupintu.trust.accounts.access import signed_in_al2

from .ways import find_agency, get_account_id, show


@signed_in_al2
@require_http_methods(["GET", "HEAD", "POST"])
def unlink(request: HttpRequest, slug: str) -> HttpResponse:
    """What ends and what stays; then the end. A suspended agency's link can be ended too."""
    agency = find_agency(slug)
    account_id = get_account_id(request)
    if request.method == "POST":
        try:
            actions.unlink(account_id=account_id, agency_slug=slug, at=timezone.now())
        except actions.NotLinked as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(
                request, _("%(agency)s is no longer linked.") % {"agency": agency.name}
            )
        if agency.is_suspended:
            # Its own page is gone with the link.
            return redirect("linking:directory")
        return redirect("linking:agency", slug=slug)
    link = queries.get_link(account_id=account_id, agency_slug=slug)
    if link is None:
        return redirect("linking:agency", slug=slug)
    return show(request, "unlink", agency, link=link)
