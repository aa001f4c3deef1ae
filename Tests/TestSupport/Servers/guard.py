"""Runs a server in a process group of its own, which is killed when standard input ends: with the tests, however they
end; a folder of it goes with it. guard.py FOLDER PROGRAM ARGUMENT..., with an empty name for no folder."""
import os
import shutil
import signal
import subprocess
import sys
import threading

child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, start_new_session=True)


def end():
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def watch():
    sys.stdin.buffer.read()
    end()


threading.Thread(target=watch, daemon=True).start()
status = child.wait()
end()
if sys.argv[1]:
    shutil.rmtree(sys.argv[1], ignore_errors=True)
sys.exit(status if status >= 0 else 1)
