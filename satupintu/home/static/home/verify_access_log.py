# SPDX-License-Identifier: Apache-2.0
"""Check your access log without us: python3 verify_access_log.py access-log.json

Shows that your lines stand unchanged in the log that Satu Pintu and the witness signed (RFC 9162;
Ed25519). Compare the keys it prints with the published ones."""

import hashlib
import json
import sys

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as PublicKey
except ImportError:
    PublicKey = None


def check(fine, what):
    if not fine:
        sys.exit(f"NOT GENUINE: {what}.")


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def check_signature(signed, who):
    print(f"{who} signs with the key {signed['public_key']}")
    if PublicKey:
        key = PublicKey.from_public_bytes(bytes.fromhex(signed["public_key"]))
        try:
            key.verify(bytes.fromhex(signed["signature"]), signed["text"].encode())
        except InvalidSignature:
            check(False, f"the signature of {who} does not fit")


def climb(start, path, place, last):
    """The heads of the log as it was and as it is, to which a proof leads (RFC 9162, 2.1.4.2)."""
    old = new = start
    for one in path:
        check(last > 0, "a proof is too long")
        if place % 2 or place == last:
            old, new = sha(b"\1", one, old), sha(b"\1", one, new)
            while place and place % 2 == 0:
                place, last = place // 2, last // 2
        else:
            new = sha(b"\1", new, one)
        place, last = place // 2, last // 2
    check(last == 0, "a proof is too short")
    return old, new


log = json.load(open(sys.argv[1], encoding="utf-8"))
check(log["head"], "there is no signed head yet: download the log again in an hour")
_, origin, size, root, _ = log["head"]["text"].splitlines()
size, root, key = int(size), bytes.fromhex(root), None
for signed in [*log.get("handovers", []), log["head"]]:  # a key's last signature names the next
    check_signature(signed, "Satu Pintu")
    check(key in (None, signed["public_key"]), "a key was not named by the one before it")
    *lines, key = signed["text"].splitlines()
    check(lines[1] == origin and (signed is log["head"] or len(lines) == 5), "a key is foreign")
for entry in (placed := [one for one in log["entries"] if one["leaf_index"] is not None]):
    text = json.dumps(entry["record"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    leaf = sha(b"\0", sha(bytes.fromhex(entry["salt"]), text.encode()))
    check(0 <= entry["leaf_index"] < size, "a line has no place in the log")
    _, found = climb(leaf, [*map(bytes.fromhex, entry["proof"])], entry["leaf_index"], size - 1)
    check(found == root, f"the line of {entry['record']['at']} is not what was written")
if log["witnessed"]:
    check_signature(log["witnessed"]["receipt"], "The witness")
    seen = log["witnessed"]["receipt"]["text"].splitlines()
    old, old_root, place, last = int(seen[5]), bytes.fromhex(seen[6]), int(seen[5]) - 1, size - 1
    check(0 < old <= size and seen[4] == origin, "the receipt is for another log")
    path = [old_root] * (old & (old - 1) == 0 or old == size)  # the proof leaves a whole tree out
    path += map(bytes.fromhex, log["witnessed"]["consistency"])
    while place % 2 or place == last > 0:
        place, last = place // 2, last // 2
    check(climb(path[0], path[1:], place, last) == (old_root, root), "the witness saw another log")
print(f"Genuine: {len(placed)} lines. Too new to check: {len(log['entries']) - len(placed)}.")
print("Seen by the witness." if log["witnessed"] else "Not yet seen by a witness.")
sys.exit(None if PublicKey else "Signatures were NOT checked: pip install cryptography")
