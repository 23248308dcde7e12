"""Exit with 0 when the given address answers with 200 within two seconds."""

import sys
import urllib.error
import urllib.request

try:
    sys.exit(urllib.request.urlopen(sys.argv[1], timeout=2).status != 200)
except (urllib.error.URLError, OSError):
    sys.exit(1)
