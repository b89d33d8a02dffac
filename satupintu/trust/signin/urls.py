# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from .views import authorize, held, logout, metadata, par, token

app_name = "signin"

urlpatterns = [
    path(".well-known/openid-configuration", metadata.show_configuration, name="configuration"),
    path(".well-known/jwks.json", metadata.show_keys, name="keys"),
    path("openid/authorize", authorize.authorize, name="authorize"),
    path("openid/decide", authorize.decide, name="decide"),
    path("openid/par", par.push, name="par"),
    path("openid/token", token.exchange, name="token"),
    path("openid/revoke", held.revoke, name="revoke"),
    path("openid/introspect", held.introspect, name="introspect"),
    path("openid/logout", logout.end_session, name="logout"),
    path("openid/logout/confirm", logout.confirm, name="confirm_logout"),
    path("openid/userinfo", token.tell_about_person, name="userinfo"),
]
