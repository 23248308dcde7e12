"""Real processes beside this one, forked as Odoo forks its own workers."""

import os
import select
import signal
import sys
import traceback

from odoo import sql_db

# The timeout in seconds for an expected state. It is no expectation about the speed of
# the machine.
PATIENCE = 120


class Worker:
    """A forked process, as Odoo's own workers are.

    :param function: the work; receives a function that sends a byte to the parent
    """

    def __init__(self, function):
        sql_db.close_all()  # connections must not be shared
        sys.stdout.flush()
        self.pipe, pipe = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(pipe)
            return
        code = 1
        try:
            function(lambda: os.write(pipe, b"."))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def wait_for_word(self, timeout=PATIENCE):
        """Wait until the worker has sent a byte, or has ended.

        :return: whether a byte was received
        """
        if not select.select([self.pipe], [], [], timeout)[0]:
            self.kill()
            sys.exit("A worker hangs.")
        return bool(os.read(self.pipe, 1))

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)

    def wait(self):
        """:return: its exit code, or the negative signal if it was killed"""
        _pid, status = os.waitpid(self.pid, 0)
        os.close(self.pipe)
        return os.waitstatus_to_exitcode(status)


def together(*functions):
    """Run these functions in one process each, starting at the same time.

    :return: their exit codes
    """
    read_end, write_end = os.pipe()

    def begin(function):
        os.close(write_end)
        os.read(read_end, 1)  # returns when all processes have closed the other end
        function()

    workers = [
        Worker(lambda say, function=function: begin(function)) for function in functions
    ]
    os.close(read_end)
    os.close(write_end)
    return [worker.wait() for worker in workers]
