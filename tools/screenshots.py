"""./dev screenshots [--publish] [NAME…]: screenshots of the demo data in Chromium.

Each shot of ``SHOTS`` is taken in light and dark mode, and from right to left where
marked, at the width of a desktop and of a phone. They are saved as
.dev/screenshots/NAME-LOOK-DEVICE.png; with ``--publish``, those of the description page
are also saved in the addon's description folder. Run by pytest as an Odoo browser test,
so that all changes are rolled back.
"""

import base64
import json
import math
import os
import re
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from odoo.tests import HttpCase, tagged
from odoo.tests.common import ChromeBrowser

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / ".dev" / "screenshots"
PUBLISHED = ROOT / "crm_tracks" / "static" / "description"


@dataclass
class Shot:
    """One picture.

    :ivar name: of the file
    :ivar path: the URL; {an.xmlid} is replaced by the id of this record
    :ivar wait: a selector of an element that must exist before the picture is taken
    :ivar clicks: selectors of elements that are clicked before, in this order
    :ivar top: a selector of the element that is scrolled to the top
    :ivar phone_top: the same, on a phone
    :ivar rtl: whether it is also taken from right to left
    :ivar published: the published ways, with the file names
    :ivar crop: a selector of the published part on a desktop; by default the whole
        picture
    """

    name: str
    path: str
    wait: str
    clicks: tuple = ()
    top: str = ""
    phone_top: str = ""
    rtl: bool = False
    published: dict | None = None
    crop: str = ""


LEAD = "/odoo/crm.lead/{crm_tracks.%s}"
TICKET = "/odoo/helpdesk.ticket/{crm_tracks_helpdesk_mgmt.%s}"
TAB = ".o_notebook a[name=tracks]"
IN_TAB = ".tab-pane.active .o_field_widget[name=track_run_ids]"
SHEET = ".o_form_sheet"

SHOTS = (
    Shot(
        "tab",
        LEAD % "lead_fit_out",
        IN_TAB,
        (TAB,),
        phone_top=TAB,
        rtl=True,
        published={
            "light-desktop": "tracks_tab.png",
            "dark-desktop": "tracks_tab_dark.png",
            "light-phone": "tracks_tab_phone.png",
        },
        crop=SHEET,
    ),
    Shot(
        "inactive",
        LEAD % "lead_library",
        IN_TAB,
        (TAB,),
        phone_top=TAB,
        rtl=True,
        published={"light-desktop": "tracks_inactive.png"},
        crop=SHEET,
    ),
    Shot(
        "automated",
        LEAD % "lead_hotel",
        IN_TAB,
        (TAB,),
        phone_top=TAB,
        rtl=True,
        published={"light-desktop": "tracks_automated.png"},
        crop=SHEET,
    ),
    Shot(
        "apply",
        LEAD % "lead_coworking",
        ".modal .o_track_preview_row",
        (
            TAB,
            "button[name=action_tracks_apply]",
            ".modal .o_track_template:nth-child(1) input",
        ),
        rtl=True,
        published={"light-desktop": "apply.png"},
        crop=".modal-content",
    ),
    Shot(
        "chatter",
        LEAD % "lead_fit_out",
        ".o-mail-Activity .o_track_heading",
        top=".o-mail-ActivityList",
        phone_top=".o-mail-ActivityList",
        rtl=True,
    ),
    Shot(
        "board",
        "/odoo/crm?view_type=kanban",
        ".o-dropdown--menu .dropdown-item, .o_bottom_sheet .dropdown-item",
        (".o_kanban_record .o_dropdown_kanban button",),
        rtl=True,
    ),
    Shot("ticket", TICKET % "ticket_drawer", IN_TAB, (TAB,), phone_top=TAB, rtl=True),
    Shot(
        "template",
        "/odoo/track-templates/{crm_tracks.template_sales_follow_through}",
        ".o_form_view .o_field_widget[name=line_ids]",
        rtl=True,
        published={"light-desktop": "template.png"},
        crop=SHEET,
    ),
    Shot(
        "template_automated",
        "/odoo/track-templates/{crm_tracks.template_trade_fair}",
        ".o_form_view .o_field_widget[name=line_ids]",
    ),
    Shot(
        "trial",
        "/odoo/track-templates/{crm_tracks.template_sales_follow_through}",
        ".modal .o_track_preview_row",
        ("button[name=action_open_trial]",),
        rtl=True,
    ),
    Shot(
        "overview",
        "/odoo/track-overview",
        ".o_tracks_overview .o_kanban_record",
        rtl=True,
        published={"light-desktop": "overview.png"},
    ),
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
RIGHT_TO_LEFT = "ar_001"

STILL = """
    const style = document.createElement("style");
    style.textContent = `* { animation: none !important; transition: none !important;
        caret-color: transparent !important; scroll-margin-top: 8rem; }`;
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

    def test_rtl_desktop(self):
        self.take("rtl", "desktop")

    def test_light_phone(self):
        self.take("light", "phone")

    def test_dark_phone(self):
        self.take("dark", "phone")

    def test_rtl_phone(self):
        self.take("rtl", "phone")

    def take(self, look, device):
        """Take the requested pictures, or all of them."""
        names = os.environ.get("TRACKS_SCREENSHOTS", "").split()
        unknown = set(names) - {shot.name for shot in SHOTS}
        self.assertFalse(unknown, f"one of: {', '.join(s.name for s in SHOTS)}")
        OUTPUT.mkdir(parents=True, exist_ok=True)
        user = self.env.ref("base.user_admin")
        user.dark_mode = look == "dark"
        user.lang = RIGHT_TO_LEFT if look == "rtl" else "en_US"
        width, height, scale = DEVICES[device]
        self.browser_size = f"{width}x{height}"
        self.touch_enabled = device == "phone"
        browser = ChromeBrowser(self)
        self.addCleanup(browser.stop)
        with self.allow_requests(browser=browser):
            self.authenticate("admin", "admin", browser=browser)
            self.cr.flush()
            self.cr.clear()
            metrics = {"width": width, "height": height, "deviceScaleFactor": scale}
            browser._websocket_request(
                "Emulation.setDeviceMetricsOverride",
                params={**metrics, "mobile": device == "phone"},
            )
            for shot in SHOTS:
                if shot.name in (names or [shot.name]) and (shot.rtl or look != "rtl"):
                    with self.subTest(shot=shot.name):
                        self.shoot(browser, shot, f"{look}-{device}")
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
        self.settle(browser)
        top = shot.phone_top if way.endswith("-phone") else shot.top
        if top:
            self.evaluate(browser, f"{get_element(top)}.scrollIntoView()")
            self.settle(browser)
        picture = browser._websocket_request("Page.captureScreenshot")["data"]
        image = Image.open(BytesIO(base64.b64decode(picture))).convert("RGB")
        self.save(image, OUTPUT / f"{shot.name}-{way}.png")
        if os.environ.get("TRACKS_PUBLISH") and way in (shot.published or {}):
            if shot.crop and way.endswith("-desktop"):
                image = image.crop(self.get_box(browser, shot.crop, image.size))
            self.save(image, PUBLISHED / shot.published[way])

    def settle(self, browser):
        self.assertTrue(browser._wait_ready(SETTLED), "the page has settled")
        time.sleep(0.5)  # charts and popovers are drawn after loading

    def save(self, image, file):
        # 256 colours: a third of the size, without a visible difference
        image = image.quantize(256, dither=Image.Dither.NONE)
        image.save(file, optimize=True)
        print(f"{file.relative_to(ROOT)}  {file.stat().st_size // 1024} kB")

    def get_box(self, browser, selector, size):
        """The position of an element in the window: left, top, right, bottom."""
        box = json.loads(
            self.evaluate(
                browser,
                f"JSON.stringify({get_element(selector)}.getBoundingClientRect())",
            )
        )
        width, height = size
        return (
            max(0, int(box["left"])),
            max(0, int(box["top"])),
            min(width, math.ceil(box["right"])),
            min(height, math.ceil(box["bottom"])),
        )

    def wait_for(self, browser, selector):
        code = f"!!{get_element(selector)}"
        self.assertTrue(browser._wait_ready(code, timeout=20), selector)

    def evaluate(self, browser, code):
        answer = browser._websocket_request(
            "Runtime.evaluate", params={"expression": code}
        )
        return answer["result"].get("value")


def get_element(selector):
    """The JavaScript that finds an element."""
    return f"document.querySelector({json.dumps(selector)})"
