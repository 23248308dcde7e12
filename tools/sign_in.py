"""Sign in to an Odoo with demo data: login admin, password admin.

Usage: python tools/sign_in.py ADDRESS

Exits with 1 and a sentence when the login page does not answer or the login fails.
"""

import re
import sys
import urllib.error
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

# The first page may take long, because Odoo compiles its style sheets.
TIMEOUT = 120


def main(address):
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    page = open_page(opener, f"{address}/web/login")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if not token or 'name="password"' not in page:
        sys.exit(f"{address}/web/login has no login form.")
    print("The login page answers with 200 and its form.")
    form = {"csrf_token": token[1], "login": "admin", "password": "admin"}
    page = open_page(opener, f"{address}/web/login", urlencode(form).encode())
    if 'name="password"' in page or "odoo.__session_info__" not in page:
        sys.exit(f"{address} does not let admin in with the password admin.")
    print("The user admin is let in.")


def open_page(opener, address, data=None):
    """:return: str, the page, after redirections"""
    try:
        with opener.open(address, data, timeout=TIMEOUT) as response:
            return response.read().decode()
    except urllib.error.HTTPError as error:
        sys.exit(f"{address} answers with {error.code}.")
    except OSError as error:
        sys.exit(f"{address} does not answer: {error}.")


main(sys.argv[1].rstrip("/"))
