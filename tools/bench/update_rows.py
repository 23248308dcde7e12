"""The rows of updates of running tracks from their template."""

from part import Part, Row
from stopwatch import Side, compare, without_commits

from odoo.api import SUPERUSER_ID


class UpdateRows(Part):
    def updating(self):
        """Tracks of ten tasks that the cron updates from their template."""
        world, count = self.world, self.sizes.updated
        lead_ids, update_id = world.ask_for_update(count)
        world.tidy()
        side = Side(
            f"{count:,} tracks of ten tasks updated",
            count,
            self._update,
            self._is_updated(update_id),
            SUPERUSER_ID,
        )
        # one sample: it takes long, and is not compared with anything
        [result] = compare(world.registry, world.uid, [side], 1)
        world.remove_leads(lead_ids)
        yield Row(result, "", "less than 60 s", result.median < 60)

    def _update(self, env):
        def run():
            with without_commits(env.cr):
                env["track.run"]._engine()._cron_update()

        return run

    def _is_updated(self, update_id):
        def check(env):
            lines = env["track.run.update.line"].search(
                [("update_id", "=", update_id), ("state", "=", "done")]
            )
            assert len(lines) == self.sizes.updated, f"{len(lines)} updated"

        return check
