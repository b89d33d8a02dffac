# SPDX-License-Identifier: Apache-2.0
from ninja import Router

router = Router()
