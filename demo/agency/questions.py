# SPDX-License-Identifier: Apache-2.0
"""What people ask us through the portal: why did you see this? Our programs know, and say so."""

import logging
import time
from collections.abc import Mapping

import httpx

from .portal import Portal, PortalUnreachable, SignInRefused
from .settings import AgencySettings

log = logging.getLogger(__name__)

ACCESS = {"at", "what", "purpose_code", "words_id", "words_en", "legal_basis"}
LONGEST_TEXT = 500
TRIES = 4
PAUSE_SECONDS = 0.5


def write_answer(*, access: Mapping[str, str]) -> str:
    """In Bahasa Indonesia, as a desk would write it."""
    return (
        f"Terima kasih atas pertanyaan Anda. Sistem kami {access['words_id']}."
        f" Dasar hukumnya: {access['legal_basis']}.\n\n"
        "Tidak ada petugas yang membuka data Anda di luar keperluan itu. Jika masih ada yang"
        " kurang jelas, silakan datang ke kantor kami atau hubungi loket pengaduan."
    )


def answer_question(
    *, settings: AgencySettings, portal: Portal, question_id: str, access: Mapping[str, str]
) -> None:
    """Send the answer, and try again for a while. What the portal does not hear now stays in its
    list of open questions (GET /api/v1/access-questions)."""
    url = f"{settings.portal_issuer}/api/v1/access-questions/{question_id}/answer"
    body = {"text": write_answer(access=access), "language": "id"}
    pause = PAUSE_SECONDS
    for attempt in range(1, TRIES + 1):
        try:
            token = portal.get_access_token(scope="questions:answer")
            with httpx.Client(timeout=10, trust_env=False) as http:
                answer = http.put(url, json=body, headers={"Authorization": f"Bearer {token}"})
        except (httpx.HTTPError, PortalUnreachable, SignInRefused) as error:
            reason = type(error).__name__
        else:
            if answer.status_code < 500 and answer.status_code not in {401, 429}:
                return
            reason = str(answer.status_code)
            portal.forget_access_token()
        log.warning("question_not_answered question_id=%s reason=%s", question_id, reason)
        if attempt < TRIES:
            time.sleep(pause)
            pause *= 2
