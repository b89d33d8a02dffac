# SPDX-License-Identifier: Apache-2.0
"""Every address of the portal, one app a line."""

from django.urls import include, path

from .api import api

urlpatterns = [
    path("", include("satupintu.home.urls")),
    path("", include("satupintu.dealings.questions.urls")),
    path("", include("satupintu.trust.signin.urls")),
    path("staff/cases/", include("satupintu.dealings.protection.staff_urls")),
    path("staff/", include("satupintu.trust.staff.urls")),
    path("staff/identity/", include("satupintu.trust.identity.desk_urls")),
    path("account/permissions/", include("satupintu.trust.consent.urls")),
    path("account/identity/", include("satupintu.trust.identity.urls")),
    path("account/not-me/", include("satupintu.dealings.protection.urls")),
    path("account/", include("satupintu.trust.accounts.urls")),
    path("services/", include("satupintu.dealings.linking.urls")),
    path("inbox/", include("satupintu.dealings.inbox.urls")),
    path("design/", include("satupintu.design.urls")),
    path("api/v1/", api.urls),
]

handler400 = "satupintu.design.views.bad_request"
handler403 = "satupintu.design.views.permission_denied"
handler404 = "satupintu.design.views.not_found"
handler500 = "satupintu.design.views.server_error"
