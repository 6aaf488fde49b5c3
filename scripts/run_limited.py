"""Programs that end within their time, whatever they do, and with them all that they have started."""
import os
import signal
import subprocess
import time


def stop(process):
    """Ends a program that leads a session of its own, and all that it has started there."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def run_together(commands, seconds, end, at_once=1):
    """Runs {name: (command, log)}, a few at once and each for `seconds` at most; gives (name, status, log's text, seconds) of
    each as it ends. The status is None for those that did not end within their time; after `end` (of time.monotonic) none is
    begun."""
    waiting, running = list(commands), {}
    try:
        while running or (waiting and time.monotonic() < end):
            while waiting and len(running) < at_once and time.monotonic() < end:
                name = waiting.pop(0)
                command, log = commands[name]
                with log.open('w') as f:
                    try:
                        process = subprocess.Popen([str(c) for c in command], stdout=f, stderr=subprocess.STDOUT,
                                                   start_new_session=True)
                    except OSError as e:  # the program is not there
                        yield name, 127, str(e), 0.0
                        continue
                running[name] = process, time.monotonic()
            time.sleep(0.05)
            for name, (process, begun) in list(running.items()):
                status, now = process.poll(), time.monotonic()
                if status is not None or now > min(end, begun + seconds):
                    stop(process)
                    del running[name]
                    yield name, status, commands[name][1].read_text(errors='replace'), now - begun
    finally:
        for process, _ in running.values():
            stop(process)
