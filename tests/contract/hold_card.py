"""Connects to the card on the reader named by the argument, shared, says "held", and keeps it."""

import ctypes
import signal
import sys

SCOPE_SYSTEM, SHARE_SHARED, PROTOCOL_ANY = 2, 2, 3

pcsc = ctypes.CDLL("libpcsclite.so.1")
context, card = ctypes.c_long(), ctypes.c_long()
protocol = ctypes.c_ulong()
code = pcsc.SCardEstablishContext(SCOPE_SYSTEM, None, None, ctypes.byref(context))
if code == 0:
    code = pcsc.SCardConnect(
        context,
        sys.argv[1].encode(),
        ctypes.c_ulong(SHARE_SHARED),
        ctypes.c_ulong(PROTOCOL_ANY),
        ctypes.byref(card),
        ctypes.byref(protocol),
    )
if code != 0:
    sys.exit(f"PC/SC code 0x{code & 0xFFFFFFFF:08X}")
print("held", flush=True)
signal.pause()
