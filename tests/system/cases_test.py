"""A case over two visits with real processes: taken at one terminal, the letter, the daemon
replaced, completed at another terminal; then third parties use the card."""

import html.parser
import json
import os

import pytest

import simcard
from daemon import Jpkid
from opensc import Desk
from pcscd_stack import PcscdStack

PINS = {"auth": "4711", "signature": "FORM5ANSWER"}
HOLDER = {"name": "三田 花子", "address": "兵庫県三田市三輪2丁目1番1号",
          "birth_date": "1980-02-17", "sex": 2}
VISIT_1 = "HOLDER_CARD,PROXY_PHOTO_ID"
VISIT_2 = "HOLDER_CARD,SEALED_REPLY_FORM,PROXY_PHOTO_ID"
BOTH = ["CERTIFICATE_KIND_AUTH", "CERTIFICATE_KIND_SIGNATURE"]


class Counter:
    """A daemon with two terminals, a reader each, and one citizen's card."""

    def __init__(self, directory, stack, daemon):
        self.directory = directory
        self.stack = stack
        self.daemon = daemon
        self.card = directory / "card.bin"
        simcard.create(self.card, "--birth-date", HOLDER["birth_date"], "--name", HOLDER["name"],
                       "--address", HOLDER["address"])
        (directory / "holder.json").write_text(json.dumps(HOLDER), encoding="utf-8")

    def put_card(self, terminal):
        """The card on the reader of terminal 1 or 2: a context manager."""
        return simcard.SimCard(self.card, self.stack.vpcd[terminal - 1], str(self.directory))

    def case(self, *arguments, **options):
        """`jpkictl case …`, as JSON."""
        return json.loads(self.daemon.jpkictl("case", *arguments, "-o", "json", **options))

    def create(self, *more):
        """The first visit of a proxy at terminal 1."""
        return self.case(
            "create", "--operation", "issue", "--applicant", "voluntary-proxy", "--first-issue",
            "--reader", "terminal-1", "--holder", str(self.directory / "holder.json"), *more)

    def run(self, name):
        """The card's part of the second visit, at terminal 2; the story."""
        out = self.daemon.jpkictl("case", "run", name, "--reader", "terminal-2", "-o", "jsonl",
                                  pins=PINS, lines=9)
        return [json.loads(line) for line in out.splitlines()]


@pytest.fixture(name="counter")
def make_counter(tmp_path):
    with PcscdStack(readers=2) as stack:
        terminals = {"terminal-1": stack.readers[0], "terminal-2": stack.readers[1]}
        with Jpkid(tmp_path, terminals, stack.environment()) as daemon:
            yield Counter(tmp_path, stack, daemon)


class Tags(html.parser.HTMLParser):
    """Which elements and attributes a page has."""

    def __init__(self, page):
        super().__init__()
        self.open, self.seen, self.attributes = [], set(), set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def check_slip(counter, name, language, *parts):
    """The slip as text and as a page that stands alone; both say `parts`."""
    text = counter.daemon.jpkictl("--lang", language, "case", "slip", name)
    path = counter.directory / "slip.html"
    counter.daemon.jpkictl("--lang", language, "case", "slip", name, "--format", "html",
                           "--out", str(path))
    page = path.read_text(encoding="utf-8")
    tags = Tags(page)
    assert not tags.open
    assert not tags.attributes & {"src", "href", "onload"} and "script" not in tags.seen
    for part in (*parts, "TRAINING"):
        assert part in text.replace("\n", "") or part in text, (part, text)
        assert part in page, part
    for pin in PINS.values():
        assert pin not in text and pin not in page


def test_the_two_visits(counter):
    with counter.put_card(1):
        created = counter.create("--checked", VISIT_1)
    assert created["state"] == "STATE_RECEIVED"
    name, serial = created["name"], created["card_serial"]
    mailed = counter.case("mail-inquiry", name, "--etag", created["etag"])
    assert mailed["state"] == "STATE_INQUIRY_MAILED" and mailed["reply_due"]
    check_slip(counter, name, "ja", "照会書兼回答書", "***********" + serial[-4:])
    check_slip(counter, name, "en", "To bring to visit 2")

    counter.daemon.stop()
    counter.daemon.start()

    ready = counter.case("present-reply", name, "--presenter", "voluntary-proxy",
                         "--etag", mailed["etag"], "--checked", VISIT_2)
    assert ready["state"] == "STATE_READY" and ready["missing_items"] == []
    with counter.put_card(2):
        story = counter.run(name)
        assert [line["activated"]["kind"] for line in story if "activated" in line] == BOTH
        assert "completed" in story[-1]
        done = counter.case("show", name)
        assert done["state"] == "STATE_COMPLETED"
        assert done["application"]["birth_date"] == ""  # Erased with the case's end.
        assert [act["act"] for act in done["history"]][:3] == [
            "create", "mail-inquiry", "present-reply"]
        check_slip(counter, name, "ja", "発行完了", "e-Tax", "利用者証明用電子証明書")

    # pkcs11-tool counts slots from the first reader.
    with counter.put_card(1) as card:
        desk = Desk(counter.directory, counter.stack, card, PINS)
        desk.await_card()
        for kind in PINS:
            certificate, authority = desk.certificate(kind, 0), desk.certificate(kind, 1)
            desk.run("openssl", "verify", "-CAfile", authority, certificate)
            key = desk.run("openssl", "x509", "-in", certificate, "-noout", "-pubkey")
            (desk.directory / "key.pem").write_bytes(key)
            desk.verify(desk.sign(kind, PINS[kind]))


def test_two_clerks_cannot_both_take_the_second_visit(counter):
    with counter.put_card(1):
        name = counter.create("--checked", VISIT_1)["name"]
    etag = counter.case("mail-inquiry", name)["etag"]
    reply = ["case", "present-reply", name, "--presenter", "voluntary-proxy", "--checked", VISIT_2,
             "--etag", etag]
    counter.daemon.jpkictl(*reply)
    counter.daemon.jpkictl(*reply, code=4)
    ready = counter.case("show", name)
    with counter.put_card(2):
        run = ["case", "run", name, "--reader", "terminal-2", "--etag", ready["etag"], "--detach"]
        counter.daemon.jpkictl(*run, "--request-id", "first")
        counter.daemon.jpkictl(*run, "--request-id", "second", code=4)
        counter.daemon.jpkictl(*run, "--request-id", "first")
        assert len(json.loads(counter.daemon.jpkictl(
            "operation", "list", "-o", "json"))["operations"]) == 1


def test_nothing_is_run_before_the_reply_is_here(counter):
    with counter.put_card(1):
        name = counter.create()["name"]
        counter.daemon.jpkictl("case", "run", name, "--reader", "terminal-1", "--detach", code=4)
        counter.daemon.jpkictl("case", "mail-inquiry", name, code=4)  # Nothing was shown yet.
    withdrawn = counter.case("withdraw", name, "--why", "applies elsewhere")
    assert withdrawn["state"] == "STATE_WITHDRAWN"
    counter.daemon.jpkictl("case", "present-reply", name, "--checked", VISIT_2, code=4)


def test_what_a_case_says_of_the_person_stays_sealed(counter):
    with counter.put_card(1):
        counter.create("--checked", VISIT_1)
    counter.daemon.stop()
    secrets = [HOLDER["name"].encode(), HOLDER["address"].encode(), HOLDER["birth_date"].encode()]
    for root, _, names in os.walk(counter.directory / "store"):
        for name in names:
            path = os.path.join(root, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    content = file.read()
                assert not [secret for secret in secrets if secret in content], path
    counter.daemon.start()
