class TooOldToTell(Exception):
    """What a transaction found is not for the cache that all transactions share.

    It began before the cache was last empty: others may have changed something since.
    """
