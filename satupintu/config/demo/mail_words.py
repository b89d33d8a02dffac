# SPDX-License-Identifier: Apache-2.0
"""The mail catcher's few words, in both languages. It is a program of its own that runs without
Django, so they stand here and not in a catalogue."""

from datetime import datetime, timedelta, timezone

WESTERN_NUSA = timezone(timedelta(hours=7))
MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}

WORDS = {
    "id": {
        "title": "E-mail peragaan",
        "lead": "Semua e-mail yang dikirim di Republik Nusa tiba di sini. Tidak ada yang keluar"
        " dari mesin ini.",
        "skip": "Langsung ke isi",
        "other_language": "English",
        "language_label": "Bahasa",
        "filter": "Tampilkan e-mail untuk",
        "everyone": "Semua penerima",
        "show": "Tampilkan",
        "refresh": "Muat ulang",
        "empty": "Belum ada e-mail. Setelah sebuah e-mail dikirim, muat ulang halaman ini.",
        "from": "Dari",
        "to": "Kepada",
        "at": "Tiba",
        "untitled": "(tanpa judul)",
        "count_one": "1 e-mail",
        "count_many": "{count} e-mail",
        "json": "Daftar yang sama sebagai JSON",
    },
    "en": {
        "title": "Demo mail",
        "lead": "Every e-mail sent in the Republic of Nusa arrives here. None leaves this machine.",
        "skip": "Skip to content",
        "other_language": "Bahasa Indonesia",
        "language_label": "Language",
        "filter": "Show mail for",
        "everyone": "Everyone",
        "show": "Show",
        "refresh": "Refresh",
        "empty": "No mail yet. When something has been sent, refresh this page.",
        "from": "From",
        "to": "To",
        "at": "Arrived",
        "untitled": "(no subject)",
        "count_one": "1 e-mail",
        "count_many": "{count} e-mails",
        "json": "The same list as JSON",
    },
}


def format_time(moment: str, *, language: str) -> str:
    at = datetime.fromisoformat(moment).astimezone(WESTERN_NUSA)
    month = MONTHS[language].split()[at.month - 1]
    clock = at.strftime("%H.%M.%S" if language == "id" else "%H:%M:%S")
    return f"{at.day} {month} {at.year}, {clock}"
