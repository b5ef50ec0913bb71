"""A plain PC/SC client, as third-party programs are: a process of its own for each Client.

As a program, `pcsc.py READER`, it shares the card on READER and takes lines: a command in
hexadecimal, "begin" or "end" (a transaction). It answers each with a line: the card's answer, "ok",
or "error" and the code of winscard.h.
"""

import ctypes
import os
import signal
import subprocess
import sys

from pcscd_daemon import PATIENCE, die_with_parent

SCOPE_SYSTEM, SHARE_SHARED, PROTOCOL_T1, LEAVE_CARD = 2, 2, 2, 0


class Client:
    """Shares the card on `reader`; `environment` says at which pcscd."""

    def __init__(self, reader, environment):
        self._process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), reader], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            preexec_fn=die_with_parent(signal.SIGTERM))
        assert self._process.stdout.readline() == "ok\n"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.communicate(timeout=PATIENCE)

    def ask(self, line):
        """Sends a line."""
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def answer(self):
        """The next line that comes."""
        return self._process.stdout.readline().strip()

    def send(self, apdu):
        """The answer to a command, both in hexadecimal."""
        self.ask(apdu)
        return self.answer()


def say(text):
    print(text, flush=True)


def transmit(pcsc, card, request, apdu):
    command = bytes.fromhex(apdu)
    answer = ctypes.create_string_buffer(65538)
    size = ctypes.c_ulong(len(answer))
    code = pcsc.SCardTransmit(card, request, command, ctypes.c_ulong(len(command)), None, answer,
                              ctypes.byref(size))
    return code, answer.raw[: size.value].hex().upper()


def main(reader):
    pcsc = ctypes.CDLL("libpcsclite.so.1")
    context, card, protocol = ctypes.c_long(), ctypes.c_long(), ctypes.c_ulong()
    code = pcsc.SCardEstablishContext(SCOPE_SYSTEM, None, None, ctypes.byref(context))
    if code == 0:
        code = pcsc.SCardConnect(
            context, reader.encode(), ctypes.c_ulong(SHARE_SHARED), ctypes.c_ulong(PROTOCOL_T1),
            ctypes.byref(card), ctypes.byref(protocol))
    request = (ctypes.c_ulong * 2)(PROTOCOL_T1, 2 * ctypes.sizeof(ctypes.c_ulong))
    say("ok" if code == 0 else f"error 0x{code & 0xFFFFFFFF:08X}")
    for line in sys.stdin:
        verb, answer = line.strip(), "ok"
        if verb == "begin":
            code = pcsc.SCardBeginTransaction(card)
        elif verb == "end":
            code = pcsc.SCardEndTransaction(card, ctypes.c_ulong(LEAVE_CARD))
        else:
            code, answer = transmit(pcsc, card, request, verb)
        say(answer if code == 0 else f"error 0x{code & 0xFFFFFFFF:08X}")


if __name__ == "__main__":
    main(sys.argv[1])
