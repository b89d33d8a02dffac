# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from .views import attestation, counter, identity, vouch

app_name = "identity"
urlpatterns = [
    path("", identity.show_identity, name="identity"),
    path("provider/", identity.go_to_provider, name="go"),
    path("return/", identity.come_back, name="return"),
    path("counter/", counter.ask_code, name="counter"),
    path("counter/code/", counter.show_code, name="counter_code"),
    path("community/", attestation.ask_code, name="attestation"),
    path("community/code/", attestation.show_code, name="attestation_code"),
    path("vouch/", vouch.type_code, name="vouch"),
    path("vouch/confirm/", vouch.confirm, name="vouch_confirm"),
    path("done/", identity.show_done, name="done"),
    path("end/<uuid:proofing_id>/", identity.end_proof, name="end"),
]
