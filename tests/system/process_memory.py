"""What the system tells of the memory of a process."""

import re

# Only a sanitizer's shadow memory is as large as this, and it holds no data of the program.
_SHADOW = 1 << 34


def mappings(pid):
    """Each writable mapping: its line in /proc/PID/maps, and its octets."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(
            f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if match is None:
                continue
            start, end = (int(text, 16) for text in match.groups())
            if end - start >= _SHADOW:
                continue
            try:
                memory.seek(start)
                content = memory.read(end - start)
            except OSError:
                continue  # A mapping without pages, such as [vvar].
            yield line.strip(), content


def resident(pid):
    """Kibibytes in use."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def is_sanitized(pid):
    """Whether it was built with a sanitizer, which keeps what was freed for a while."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
        return re.search(r"lib[at]san", maps.read()) is not None
