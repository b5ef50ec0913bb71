#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <grpcpp/support/status.h>

#include "base/reason.h"

// A call's failure: from the wire into absl::Status, and from there into words.
namespace jpkid::client {

// A failed call as base/status.h carries failures. Reason and metadata come from the ErrorInfo in
// grpc-status-details-bin; RetryInfo and, for a reason that this program's catalogue lacks, the
// daemon's words ride along. A failure of gRPC itself, which has no details, becomes
// DAEMON_UNREACHABLE, CALL_TIMEOUT or NOT_BUILT where it is one.
absl::Status FromGrpc(const grpc::Status& status, absl::string_view address);

// Whether the call failed because the daemon is not there, or not now: the same call may be made
// again a little later.
bool DaemonAway(const absl::Status& status);

// How long the daemon asked to wait before the next try; `otherwise` where it did not.
absl::Duration RetryDelay(const absl::Status& status, absl::Duration otherwise);

// A failure for people.
struct Explanation {
  std::string code = {};     // Of the catalogue, "PIN_WRONG". Empty: the failure has none.
  std::string message = {};  // What happened.
  std::string remedy = {};   // How to go on. Empty: nobody knows.
  CardChange card = CardChange::kNotApplicable;
};

// What the catalogue says of a reason it knows, in `language`; for one it does not know, from a
// newer daemon, the daemon's own words.
Explanation Explain(const absl::Status& status, Language language);

}  // namespace jpkid::client
