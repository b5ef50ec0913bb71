#pragma once

#include <winscard.h>

namespace jpkid::hal::pcsc {

// A connection to pcscd (SCARDCONTEXT) that releases itself. Each connection to a card has its own,
// so that a call that hangs blocks nobody else.
class Context {
 public:
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() {
    if (established_) SCardReleaseContext(context_);
  }

  // Once. A PC/SC code.
  LONG Establish() {
    const LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_);
    established_ = code == SCARD_S_SUCCESS;
    return code;
  }

  SCARDCONTEXT get() const { return context_; }

 private:
  SCARDCONTEXT context_ = 0;
  bool established_ = false;
};

}  // namespace jpkid::hal::pcsc
