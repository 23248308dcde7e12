import json

from odoo.tests.common import ChromeBrowser

CODES = {"Enter": 13, "Tab": 9, "Escape": 27, "ArrowDown": 40}
SHIFT = 8
# Wide enough for the chatter beside the form.
WINDOW = {"width": 1920, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
# Counts the dialogs that were ever opened.
WATCH = """
    window.openedDialogs = 0;
    new MutationObserver((changes) => {
        for (const {addedNodes} of changes) {
            for (const node of addedNodes) {
                if (node.matches?.(".modal") || node.querySelector?.(".modal")) {
                    window.openedDialogs += 1;
                }
            }
        }
    }).observe(document.body, {childList: true, subtree: true});
    true"""


class Typist:
    """A person at a real browser, whose clicks and keys are counted.

    Keys and clicks are those of the browser, not events of a script. Text that is typed
    is not counted.

    :ivar int count: how often the person clicked or pressed a key
    """

    def __init__(self, test, patience):
        self.test = test
        self.patience = patience
        self.count = 0
        self.browser = ChromeBrowser(test)
        test.addCleanup(self.browser.stop)
        self.request("Emulation.setDeviceMetricsOverride", WINDOW)

    def open(self, path, wait):
        """Open a page, and wait for an element of it."""
        self.browser.navigate_to(self.test.base_url() + path)
        self.wait_for("window.odoo?.isReady === true", path)
        self.see(wait)
        self.evaluate(WATCH)

    def leave(self):
        self.browser.navigate_to("about:blank")

    def see(self, selector):
        """Wait for an element."""
        self.wait_for(f"!!document.querySelector({json.dumps(selector)})", selector)

    def see_text(self, selector, text):
        """Wait until an element contains a text."""
        element = f"document.querySelector({json.dumps(selector)})"
        code = f"{element}?.textContent.includes({json.dumps(text)})"
        self.wait_for(code, f"{selector} {text}")

    def focus_is_in(self, selector):
        """Wait until the focus is within an element: what is typed comes there."""
        code = f"!!document.activeElement?.closest({json.dumps(selector)})"
        self.wait_for(code, f"the focus is in {selector}")

    def wait_for(self, code, what):
        if not self.browser._wait_ready(code, timeout=self.patience):
            focus = self.evaluate("document.activeElement?.outerHTML.slice(0, 300)")
            self.test.fail(f"{what}; the focus is in {focus}")

    def click(self, selector, text="", counts=True):
        """Click the first visible element of a selector that contains a text.

        :param bool counts: whether the click belongs to what is measured
        """
        selector, text = json.dumps(selector), json.dumps(text)
        element = f"""[...document.querySelectorAll({selector})].find(
            (one) => one.checkVisibility() && one.textContent.includes({text})
        )"""
        point = self.get_point(element, f"{selector} {text}")
        self.count += counts
        for kind in ("mousePressed", "mouseReleased"):
            self.request(
                "Input.dispatchMouseEvent",
                {"type": kind, "button": "left", "clickCount": 1, **point},
            )

    def get_point(self, element, what):
        """Wait until an element stands still, and return its middle."""
        before = None
        for _time in range(10):
            self.wait_for(f"!!({element})", what)
            box = self.evaluate(
                f"""(() => {{
                    const element = {element};
                    element?.scrollIntoView({{block: "nearest"}});
                    const box = element?.getBoundingClientRect();
                    return box ? [box.x + box.width / 2, box.y + box.height / 2] : null;
                }})()"""
            )
            if box and box == before:
                return {"x": box[0], "y": box[1]}
            before = box
        self.test.fail(f"{what} does not stand still")

    def type(self, text):
        """Type a text into the focused field."""
        self.request("Input.insertText", {"text": text})

    def press(self, key, times=1, modifiers=0):
        for _time in range(times):
            self.count += 1
            code = CODES.get(key) or ord(key.upper())
            params = {"key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
            text = {"Enter": "\r"}.get(key) or (key if len(key) == 1 else "")
            self.request(
                "Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **params}
            )
            self.request("Input.dispatchKeyEvent", {"type": "keyUp", **params})

    def evaluate(self, code):
        answer = self.request(
            "Runtime.evaluate", {"expression": code, "returnByValue": True}
        )
        return answer["result"].get("value")

    def request(self, method, params):
        return self.browser._websocket_request(
            method, params=params, timeout=self.patience
        )
