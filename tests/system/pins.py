"""PINs on their way to a program: by descriptor, never as arguments or in the environment."""

import contextlib
import os


@contextlib.contextmanager
def by_descriptor(pins, lines=1):
    """The options that hand `pins` to a program, and the descriptors that it must inherit. `pins`
    maps "auth" and "signature", or "" for --pin-fd, to PINs, each of which is there `lines` times:
    as often as it may be asked for."""
    options, passed = [], []
    try:
        for kind, pin in (pins or {}).items():
            reading, writing = os.pipe()
            passed.append(reading)
            with os.fdopen(writing, "w", encoding="utf-8") as pipe:
                pipe.write(f"{pin}\n" * lines)
            options += [f"--{kind}-pin-fd" if kind else "--pin-fd", str(reading)]
        yield options, passed
    finally:
        for reading in passed:
            os.close(reading)


def asked_for(inputs):
    """Of which kinds PINs are among what an operation waits for."""
    return [one["pin"]["pin"].removeprefix("PIN_KIND_").lower() for one in inputs if "pin" in one]
