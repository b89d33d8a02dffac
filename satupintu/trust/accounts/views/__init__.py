# SPDX-License-Identifier: Apache-2.0
from django.http import HttpRequest, HttpResponse

from satupintu.trust.accounts.access import public, signed_in


@public
def login(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


logout = signup = reset = not_me = login


@signed_in
def security(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


sessions = activity = step_up = security
