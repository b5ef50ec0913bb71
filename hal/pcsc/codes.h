#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include <winscard.h>

namespace jpkid::hal::pcsc {

// A PC/SC return code as a status: OK for SCARD_S_SUCCESS, else the reason from the one table of
// this room (codes.cc) with `reader` and `detail` in its metadata. A code the table does not know
// is INTERNAL, never success.
absl::Status FromPcsc(LONG code, absl::string_view reader);

// Whether `code` says that pcscd itself is gone, or has forgotten us: the context is of no more
// use.
bool ServiceIsGone(LONG code);

// "SCARD_E_NO_SERVICE", or "PC/SC code 0x80100099".
std::string CodeName(LONG code);

}  // namespace jpkid::hal::pcsc
