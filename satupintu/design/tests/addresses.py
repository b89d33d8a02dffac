# SPDX-License-Identifier: Apache-2.0
"""A small portal of its own for these tests, so that no app above is needed."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_protect

from satupintu.design import views


def show_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page")


def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


def forbid(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def suspect(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation


def problem(request: HttpRequest, status: int) -> HttpResponse:
    return views.show_problem(request, status)


@csrf_protect
def guarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


letters = (
    [path("", show_page, name="index"), path("one/", show_page, name="one")],
    "letters",
)
urlpatterns = [
    path("design/", include("satupintu.design.urls")),
    path("letters/", include(letters)),
    path("broken/", break_down),
    path("forbidden/", forbid),
    path("suspect/", suspect),
    path("guarded/", guarded),
    path("problem/<int:status>/", problem),
    path("page/", show_page, name="page"),
    path("out/", show_page, name="account_logout"),
    path("in/", show_page, name="account_login"),
]

handler400 = "satupintu.design.views.bad_request"
handler403 = "satupintu.design.views.permission_denied"
handler404 = "satupintu.design.views.not_found"
handler500 = "satupintu.design.views.server_error"
