"""Become the program to run, in the same process: ``launch.py PARENT SIGNAL USER MASK PROGRAM ARGUMENTS…``.

The process that executes this file stays a direct child of the supervisor. Before it becomes the program it takes the
named user (``-`` keeps the present one), asks the kernel for SIGNAL when the thread that made it dies, sets the umask
MASK (octal, ``-`` keeps it) and puts back signals the supervisor may have set aside. Standard library only: it runs
without site packages, still as root.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Never returns: the program takes over, or the process ends with 127."""
    parent, number, user, mask, program, *arguments = sys.argv[1:]
    if user != "-":
        entry = pwd.getpwnam(user)
        os.initgroups(user, entry.pw_gid)
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
        os.environ.update(HOME=entry.pw_dir, USER=user, LOGNAME=user)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(name, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    # After the change of user: taking another identity clears the wish.
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != int(parent):
        # The parent died before the wish was heard.
        sys.exit(127)
    if mask != "-":
        os.umask(int(mask, 8))
    os.execv(program, [program, *arguments])  # noqa: S606 - exactly this program, no shell


if __name__ == "__main__":
    main()
