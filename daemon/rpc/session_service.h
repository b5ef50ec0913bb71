#pragma once

#include <memory>

#include "absl/time/time.h"

#include "daemon/rpc/registry.h"
#include "daemon/session/session.h"
#include "jpki/v1/reader_service.pb.h"

namespace jpkid::rpc {

// How long a raw session may do what.
struct SessionLimits {
  absl::Duration idle = absl::Seconds(30);
  absl::Duration total = absl::Minutes(5);
  absl::Duration longest_batch = absl::Seconds(60);  // A reader that needs longer hangs.
};

// The part of jpki.v1.ReaderService that gives clients a reader: OpenSession, ReleaseReader.
class SessionService {
 public:
  // Both outlive the registry's use.
  SessionService(session::Sessions& sessions, const SessionLimits& limits, Registry& registry);

 private:
  std::unique_ptr<Conversation> OpenSession(const CallInfo& info, std::shared_ptr<Line> line);
  absl::StatusOr<jpki::v1::ReleaseReaderResponse> ReleaseReader(
      CallInfo& info, const jpki::v1::ReleaseReaderRequest& request);

  session::Sessions& sessions_;
  const SessionLimits limits_;
};

}  // namespace jpkid::rpc
