import re

from odoo import models
from odoo.exceptions import AccessError

_RECORD_CHANNEL = re.compile(r"crm_tracks:(?P<model>[\w.]+):(?P<id>\d{1,18})")
# More forms than anybody has open in one browser.
_MAX_CHANNELS = 50


class IrWebsocket(models.AbstractModel):
    """Clients with an open Tracks tab listen to the changes of its record.

    The client requests ``crm_tracks:<model>:<id>``. It gets a channel of the record
    itself, which clients cannot request, if it may read the tracks.
    """

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        asked = [
            match
            for channel in channels
            if isinstance(channel, str)
            and (match := _RECORD_CHANNEL.fullmatch(channel))
        ]
        allowed = []
        if asked and self.env.user._is_internal():
            Run = self.env["track.run"]
            for match in asked[-_MAX_CHANNELS:]:
                try:
                    record = Run._get_tab_record(match["model"], int(match["id"]))
                except AccessError:
                    continue
                allowed.append(Run._get_tab_channel(record))
        return super()._build_bus_channel_list([*channels, *allowed])
