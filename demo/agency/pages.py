# SPDX-License-Identifier: Apache-2.0
from starlette.responses import PlainTextResponse

routes: list = []


async def show_not_found(request, error):
    return PlainTextResponse("not found", 404)


async def show_broken(request, error):
    return PlainTextResponse("broken", 500)
