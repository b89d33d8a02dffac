# SPDX-License-Identifier: Apache-2.0
"""What the portal asks of an agency, over HTTP.

The contract is `docs/agencies/agency-api.openapi.yaml`. Every function here may take as long as
the rulebook's `exchange.question_timeout` (4 s) and must be called outside a transaction.
"""

from satupintu.dealings.exchange.rules import Enquiry, Match, Question

from .call import AgencyAnswersNonsense, AgencyDoesNotAnswer, AgencyTakesNoPart, AgencyUnavailable
from .join import MatchExpired, RecordTaken, SubjectTaken, join_record, release_record
from .notice import send_notice
from .prove import NoMatch, WayClosed, ask_questions, match_code, send_enquiry
from .question import AskedAccess, send_access_question
from .standing import tell_standing

__all__ = [
    "AgencyAnswersNonsense",
    "AgencyDoesNotAnswer",
    "AgencyTakesNoPart",
    "AgencyUnavailable",
    "AskedAccess",
    "Enquiry",
    "Match",
    "MatchExpired",
    "NoMatch",
    "Question",
    "RecordTaken",
    "SubjectTaken",
    "WayClosed",
    "ask_questions",
    "join_record",
    "match_code",
    "release_record",
    "send_access_question",
    "send_enquiry",
    "send_notice",
    "tell_standing",
]
