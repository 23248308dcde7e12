from hashlib import sha256

from odoo import http
from odoo.http import request


class CalendarFeed(http.Controller):
    @http.route(
        "/tracks/calendar/<string:key>.ics",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
        sitemap=False,
    )
    def get_calendar(self, key):
        """The calendar of the user to whom the key belongs, whoever is logged in.

        Every key that does not open a calendar gets the same answer.
        """
        # sudo: the key is the permission
        user = request.env["res.users"].sudo()._find_by_track_calendar_key(key)
        if not user:
            headers = [("Content-Type", "text/plain"), ("Cache-Control", "no-store")]
            return request.make_response("Not Found", headers, status=404)
        content = user._get_track_calendar()
        response = request.make_response(
            content,
            [
                ("Content-Type", "text/calendar; charset=utf-8"),
                ("Content-Disposition", 'inline; filename="activities.ics"'),
                ("Cache-Control", "private, no-cache"),
                ("X-Robots-Tag", "noindex"),
                ("Referrer-Policy", "no-referrer"),
            ],
        )
        response.set_etag(sha256(content).hexdigest())
        return response.make_conditional(request.httprequest.environ)
