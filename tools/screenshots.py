"""./dev screenshots [NAME…]: pictures of the demo database, in a real Chromium.

Each shot of ``SHOTS`` is taken in four ways: light and dark, desktop and phone. All of
them go to .dev/screenshots/NAME-SCHEME-DEVICE.png, to be looked at; those that are
published, into the addon's description folder as well. Run by pytest as one of Odoo's
own browser tests, so that nothing of what happens stays in the database.
"""

import base64
import json
import os
import re
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

from PIL import Image

from odoo.tests import HttpCase, tagged
from odoo.tests.common import HOST, ChromeBrowser

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / ".dev" / "screenshots"
PUBLISHED = ROOT / "crm_tracks" / "static" / "description"


@dataclass
class Shot:
    """One picture.

    :ivar name: of the file
    :ivar path: where to go; {an.xmlid} stands for the id of this record
    :ivar wait: a selector of what must be there before the picture is taken
    :ivar clicks: selectors of what is clicked before, one after the other
    :ivar top: a selector of what is scrolled to the top of a phone's screen
    :ivar published: the ways of which the picture is published, and as which file
    """

    name: str
    path: str
    wait: str
    clicks: tuple = ()
    top: str = ""
    published: dict | None = None


LEAD = "/odoo/crm.lead/{crm_tracks.%s}"
TAB = ".o_notebook a[name=tracks]"
IN_TAB = ".tab-pane.active .o_field_widget[name=track_run_ids]"

SHOTS = (
    Shot(
        "tracks_tab",
        LEAD % "lead_fit_out",
        IN_TAB,
        (TAB,),
        TAB,
        published={"light-desktop": "tracks_tab.png"},
    ),
    Shot("tracks_inactive", LEAD % "lead_school", IN_TAB, (TAB,), TAB),
    Shot(
        "apply",
        LEAD % "lead_coworking",
        ".modal .o_form_view",
        (TAB, "button[name=action_tracks_apply]"),
    ),
    Shot(
        "template",
        "/odoo/track-templates/{crm_tracks.template_sales_follow_through}",
        ".o_form_view .o_field_widget[name=line_ids]",
    ),
    Shot("overview", "/odoo/track-overview", ".o_tracks_overview .o_kanban_record"),
    Shot(
        "overview_by_task",
        "/odoo/track-overview",
        ".o_list_view .o_data_row, .o_kanban_view:not(.o_tracks_overview)",
        (".o_tracks_overview .o_kanban_record .fs-4",),
    ),
    Shot("tasks", "/odoo/track-tasks", ".o_data_row, .o_kanban_record"),
    Shot(
        "tasks_calendar",
        "/odoo/track-tasks?view_type=calendar",
        ".o_calendar_view .fc-daygrid-day, .o_kanban_record",
    ),
    Shot(
        "analysis",
        "/odoo/track-analysis",
        ".o_pivot_view tbody th, .o_kanban_record",
    ),
)

# width, height, pixels for each of these
DEVICES = {"desktop": (1400, 1000, 1), "phone": (390, 844, 2)}

STILL = """
    const style = document.createElement("style");
    style.textContent = `* { animation: none !important; transition: none !important;
        caret-color: transparent !important; }`;
    document.head.append(style);
    true"""
SETTLED = """
    !document.querySelector(".o_loading_indicator, .o_blockUI")
    && [...document.images].every((image) => image.complete)
    && document.fonts.ready.then(() => true)"""


@tagged("-standard", "screenshots")
class Screenshots(HttpCase):
    """One test for each way of taking the pictures."""

    def test_light_desktop(self):
        self.take("light", "desktop")

    def test_dark_desktop(self):
        self.take("dark", "desktop")

    def test_light_phone(self):
        self.take("light", "phone")

    def test_dark_phone(self):
        self.take("dark", "phone")

    def take(self, scheme, device):
        """Take the pictures that were asked for, or all of them."""
        names = os.environ.get("TRACKS_SCREENSHOTS", "").split()
        unknown = set(names) - {shot.name for shot in SHOTS}
        self.assertFalse(unknown, f"one of: {', '.join(s.name for s in SHOTS)}")
        OUTPUT.mkdir(parents=True, exist_ok=True)
        width, height, scale = DEVICES[device]
        self.browser_size = f"{width}x{height}"
        self.touch_enabled = device == "phone"
        # Odoo builds a dark bundle, and leaves it to other modules to choose it.
        http = type(self.env["ir.http"])
        browser = ChromeBrowser(self)
        self.addCleanup(browser.stop)
        with (
            patch.object(http, "color_scheme", lambda self: scheme),
            self.allow_requests(browser=browser),
        ):
            self.authenticate("admin", "admin", browser=browser)
            self.cr.flush()
            self.cr.clear()
            browser.set_cookie("color_scheme", scheme, "/", HOST)
            metrics = {"width": width, "height": height, "deviceScaleFactor": scale}
            browser._websocket_request(
                "Emulation.setDeviceMetricsOverride",
                params={**metrics, "mobile": device == "phone"},
            )
            for shot in SHOTS:
                if not names or shot.name in names:
                    with self.subTest(shot=shot.name):
                        self.shoot(browser, shot, f"{scheme}-{device}")
            browser.navigate_to("about:blank")
            self._wait_remaining_requests()

    def shoot(self, browser, shot, way):
        """Take one picture in one way (light-desktop, say)."""
        path = re.sub(
            r"\{(.*?)\}", lambda match: str(self.env.ref(match[1]).id), shot.path
        )
        browser.navigate_to("about:blank")
        browser.navigate_to(self.base_url() + path)
        self.assertTrue(browser._wait_ready("odoo.isReady === true"), path)
        self.evaluate(browser, STILL)
        for selector in shot.clicks:
            self.wait_for(browser, selector)
            self.evaluate(browser, f"{get_element(selector)}.click()")
        self.wait_for(browser, shot.wait)
        if shot.top and way.endswith("-phone"):
            self.evaluate(browser, f"{get_element(shot.top)}.scrollIntoView()")
        self.assertTrue(browser._wait_ready(SETTLED), "the page has settled")
        time.sleep(0.5)  # what is drawn after its data came: charts, popovers
        picture = browser._websocket_request("Page.captureScreenshot")["data"]
        # 256 colours: a third of the size, and no difference to see
        image = Image.open(BytesIO(base64.b64decode(picture))).convert("RGB")
        image = image.quantize(256, dither=Image.Dither.NONE)
        files = [OUTPUT / f"{shot.name}-{way}.png"]
        if way in (shot.published or {}):
            files.append(PUBLISHED / shot.published[way])
        for file in files:
            image.save(file, optimize=True)
            print(file.relative_to(ROOT))

    def wait_for(self, browser, selector):
        code = f"!!{get_element(selector)}"
        self.assertTrue(browser._wait_ready(code, timeout=20), selector)

    def evaluate(self, browser, code):
        browser._websocket_request("Runtime.evaluate", params={"expression": code})


def get_element(selector):
    """The JavaScript that finds an element."""
    return f"document.querySelector({json.dumps(selector)})"
