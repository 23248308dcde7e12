import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from odoo.addons.mail.controllers.mail import MailController


class TracksMailController(MailController):
    @classmethod
    def _redirect_to_record(cls, model, res_id, access_token=None, **kwargs):
        """Keep the track of a link (``track.run._get_record_url``) in the address of
        the form, which reads it there."""
        response = super()._redirect_to_record(
            model, res_id, access_token=access_token, **kwargs
        )
        run_id = str(kwargs.get("track_run_id"))
        url = urlsplit(response.location)
        if url.path.startswith("/odoo/") and url.path.endswith(f"/{res_id}"):
            if re.fullmatch("[0-9]{1,10}", run_id):
                query = [*parse_qsl(url.query), ("track_run_id", run_id)]
                response.location = url._replace(query=urlencode(query)).geturl()
        return response
