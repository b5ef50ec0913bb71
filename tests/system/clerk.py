"""A clerk who has both certificates issued, follows the story and types the PINs asked for."""

import json

from pins import asked_for

ISSUE = ["issue", "--reader", "counter", "--kinds", "auth,signature"]


class Clerk:
    """With the PINs of the card in his hands, by kind."""

    def __init__(self, daemon, pins):
        self.daemon = daemon
        self.story = []
        self.typed = 0  # PINs that were given.
        self._pins = pins

    def issue(self, at=None, do=None, code=0, request_id="clerk"):
        """To the end, over the daemon's own; the story. The first time that `at` is true of an
        event `do` is called, before anything is typed: this event must come."""
        done = []

        def see(line):
            if at is not None and not done and at(line):
                done.append(line)
                do()
            self._see(line)

        self.story = []
        self.daemon.jpkictl(*ISSUE, "--request-id", request_id, "-o", "jsonl", code=code,
                            on_event=see)
        assert at is None or done, "no such event"
        return self.story

    def finish(self):
        """Watches the operation there is, from its first event; the last one."""
        self.story = []
        self.daemon.jpkictl("operation", "watch", self.operation()["name"], "-o", "jsonl",
                            code=None, on_event=self._see)
        return self.story[-1]

    def operation(self):
        return json.loads(self.daemon.jpkictl("operation", "list", "-o", "json"))["operations"][0]

    def expect_whole_story(self):
        """To its good end, with no event lost or told twice."""
        assert "completed" in self.story[-1], self.story[-1]
        assert [line["sequence"] for line in self.story] == [
            str(n + 1) for n in range(len(self.story))]

    def _see(self, line):
        self.story.append(line)
        if line.get("waiting", {}).get("waiting_for") != "FOR_PIN":
            return
        # What an earlier event asked for may have been given, or be asked for anew.
        asked = [one["input_id"] for one in line["waiting"]["inputs"]]
        operation = self.operation()
        pending = [one for one in operation.get("pending_inputs", []) if one["input_id"] in asked]
        for kind in asked_for(pending):
            # After a restart that is refused which the daemon has not asked for anew yet.
            taken = self.daemon.jpkictl("operation", "input", operation["name"], "-o", "json",
                                        pins={kind: self._pins[kind]}, code=None)
            self.typed += 1 if taken else 0
