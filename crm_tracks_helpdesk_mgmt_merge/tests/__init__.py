from . import test_merging
