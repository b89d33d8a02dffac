# SPDX-License-Identifier: Apache-2.0
"""Everything that changes who works here, what they may, and their sessions."""

from .invite import (
    EmailTaken,
    InvitationGone,
    NotYours,
    UnknownAgency,
    UnknownMember,
    begin_enrolment,
    complete_enrolment,
    invite_again,
    invite_member,
)
from .members import change_role, confirm_member, end_member
from .passkeys import (
    LastPasskey,
    PasskeyRefused,
    add_passkey,
    begin_adding,
    remove_passkey,
)
from .seed import ensure_demo_member
from .sign_in import begin_sign_in, mark_seen, sign_in, sign_out, sweep_sessions

__all__ = [
    "EmailTaken",
    "InvitationGone",
    "LastPasskey",
    "NotYours",
    "PasskeyRefused",
    "UnknownAgency",
    "UnknownMember",
    "add_passkey",
    "begin_adding",
    "begin_enrolment",
    "begin_sign_in",
    "change_role",
    "complete_enrolment",
    "confirm_member",
    "end_member",
    "ensure_demo_member",
    "invite_again",
    "invite_member",
    "mark_seen",
    "remove_passkey",
    "sign_in",
    "sign_out",
    "sweep_sessions",
]
