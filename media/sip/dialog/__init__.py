"""SIP dialogs: what two ends have agreed on, and the requests within it (RFC 3261 section 12).

All of it is pure: messages, random draws and `now` in, messages and effects out.
"""

from media.sip.dialog.dialog import Dialog, DialogId, OutOfOrder
from media.sip.dialog.forks import Forks
from media.sip.dialog.route import Routed, routed

__all__ = ["Dialog", "DialogId", "Forks", "OutOfOrder", "Routed", "routed"]
