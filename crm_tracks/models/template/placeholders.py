from odoo import api, models
from odoo.exceptions import ValidationError

from ...tools.placeholders import WORDS, CopiedText, find_in_braces


class TrackTaskMixin(models.AbstractModel):
    """The placeholders in the summary and the note of a task: ``{customer}``.

    Words in braces that are no placeholders are refused when a user writes them. When
    placeholders are filled is decided in ``run/placeholders.py``.
    """

    _inherit = "track.task.mixin"

    # The fields in which placeholders are filled.
    _TEXT_FIELDS = ("summary", "note")

    def _get_summary(self):
        """The summary of this task as it is shown."""
        return (self.summary or "").strip()

    def _get_placeholders(self):
        """The placeholders that have a value in the template or track of this task.

        :return: list of str, with their braces
        """
        self.ensure_one()
        has_end = self._get_parent().direction == "end"
        return [f"{{{word}}}" for word in WORDS if word != "end" or has_end]

    def _check_placeholders(self, vals, is_new=False):
        """Refuse words in braces that are no placeholders, in the texts of a user.

        Words that the text contains already are allowed: they may come from the name of
        a record, or be older than placeholders.

        :param dict vals: what is written to these tasks, or was, if they are new
        :param bool is_new: whether these tasks were just created
        :raise ValidationError: in a sentence that names the word and the placeholders
        """
        for name in self._TEXT_FIELDS:
            text = vals.get(name)
            is_html = self._fields[name].type == "html"
            # copied texts were not entered
            is_copied = isinstance(text, CopiedText)
            found = [] if is_copied else find_in_braces(text, is_html)
            for task in self if found else ():
                known = task._get_placeholders()
                allowed = [] if is_new else find_in_braces(task[name], is_html)
                for word in found:
                    if word not in known and word not in allowed:
                        task._refuse_in_braces(word, known)

    def _refuse_in_braces(self, word, known):
        raise ValidationError(
            self.env._(
                "%(word)s in “%(task)s” is not a placeholder. Use one of these, or "
                "remove the braces: %(placeholders)s",
                word=word,
                task=self._get_label(),
                placeholders=", ".join(known),
            )
        )

    @api.model
    def _prepare_copied_texts(self, vals, entered=()):
        """The texts in these values, marked as copied.

        :param dict vals: the values of a task that is copied from another one
        :param entered: the names of the fields that a user entered for the copy
        :return: dict
        """
        return {
            name: CopiedText(vals[name])
            for name in self._TEXT_FIELDS
            if vals.get(name) and name not in entered
        }
