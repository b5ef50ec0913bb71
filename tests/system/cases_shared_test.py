"""Many cases through two daemons on one PostgreSQL, one of them killed at random: every case ends
once, and the authority's book is what is on the cards.

JPKID_CASES says how many (24); JPKID_CLOSINGS, how often a counter stays closed for so long that
the other one takes over what it left (1)."""

import concurrent.futures
import json
import os
import random
import time

from citizen import crowd
from postgresql import Postgresql
from simca import SimCa
from town import Town

COUNT = int(os.environ.get("JPKID_CASES", "24"))
CLOSINGS = int(os.environ.get("JPKID_CLOSINGS", "1"))
AT_ONCE = 6  # Citizens; the counters have four terminals.
LIFE = (3.0, 12.0)  # Seconds between two kills.
LOOK = 0.1  # Seconds between two looks at how far they are.
UNDER_WAY = ("STATE_RUNNING", "STATE_WAITING")
CLOSED = 100.0  # Seconds; a daemon that is silent for 60 has lost its operations.
SEED = int(os.environ.get("JPKID_SEED", time.time_ns() % 1000000))


def serve_all(citizens):
    """The futures of all citizens, some of whom are in the town at once."""
    pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE)
    futures = [pool.submit(citizen.serve) for citizen in citizens]
    pool.shutdown(wait=False)
    return futures


def is_at_work(town, citizens, counter):
    """Whether the counter has identified the card of an operation that is not over: only such a
    one is taken over where its card turns up."""
    _, output = town.other(counter).ask("operation", "list", "--limit", "100000", "-o", "json")
    under_way = {one["case"] for one in json.loads(output)["operations"]
                 if one["card_serial"] and one["state"] in UNDER_WAY}
    return any(one.counter is counter and one.case_name in under_way for one in citizens)


def wait_for_any(futures, seconds):
    """The ones that are not done after that time, or when one fails."""
    done, others = concurrent.futures.wait(futures, seconds, concurrent.futures.FIRST_EXCEPTION)
    for future in done:
        future.result()
    return others


def close_for_long(town, citizens, futures):
    """A counter dies over an operation and stays closed until the other one has taken that over.
    Whether it has: it has not where all is done before, or the operation was just over."""
    victim = random.choice(town.counters)
    victim.pause()
    while not is_at_work(town, citizens, victim):
        if not wait_for_any(futures, LOOK):
            return False
    victim.kill()
    found = is_at_work(town, citizens, victim)
    if found:
        victim.closed.set()
        wait_for_any(futures, CLOSED)
        victim.closed.clear()
    victim.start()
    return found


def kill_until_done(town, citizens, futures):
    """A random counter again and again; some of them stay closed for long. How many did."""
    closings = 0
    next_kill = time.monotonic() + random.uniform(*LIFE)
    while others := wait_for_any(futures, LOOK):
        # The closings come while many are still to be served.
        served = len(futures) - len(others)
        if closings < CLOSINGS and served * 2 * CLOSINGS >= (closings + 0.25) * len(futures):
            closings += close_for_long(town, citizens, others)
        elif time.monotonic() > next_kill:
            victim = random.choice(town.counters)
            victim.kill()
            victim.start()
        else:
            continue
        next_kill = time.monotonic() + random.uniform(*LIFE)
    return closings


def check_cases(town, citizens):
    """Each completed, by one operation; how many operations failed on the way."""
    counter = town.counters[0]
    code, output = counter.ask("case", "list", "--all", "-o", "jsonl")
    cases = [json.loads(line) for line in output.splitlines()]
    assert code == 0 and len(cases) == len(citizens)
    assert {case["name"] for case in cases} == {citizen.case_name for citizen in citizens}
    code, output = counter.ask("operation", "list", "--limit", "100000", "-o", "json")
    operations = json.loads(output)["operations"]
    succeeded = [one["name"] for one in operations if one["state"] == "STATE_SUCCEEDED"]
    assert sorted(succeeded) == sorted(case["operation"] for case in cases)
    assert {one["state"] for one in operations} <= {"STATE_SUCCEEDED", "STATE_FAILED"}
    for case in cases:
        acts = [act["act"] for act in case["history"]]
        assert case["state"] == "STATE_COMPLETED", case
        assert acts.count("create") == 1 and acts.count("complete") == 1, case
        assert acts.count("run") == 1 + acts.count("fail"), case
        assert acts.count("mail-inquiry") == acts.count("present-reply") <= 1, case
    return [one["failure"]["reason"] for one in operations if one["state"] == "STATE_FAILED"]


def check_book(authority, citizens):
    """One valid certificate of each kind for each card, the one that is on it."""
    on_cards = [citizen.on_card() for citizen in citizens]
    for kind in ("auth", "signature"):
        valid = authority.valid(kind)
        assert all(row["confirmed"] for row in valid), kind
        assert (sorted(row["serial"].upper() for row in valid)
                == sorted(card[f"{kind} serial"] for card in on_cards)), kind
        assert {card[f"{kind}, pending"] for card in on_cards} == {"none"}, kind
        assert len(valid) == len(citizens)


def test_every_case_ends_once(tmp_path):
    random.seed(SEED)
    with Postgresql() as server, SimCa(tmp_path) as authority:
        stores = server.new_database("cases"), server.new_database("cmp")
        with Town(str(tmp_path), stores[0], authority, stores[1]) as town:
            citizens = crowd(town, str(tmp_path), COUNT)
            start = time.monotonic()
            closings = kill_until_done(town, citizens, serve_all(citizens))
            seconds = time.monotonic() - start
            failed = check_cases(town, citizens)
            logs = [counter.log() for counter in town.counters]
            kills = sum(counter.kills for counter in town.counters)
        check_book(authority, citizens)
        book = len(authority.book())
    taken_over = sum(log.count("is taken over") for log in logs)
    print(f"{COUNT} cases in {seconds:.0f} s, {COUNT * 3600 / seconds:.0f} an hour; {kills} kills, "
          f"{closings} long; {taken_over} operations taken over, failed and run anew: {failed}; "
          f"{book} certificates made, {2 * COUNT} in force; seed {SEED}")
    assert kills > 0 and closings == CLOSINGS and taken_over >= closings
