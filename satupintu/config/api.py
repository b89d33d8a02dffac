# SPDX-License-Identifier: Apache-2.0
"""The agency API, version 1, put together from the apps that serve it."""

from ninja import NinjaAPI

from satupintu.dealings.inbox.api import router as messages

api = NinjaAPI(
    title="Satu Pintu agency API",
    version="1.0.0",
    urls_namespace="api",
    docs_url=None,
    description="What a member agency may ask of the portal.",
)
api.add_router("/messages", messages)
