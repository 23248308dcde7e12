import re
from pathlib import Path

from odoo.tests import get_db_name, tagged

from .test_rpc import RpcCase

PAGE = Path(__file__).parents[2] / "docs" / "other_systems.md"


@tagged("post_install", "-at_install")
class TestExamples(RpcCase):
    """Runs the examples of the documentation for other systems."""

    def test_every_example_of_the_page_runs(self):
        if not PAGE.exists():
            self.skipTest("the addon was installed without its repository")
        settings, *examples = re.findall(
            r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL
        )
        self.assertIn("API_KEY", settings)
        self.assertGreater(len(examples), 8)
        # sudo: a key without expiration, because the clock is frozen
        apikeys = self.env["res.users.apikeys"].with_user(self.manager).sudo()
        namespace = {
            "HOST": "127.0.0.1",
            "PORT": self.http_port(),
            "DATABASE": get_db_name(),
            "LOGIN": self.manager.login,
            "API_KEY": apikeys._generate("rpc", "test", None),
        }
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        self.env.flush_all()
        for number, example in enumerate(examples, start=1):
            self.env.cr.clear()
            with self.subTest(example=number), self.allow_requests(all_requests=True):
                # the documentation page is part of the repository
                exec(example, namespace)  # pylint: disable=exec-used
