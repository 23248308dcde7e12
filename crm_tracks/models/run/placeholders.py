from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import format_date

from ...tools.engine_vals import EngineVals
from ...tools.placeholders import WORDS, fill_html, fill_text


class TrackRun(models.Model):
    """The values of the placeholders in the texts of the tasks of a track."""

    _inherit = "track.run"

    # Only for the engine, which reads them for many tracks at once.
    customer_name = fields.Char(compute="_compute_customer_name", groups=NO_ACCESS)
    owner_name = fields.Char(compute="_compute_owner_name", groups=NO_ACCESS)

    @api.depends("res_model", "res_id")
    @api.depends_context("lang")
    def _compute_customer_name(self):
        # without the context of the caller, which could change names
        runs = self.with_env(self.env(context={"lang": self.env.lang}))
        names = {
            records._name: records._tracks_get_customer_names()
            for records in runs._get_records_by_model()
        }
        for run in self:
            run.customer_name = names.get(run.res_model, {}).get(run.res_id, "")

    @api.depends("res_model", "res_id")
    def _compute_owner_name(self):
        owners = self._get_owners()
        for run in self:
            run.owner_name = owners[run].name

    def _get_owners(self):
        """The owners of the records of these tracks.

        :return: dict, ``res.users`` in sudo, which may be empty, for each track
        """
        owners = {
            records._name: records._tracks_get_owner()
            for records in self._get_records_by_model()
        }
        nobody = self.env["res.users"].sudo()
        return {
            run: owners.get(run.res_model, {}).get(run.res_id, nobody) for run in self
        }

    def _get_placeholder_value(self, word):
        """The value of a placeholder in the texts of this track.

        :param str word: one of ``WORDS``
        :return: str, in the language of the environment; empty where there is none
        """
        self.ensure_one()
        # sudo: readers of the track may read the record
        run = self.sudo()
        if word in ("start", "end"):
            return format_date(self.env, run[f"{word}_date"])
        return {
            "customer": lambda: run.customer_name,
            "record": lambda: run.res_name,
            "owner": lambda: run.owner_name,
            "starter": lambda: run.user_id.name,
            "company": lambda: run.company_id.name,
        }[word]()

    def _get_shown_values(self, tasks):
        """The values of the placeholders in the summaries of tasks, for a preview.

        Words whose values differ between the tracks have none, nor those that would
        name users or companies whom the user may not read.

        :param tasks: the tasks, of the template
        :return: dict of str by words; nothing is read for words that are not used
        """
        summaries = " ".join(task._get_summary() for task in tasks)
        used = [word for word in WORDS if f"{{{word}}}" in summaries]
        values = {}
        for word in used:
            named = self._get_named(word).sudo(False)
            if named._filtered_access("read") == named:
                found = {run._get_placeholder_value(word) for run in self}
                if len(found) == 1:
                    values[word] = found.pop()
        return values

    def _get_named(self, word):
        """The users or companies that a placeholder names, in sudo."""
        if word == "owner":
            return self.env["res.users"].union(*self._get_owners().values())
        return {"starter": self.user_id, "company": self.company_id}.get(
            word, self.env["res.users"]
        )


class TrackRunLine(models.Model):
    """When the placeholders in the summary and the note of a task are filled.

    =======================  =======================================================
    the activity is created  :meth:`_fill_placeholders` fills the task's own texts, in
                             the language of the assignee, and keeps the original ones
    an automated task runs,  as well, in the language of the starter: from then on, the
    or a task is completed   texts stay as they are
    ahead of its turn
    the activity is          :meth:`_restore_placeholders`: the task waits again, with
    withdrawn                its original texts
    before, on the screen    :meth:`_get_summary` and :meth:`_get_note`, for the reader
    =======================  =======================================================
    """

    _inherit = "track.run.line"

    # The texts before they were filled, if they contained placeholders. Only for the
    # engine: for repetitions, for templates that are created from tracks, and for tasks
    # that wait again.
    summary_source = fields.Char(
        string="Summary with Placeholders", readonly=True, groups=NO_ACCESS
    )
    note_source = fields.Html(
        string="Note with Placeholders",
        sanitize=False,  # a copy of the note
        readonly=True,
        groups=NO_ACCESS,
    )

    # ------------------------------------------------------------------
    # On the screen
    # ------------------------------------------------------------------

    def _get_summary(self):
        summary = super()._get_summary()
        if not self._is_to_be_filled("summary"):
            return summary
        return fill_text(summary, self.run_id._get_placeholder_value).strip()

    def _get_note(self):
        """The note of this task as it is shown.

        :return: ``Markup``, or False
        """
        if not self._is_to_be_filled("note"):
            return self.note
        return fill_html(self.note, self.run_id._get_placeholder_value)

    def _is_to_be_filled(self, name):
        """Whether placeholders in this text are still to be filled.

        Braces in a text that was filled come from names.

        :param str name: of the field
        """
        self.ensure_one()
        # the text first: nothing else is read of tasks without placeholders
        return (
            "{" in (self[name] or "")
            # a form may show a new task, which has no track yet
            and bool(self.run_id)
            # sudo: users cannot read the original texts
            and not self.sudo()[f"{name}_source"]
        )

    # ------------------------------------------------------------------
    # Filling
    # ------------------------------------------------------------------

    def _fill_placeholders(self, names=None):
        """Fill the placeholders in the texts of these tasks, in sudo.

        Tasks without placeholders cost no query, nor do the others one each.

        :param names: of the fields; None for all
        :return: the ``track.run.line`` whose texts changed
        """
        names = self._TEXT_FIELDS if names is None else names
        tasks = self.filtered(
            lambda task: any("{" in (task[name] or "") for name in names)
        ).filtered(lambda task: any(task._is_to_be_filled(name) for name in names))
        if not tasks:
            return tasks
        # their record may have changed since they were read
        tasks.run_id.invalidate_recordset(
            ["customer_name", "owner_name", "res_name"], flush=False
        )
        ids = []
        for lang, of_lang in tasks.grouped(lambda task: task._get_text_lang()).items():
            for task in of_lang:
                vals = task._prepare_filled_vals(names, lang)
                if vals:
                    task.write(EngineVals(vals))
                    ids.append(task.id)
        return self.browse(ids)

    def _get_text_lang(self):
        """The language in which texts are filled: the assignee's, or the starter's."""
        return (self.user_id or self.run_id.user_id).lang or self.env.lang

    def _prepare_filled_vals(self, names, lang):
        """The values of the texts of this task, with the placeholders filled.

        :param names: of the fields
        :param str lang: the code of the language
        :return: dict, without texts in which nothing is to be filled
        """
        run = self.run_id.with_env(self.env(context={"lang": lang}))
        fill = {"summary": fill_text, "note": fill_html}
        vals = {}
        for name in names:
            if self._is_to_be_filled(name):
                text = self[name]
                filled = fill[name](text, run._get_placeholder_value)
                if filled != text:
                    vals |= {name: filled, f"{name}_source": text}
        return vals

    def _fill_edited(self, names):
        """Fill what a user has written into these open tasks and their activities.

        :param names: of the texts that were edited
        """
        for task in self._fill_placeholders(names):
            task.activity_ids._write_silently({name: task[name] for name in names})

    # ------------------------------------------------------------------
    # The original texts
    # ------------------------------------------------------------------

    @api.model
    def _prepare_source_vals(self, texts, is_final=False):
        """The values of the original texts of a task, of which other texts are written.

        :param dict texts: the new texts by the names of the fields
        :param bool is_final: whether no placeholders are filled in the new texts
        :return: dict
        """
        return {
            f"{name}_source": is_final and "{" in (text or "") and text
            for name, text in texts.items()
        }

    def _get_original_texts(self):
        """The texts of this task whose placeholders were filled, as they were before.

        :return: dict of str by the names of the fields
        """
        self.ensure_one()
        # sudo: the original texts are no secret, but no fields for users
        task = self.sudo()
        sources = {name: task[f"{name}_source"] for name in self._TEXT_FIELDS}
        return {name: text for name, text in sources.items() if text}

    def _restore_placeholders(self):
        """Give these tasks, which wait again, their original texts."""
        for task in self:
            texts = task._get_original_texts()
            if texts:
                task.write(EngineVals(texts | self._prepare_source_vals(texts)))
