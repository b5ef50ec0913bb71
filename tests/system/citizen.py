"""A citizen of the town, and the clerks who serve him: an application taken at one counter, and
continued at whichever serves, until the certificates are on the card."""

import json
import os
import random
import time

import simcard
from pcscd_daemon import PATIENCE

PINS = {"auth": "4711", "signature": "FORM5ANSWER"}
BIRTH_DATE = "1980-02-17"
VISIT_1 = "HOLDER_CARD,PROXY_PHOTO_ID"
VISIT_2 = "HOLDER_CARD,SEALED_REPLY_FORM,PROXY_PHOTO_ID"
LONGEST = 900.0  # Seconds for one citizen, whatever is killed.


class Citizen:
    """Every second one sends a proxy, who comes twice."""

    def __init__(self, town, directory, number):
        self._town = town
        self._number = number
        self._card = os.path.join(directory, f"card-{number}.bin")
        self._counter = None
        self._terminals = {}  # By counter: where the card was for the operation at hand.
        self._runs = 0
        self._steps = 0
        self._case = None

    def serve(self):
        """Until the case is completed."""
        simcard.create(self._card, "--birth-date", BIRTH_DATE)
        deadline = time.monotonic() + LONGEST
        try:
            self._apply()
            while self._look() != "COMPLETED":
                assert time.monotonic() < deadline, self._case
                self._next_step()
        finally:
            self._leave()

    def on_card(self):
        """What jpki-simcard says of the card, by name."""
        return simcard.show(self._card)

    @property
    def case_name(self):
        return self._case and self._case["name"]

    @property
    def counter(self):
        """Where the card lies."""
        return self._counter

    def _leave(self):
        if self._counter is not None:
            self._terminals[self._counter].take()
        self._counter = None

    def _go_to(self, counter):
        """The card lies on a terminal of that counter; on the same as before, if it has been."""
        if counter is self._counter:
            return
        self._leave()
        known = self._terminals.get(counter)
        terminals = [known] if known else random.sample(counter.terminals, len(counter.terminals))
        free = next((one for one in terminals if one.put(self._card)), None)
        if free is None:
            free = terminals[0]
            assert free.put(self._card, LONGEST), f"{free.name} never gets free"
        self._counter = counter
        self._terminals[counter] = free

    @property
    def _reader(self):
        return self._terminals[self._counter].name

    def _apply(self):
        """The same request, wherever it is made, until somebody has taken it."""
        proxy = ["--applicant", "voluntary-proxy", "--checked", VISIT_1]
        checked = proxy if self._number % 2 else ["--checked", "HOLDER_CARD"]
        deadline = time.monotonic() + LONGEST
        while self._case is None:
            assert time.monotonic() < deadline, self._number
            self._go_to(self._town.some_counter())
            self._case = self._ask(
                self._counter, "case", "create", "--operation", "issue", "--first-issue",
                "--birth-date", BIRTH_DATE, "--reader", self._reader, *checked,
                "--request-id", f"citizen-{self._number}")
        self._leave()

    def _ask(self, counter, *arguments):
        """The answer as JSON; nothing where it failed, for whatever reason."""
        code, output = counter.ask(*arguments, "-o", "json")
        if code != 0:
            counter.serves.wait(PATIENCE / 10)
            return None
        return json.loads(output)

    def _look(self):
        case = self._ask(self._town.some_counter(), "case", "show", self._case["name"])
        if case is not None:
            self._case = case
        return self._case["state"].removeprefix("STATE_")

    def _next_step(self):
        state = self._case["state"].removeprefix("STATE_")
        if state in ("READY", "IN_PROGRESS"):
            self._run(anew=state == "READY")
            return
        step = {"RECEIVED": ["mail-inquiry"],
                "INQUIRY_MAILED": ["present-reply", "--presenter", "voluntary-proxy", "--checked",
                                   VISIT_2]}[state]
        # The etag makes sure that it is done once; a request that was cut off is not asked again.
        self._steps += 1
        self._ask(self._town.some_counter(), "case", step[0], self._case["name"], *step[1:],
                  "--etag", self._case["etag"],
                  "--request-id", f"citizen-{self._number}-step-{self._steps}")

    def _run(self, anew):
        """Follows the operation to its end. Where nothing comes of it the card is carried to the
        other counter, which takes it over when this one's daemon has been gone for long."""
        if anew:
            self._leave()
            self._runs += 1
            self._terminals.clear()
            self._go_to(self._town.some_counter())
        code, _ = self._counter.ask(
            "case", "run", self._case["name"], "--reader", self._reader, "--request-id",
            f"citizen-{self._number}-run-{self._runs}", "-o", "jsonl", pins=PINS,
            patience=4 * PATIENCE)
        left_alone = code < 0
        if left_alone or not self._counter.serves.wait(PATIENCE / 4):
            self._go_to(self._town.other(self._counter))


def crowd(town, directory, count):
    """In no order."""
    citizens = [Citizen(town, directory, number) for number in range(count)]
    random.shuffle(citizens)
    return citizens
