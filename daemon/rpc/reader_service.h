#pragma once

#include <memory>

#include "daemon/rpc/registry.h"
#include "daemon/session/session.h"
#include "jpki/v1/reader_service.pb.h"

namespace jpkid::rpc {

// The part of jpki.v1.ReaderService that tells what readers there are and who uses them.
class ReaderService {
 public:
  // Both outlive the registry's use.
  ReaderService(session::Sessions& sessions, Registry& registry);

 private:
  absl::StatusOr<jpki::v1::ListReadersResponse> ListReaders(
      CallInfo& info, const jpki::v1::ListReadersRequest& request);
  absl::StatusOr<std::unique_ptr<Source>> WatchReaders(
      CallInfo& info, const jpki::v1::WatchReadersRequest& request);
  absl::StatusOr<jpki::v1::Queue> GetQueue(CallInfo& info,
                                           const jpki::v1::GetQueueRequest& request);
  absl::StatusOr<std::unique_ptr<Source>> WatchQueue(CallInfo& info,
                                                     const jpki::v1::WatchQueueRequest& request);

  session::Sessions& sessions_;
};

}  // namespace jpkid::rpc
