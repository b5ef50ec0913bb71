"""What more than one file of tests starts from."""

import shutil

import pytest

import simcard
from opensc import PINS, Desk
from pcscd_stack import PcscdStack


@pytest.fixture(name="issued_card", scope="module")
def make_card(tmp_path_factory):
    """A card with both certificates, to be copied."""
    directory = tmp_path_factory.mktemp("issued")
    card = directory / "card.bin"
    simcard.create(card, "--with-certificates", "--ca-dir", str(directory / "ca"), pins=PINS)
    return card


@pytest.fixture(name="desk")
def make_desk(tmp_path, issued_card):
    """Such a card on a reader of a private pcscd."""
    card = shutil.copy(issued_card, tmp_path)
    trace = str(tmp_path / "trace.jsonl")
    with PcscdStack() as stack:
        with simcard.SimCard(card, stack.vpcd[0], str(tmp_path), "--trace", trace) as running:
            yield Desk(tmp_path, stack, running)
