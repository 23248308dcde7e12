from odoo import models


class TrackOptionsMixin(models.AbstractModel):
    """What happens to a track when the customer answers."""

    _inherit = "track.options.mixin"

    # The values of ``on_reply`` by which a track follows an answer.
    _REPLY_EFFECTS = ("stop", "pause", "bring_forward")

    def _get_reply_text(self):
        """Describe what happens when the customer answers, if the track follows it."""
        return {
            "stop": self.env._("Stops when the customer answers"),
            "pause": self.env._("Is paused when the customer answers"),
            "bring_forward": self.env._(
                "When the customer answers, tasks that lie ahead are due on that day"
            ),
        }.get(self.on_reply)
