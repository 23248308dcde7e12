from typing import NamedTuple

from odoo import models


class Outcome(NamedTuple):
    """The result of starting or stopping tracks automatically.

    :ivar runs: the ``track.run`` that were started, moved or stopped
    :ivar dict obstacles: a sentence for each record on which nothing was done
    """

    runs: models.BaseModel
    obstacles: dict
