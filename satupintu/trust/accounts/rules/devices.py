# SPDX-License-Identifier: Apache-2.0
"""Rough words for a browser and a network: enough to recognise one's own, too little to trace.

Names of browsers are names, so they are not translated.
"""

import ipaddress
from dataclasses import dataclass, field

# The first that fits wins; browsers call themselves each other's names.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def name_device(user_agent: str) -> str:
    """For example "Chrome, Android"; empty where nothing is recognised."""
    found = [
        next((name for mark, name in names if mark in user_agent), "")
        for names in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(name for name in found if name)


def name_network(address: str) -> str:
    """The first half of an address: "36.81.x.x", or the first 48 bits of an IPv6 one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if isinstance(ip, ipaddress.IPv4Address):
        first, second, *_ = str(ip).split(".")
        return f"{first}.{second}.x.x"
    return ":".join(group.lstrip("0") or "0" for group in ip.exploded.split(":")[:3]) + ":…"


@dataclass(frozen=True)
class Origin:
    """Where a request comes from, as roughly as we may know it."""

    device: str = ""  # "Chrome, Android"
    network: str = ""  # "36.81.x.x"
    device_key: str = ""  # the id of a device on which somebody signed in before, else ""
    known_accounts: frozenset[str] = field(default_factory=frozenset)  # keyed hashes
