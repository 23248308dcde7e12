"""How a defect is defined."""

from unittest.mock import patch

SABOTAGES = {}


def sabotage(function):
    """Register a function of the environment that returns the patch."""
    SABOTAGES[function.__name__.replace("_", "-")] = function
    return function


def replace(env, model, method):
    """Patch a method with the decorated function, which receives the original one."""
    cls = env.registry[model]
    original = getattr(cls, method)

    def decorate(function):
        def replacement(self, *args, **kwargs):
            return function(original, self, *args, **kwargs)

        return patch.object(cls, method, replacement)

    return decorate
