"""Two concurrent transactions on one track."""

from contextlib import ExitStack


class Meeting:
    """The expectations of the ``check_*`` methods."""

    def __init__(self, world):
        self.world = world

    def check(self):
        for name in dir(self):
            if name.startswith("check_"):
                getattr(self, name)()

    def cron(self):
        """One run of the cron, which must not raise.

        :return: whether it succeeded
        """
        try:
            self.world.cron()
        except Exception as error:
            self.world.expect("the cron does not raise", False, repr(error))
            return False
        return True

    def _act_before(self, model, method, act):
        """The person has committed when the cron comes to this method.

        :return: list of exceptions, as of ``World.act``
        """
        errors = []
        with self.world.hook(model, method, lambda: errors.extend(self.world.act(act))):
            self.cron()
        return errors

    def _begin_after(self, model, method, act):
        """The person begins while the cron holds locks, and may have to wait.

        :return: list of exceptions, as of ``World.act``
        """
        with ExitStack() as stack:
            errors = []

            def begin():
                errors.append(stack.enter_context(self.world.meanwhile(act)))

            with self.world.hook(model, method, begin, "after"):
                self.cron()
        return errors[0] if errors else [ValueError("the cron did not come so far")]

    def wait(self, first, second):
        """Ann carries out the first change, and Bob waits for her locks.

        :return: list of exceptions, as of ``World.act``
        """
        with ExitStack() as stack:
            with self.world.connection(self.world.ann) as env:
                first(env)
                env.cr.flush()
                errors = stack.enter_context(
                    self.world.meanwhile(second, self.world.bob)
                )
        return errors

    def read_before(self, first, second):
        """The second transaction reads the database before the first one commits."""
        attempts = []

        def read_first(env):
            attempts.append(env.cr.now())
            if len(attempts) == 1:
                self.world.act(first)
            second(env)

        return self.world.act(read_first, self.world.bob)
