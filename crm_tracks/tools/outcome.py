from typing import NamedTuple

from odoo import models


class Outcome(NamedTuple):
    """What came of starting or stopping tracks: they, and what was in the way.

    :ivar runs: ``track.run``, those started, moved or stopped
    :ivar dict obstacles: a sentence for each record on which nothing was done
    """

    runs: models.BaseModel
    obstacles: dict
