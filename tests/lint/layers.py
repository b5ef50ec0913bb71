"""Holds tests/lint/layers.txt: fails on every #include that the table forbids."""

import dataclasses
import pathlib
import re
import sys

import tree

_INCLUDE = re.compile(r'\s*#\s*include\s*(?:"(?P<own>[^"]+)"|<(?P<vendor>[^>]+)>)')
# C, POSIX and Linux: open to every room. C++'s own headers have neither suffix nor slash.
_SYSTEM = re.compile(
    r"[a-z_0-9]+|(sys|linux|netinet|arpa|net)/\w+\.h|"
    r"(ctype|dirent|dlfcn|errno|fcntl|fnmatch|getopt|glob|grp|inttypes|langinfo|limits|locale|math|"
    r"poll|pthread|pwd|sched|signal|spawn|stddef|stdint|stdio|stdlib|string|syslog|termios|time|"
    r"unistd|wchar)\.h")


@dataclasses.dataclass
class Layers:
    rooms: dict = dataclasses.field(default_factory=dict)  # folder → (level, doors)
    pairs: set = dataclasses.field(default_factory=set)
    only: dict = dataclasses.field(default_factory=dict)
    homes: dict = dataclasses.field(default_factory=dict)

    def room_of(self, path):
        folder = pathlib.PurePath(path).parent
        for candidate in (folder, *folder.parents):
            if str(candidate) in self.rooms:
                return str(candidate)
        return None


def read_table(path):
    layers = Layers()
    for number, line in enumerate(tree.lines(path), 1):
        match line.partition("#")[0].split():
            case []:
                pass
            case ["room", folder, level, *doors]:
                layers.rooms[folder] = (int(level), doors)
            case ["pair", user, used]:
                layers.pairs.add((user, used))
            case ["only", folder, *users] if users:
                layers.only[folder] = users
            case ["home", prefix, *rooms] if rooms:
                layers.homes[prefix] = rooms
            case _:
                raise ValueError(f"{path}:{number}: not a row of the table: {line}")
    return layers


def _within(room, folders):
    return any(f == "*" or room == f or room.startswith(f + "/") for f in folders)


def _own_header(layers, user, header):
    """Why room `user` may not include our own `header`, or None."""
    used = layers.room_of(header)
    if header.startswith("absl/") or used == user:
        return None
    if used is None:
        return f'"{header}" is in no room of layers.txt'
    if _within(user, ["tests"]):
        return None
    level, doors = layers.rooms[used]
    if (user, used) not in layers.pairs and layers.rooms[user][0] <= level:
        return f"{user} (level {layers.rooms[user][0]}) may not include {used} (level {level})"
    for folder, users in layers.only.items():
        if _within(used, [folder]) and not _within(user, users):
            return f"{folder} is only for {', '.join(users)}"
    if _within(user, [used]):  # A room in a room sees its inside.
        return None
    if "*" not in doors and str(pathlib.PurePath(header).relative_to(used)) not in doors:
        return f"{header} is not a door of {used} ({', '.join(doors) or 'it has none'})"
    return None


def _vendor_header(layers, user, header):
    """Why room `user` may not include a vendor's `header`, or None."""
    homes = [prefix for prefix in layers.homes if header.startswith(prefix)]
    if not homes:
        return None if _SYSTEM.fullmatch(header) else f"<{header}> has no home in layers.txt"
    rooms = layers.homes[max(homes, key=len)]
    return None if _within(user, rooms) else f"<{header}> is only for {', '.join(rooms)}"


def check_file(layers, root, path):
    """A list of violations: file:line: rule."""
    user = layers.room_of(path)
    if user is None:
        return [f"{path}:1: the file is in no room of layers.txt"]
    found = []
    for number, line in enumerate(tree.lines(root / path), 1):
        include = _INCLUDE.match(line)
        if not include:
            continue
        if include["own"]:
            reason = _own_header(layers, user, include["own"])
        else:
            reason = _vendor_header(layers, user, include["vendor"])
        if reason:
            found.append(f"{path}:{number}: {reason}")
    return found


def check_tree(layers, root):
    return [v for path in tree.files(root, ".cc", ".h") for v in check_file(layers, root, path)]


if __name__ == "__main__":
    table = read_table(tree.ROOT / "tests/lint/layers.txt")
    sys.exit(tree.report(check_tree(table, tree.ROOT)))
