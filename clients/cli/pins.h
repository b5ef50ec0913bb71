#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "base/secret.h"
#include "clients/cli/context.h"
#include "jpki/v1/certificate.pb.h"

// Where PINs come from: a descriptor, or the person at the terminal. Never the command line, never
// the environment.
namespace jpkid::cli {

// The descriptors that the command line names; -1: none. The same descriptor may serve several
// PINs: each takes its next line.
struct PinDescriptors {
  int auth = -1;       // --auth-pin-fd
  int signature = -1;  // --signature-pin-fd
  int any = -1;        // --pin-fd: the PIN of the command's --kind
  int next = -1;       // --new-pin-fd

  // The one for the PIN in force of `pin`; -1: none.
  int For(jpki::v1::PinKind pin) const;
};

// INVALID_ARGUMENT where a descriptor is not open.
absl::Status CheckDescriptors(const Context& context, const PinDescriptors& descriptors);

// Asks for a PIN at the terminal. Before a try that may lock it (`tries_left` is 1) the user is
// warned and has to agree: CANCELLED when he does not.
absl::StatusOr<Secret> AskPin(const Context& context, jpki::v1::PinKind pin, int tries_left,
                              absl::Time deadline);
// Asks for a PIN to be, twice, until both are the same.
absl::StatusOr<Secret> AskNewPin(const Context& context, jpki::v1::PinKind pin,
                                 absl::Time deadline);

// A PIN from a descriptor: one line. INVALID_ARGUMENT where none comes.
absl::StatusOr<Secret> ReadPin(const Context& context, int descriptor);

// Which PINs a call carries.
struct PinUse {
  std::string reader;  // `readers/{alias}`
  jpki::v1::PinKind pin = jpki::v1::PIN_KIND_UNSPECIFIED;
  bool current = false;
  bool next = false;
};

// Makes a call with its PINs, `attempt(current, next)`. A PIN from a descriptor is sent once. One
// from the terminal is asked for again while the daemon says that it was malformed or wrong.
absl::Status WithPins(const Context& context, const PinUse& use, const PinDescriptors& descriptors,
                      absl::FunctionRef<absl::Status(const Secret&, const Secret&)> attempt);

// PIN_FORMAT for what no PIN has, and no message of the API either: other than printable ASCII.
absl::Status CheckCharacters(jpki::v1::PinKind kind, const Secret& pin);

// Puts a PIN into a request's field.
void Put(const Secret& pin, std::string& field);

}  // namespace jpkid::cli
