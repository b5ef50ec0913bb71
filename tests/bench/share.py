#!/usr/bin/python3
"""jpki-bench share: clients that share one reader, through jpkid and through pcscd directly.

Each client is a process. A round measures every route one after the other with the same clients,
so that only ratios within a round are compared; the median of the rounds counts.

routes: transmit  SCardTransmit on a shared connection, no transaction
        pcscd     scripts in transactions, as well-behaved PC/SC programs do
        jpkid     scripts as messages of an OpenSession stream, the reader behind pcscd
        process   the same, the card in the daemon's process
        unary     one unary call, two commands, the card in the daemon's process

With an instant card it also says what a crowd of clients that are connected and do nothing costs
the daemon, each.
"""

import argparse
import contextlib
import json
import os
import select
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))

from pcscd_daemon import die_with_parent  # noqa: E402
from pcscd_stack import PcscdStack, StackUnavailable  # noqa: E402

BENCH = os.environ.get("JPKID_BENCH", "")
PATIENCE = 60.0
CONFIG = """
readers {{ {readers} alias {{ name: 'bench' driver_name: '{driver}' }} }}
grant {{ uid: {uid} role: OBSERVER role: CLERK role: RAW_APDU }}
limits {{ most_waiting: 1000 }}
log_level: WARNING
"""


def program(name):
    return os.path.join(os.path.dirname(BENCH), name)


class Process:
    """A program that says a line when it is ready, and is ended with the bench."""

    def __init__(self, words, environment):
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
            preexec_fn=die_with_parent(15),
        )

    def await_line(self):
        if not select.select([self._process.stdout], [], [], PATIENCE)[0]:
            raise TimeoutError(self._process.args)
        if not self._process.stdout.readline():
            raise RuntimeError(f"ended: {self._process.args}")

    def go(self):
        self._process.stdin.write(b"go\n")
        self._process.stdin.flush()

    def memory(self):
        """Kibibytes in use."""
        with open(f"/proc/{self._process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def results(self, timeout):
        output, _ = self._process.communicate(timeout=timeout)
        if self._process.returncode:
            raise RuntimeError(f"failed: {self._process.args}")
        return [int(line) for line in output.split()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(PATIENCE)


class Place:
    """The same card three times: behind pcscd, behind pcscd and a daemon, in a daemon."""

    def __init__(self, stack, directory, real_time, exits):
        self._stack, self._directory, self._exits = stack, directory, exits
        self.daemons = {}
        options = ["--real-time"] if real_time else []
        for index, name in enumerate(("pcscd", "jpkid")):
            self._start([program("jpki-simcard"), "run", "--card", self._card(name), "--vpcd",
                         stack.vpcd[index], *options])
        sim = "true" if real_time else "false"
        self.targets = {
            "transmit": stack.readers[0],
            "pcscd": stack.readers[0],
            "jpkid": self._daemon("jpkid", "pcsc {}", stack.readers[1]),
            "process": self._daemon(
                "process", f"simulated {{ real_time: {sim} reader {{ name: 'Simulated 00' "
                f"card_file: '{self._card('process')}' }} }}", "Simulated 00"),
        }
        self.targets["unary"] = self.targets["process"]

    def _card(self, name):
        path = os.path.join(self._directory, name + ".bin")
        if not os.path.exists(path):
            subprocess.run([program("jpki-simcard"), "create", "--out", path], check=True,
                           timeout=PATIENCE, stdout=subprocess.DEVNULL)
        return path

    def _start(self, words):
        process = self._exits.enter_context(Process(words, self._stack.environment()))
        process.await_line()
        return process

    def _daemon(self, name, readers, driver):
        config = os.path.join(self._directory, name + ".textproto")
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(readers=readers, driver=driver, uid=os.getuid()))
        data = os.path.join(self._directory, name)
        self.daemons[name] = self._start([program("jpkid"), "--config", config, "--data-dir", data])
        return f"unix:{data}/jpkid.sock"

    def run(self, route, clients, batch, think_ms, seconds):
        """What each client's scripts took, in microseconds; below 0: ended too late."""
        command = [BENCH, "share-client", "stream" if route in ("jpkid", "process") else route,
                   self.targets[route], str(batch), str(think_ms), str(seconds)]
        with contextlib.ExitStack() as exits:
            started = [exits.enter_context(Process(command, self._stack.environment()))
                       for _ in range(clients)]
            for client in started:
                client.await_line()
            for client in started:
                client.go()
            return [client.results(PATIENCE + 20 * seconds) for client in started]


    def crowd(self, clients):
        """The daemon's memory for each of so many clients that are connected, in kibibytes."""
        command = [BENCH, "share-client", "crowd", self.targets["process"], str(clients), "0", "0"]
        before = self.daemons["process"].memory()
        with Process(command, self._stack.environment()) as crowd:
            crowd.await_line()
            return (self.daemons["process"].memory() - before) / clients


def percentile(values, part):
    return values[min(len(values) - 1, int(part * len(values)))] if values else 0


def figures(results, commands, seconds):
    """Of one run of one route."""
    counts = [sum(1 for each in client if each > 0) for client in results]
    took = sorted(abs(each) for client in results for each in client)
    square = sum(count * count for count in counts)
    return {
        "commands_per_s": sum(counts) * commands / seconds,
        "per_client_min": min(counts),
        "per_client_max": max(counts),
        "min_over_max": min(counts) / max(counts) if max(counts) else 0.0,
        "jain": sum(counts) ** 2 / (len(counts) * square) if square else 0.0,
        "p50_us": percentile(took, 0.50),
        "p99_us": percentile(took, 0.99),
        "p999_us": percentile(took, 0.999),
        "worst_us": took[-1] if took else 0,
    }


def measure(place, case, rounds):
    """The medians of all routes over the rounds, and the ratios to the first route's."""
    runs = {route: [] for route in case["routes"]}
    for _ in range(rounds):
        for route in case["routes"]:
            results = place.run(route, case["clients"], case["batch"], case["think_ms"],
                                case["seconds"])
            commands = 2 if route == "unary" else case["batch"]
            runs[route].append(figures(results, commands, case["seconds"]))
    answer = dict(case, rounds=rounds, figures={}, ratios={})
    first = runs[case["routes"][0]]
    for route, each in runs.items():
        answer["figures"][route] = {
            name: statistics.median(run[name] for run in each) for name in each[0]
        }
        for name in ("commands_per_s", "p50_us", "p99_us"):
            ratios = [run[name] / base[name] for run, base in zip(each, first) if base[name]]
            middle = statistics.median(ratios)
            answer["ratios"].setdefault(route, {})[name] = middle
            spread = (max(ratios) - min(ratios)) / middle if middle else 0.0
            answer["ratios"][route][name + "_spread"] = spread
    return answer


def cases(arguments):
    """What is measured: realistic timing with thinking; an instant card without."""
    clients = arguments.clients or [1, 2, 4, 8, 16, 64]
    batches = arguments.batch or ([1, 5, 16] if arguments.full else [5])
    seconds = arguments.seconds
    for timing in arguments.timing:
        real = timing == "realistic"
        for count in clients:
            for batch in batches if real else arguments.batch or [1, 5, 16]:
                routes = ["pcscd", "jpkid"] if real else ["pcscd", "jpkid", "process"]
                if count == 1 and not real:
                    routes = ["transmit", *routes] + (["unary"] if batch == 1 else [])
                if not real and count > 1 and not arguments.full and batch != 5:
                    continue
                yield {"timing": timing, "clients": count, "batch": batch, "routes": routes,
                       "think_ms": 50 if real else 0,
                       "seconds": seconds or (10 if real or count > 1 else 2)}


def show(answer):
    if answer["timing"] == "crowd":
        print(f"{answer['clients']} clients connected at once: {answer['kib_each']:.1f} KiB each")
        return
    print(f"{answer['timing']}, {answer['clients']} clients, {answer['batch']} commands a script,"
          f" {answer['think_ms']} ms of thinking, {answer['rounds']} rounds")
    for route, each in answer["figures"].items():
        ratio = answer["ratios"][route]
        print(f"  {route:9} {each['commands_per_s']:10.1f} commands/s"
              f" (x{ratio['commands_per_s']:.2f} ±{ratio['commands_per_s_spread'] / 2:.2f})"
              f"  min/max {each['min_over_max']:.3f}"
              f"  Jain {each['jain']:.3f}  p50 {each['p50_us']:.0f}  p99 {each['p99_us']:.0f}"
              f"  p99.9 {each['p999_us']:.0f}  worst {each['worst_us']:.0f} us")
    sys.stdout.flush()


def numbers(text):
    return [int(each) for each in text.split(",")]


def main():
    parser = argparse.ArgumentParser(
        prog="jpki-bench share", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", choices=["text", "json"], default="text")
    parser.add_argument("--full", action="store_true", help="every combination, 7 rounds")
    parser.add_argument("--clients", type=numbers, help="how many: 1,2,4,8,16,64")
    parser.add_argument("--batch", type=numbers, help="commands a script: 1,5,16")
    parser.add_argument("--timing", type=lambda text: text.split(","),
                        default=["realistic", "instant"], help="realistic,instant")
    parser.add_argument("--seconds", type=int, help="of one run of one route")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--crowd", type=int, default=1000, help="connected at once; 0: none")
    arguments = parser.parse_args()
    answers = []
    for timing in arguments.timing:
        with contextlib.ExitStack() as exits:
            directory = exits.enter_context(tempfile.TemporaryDirectory(prefix="jpki-bench-"))
            stack = exits.enter_context(PcscdStack(readers=2))
            place = Place(stack, directory, timing == "realistic", exits)
            for case in cases(arguments):
                if case["timing"] != timing:
                    continue
                rounds = arguments.rounds or (7 if arguments.full or case["seconds"] < 5 else 1)
                answers.append(measure(place, case, rounds))
                if arguments.output == "text":
                    show(answers[-1])
            if timing == "instant" and arguments.crowd:
                answers.append({"timing": "crowd", "clients": arguments.crowd,
                                "kib_each": place.crowd(arguments.crowd)})
                if arguments.output == "text":
                    show(answers[-1])
    if arguments.output == "json":
        json.dump(answers, sys.stdout, indent=2)
        print()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StackUnavailable as failure:
        print(f"jpki-bench share: {failure}", file=sys.stderr)
        sys.exit(69)
