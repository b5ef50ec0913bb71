#pragma once

#include <string>

#include "absl/status/status.h"
#include <grpcpp/support/status.h>

#include "base/status.h"
#include "google/rpc/status.pb.h"

// The one place where a failure of ours becomes gRPC's: same code, and google.rpc.Status with
// ErrorInfo, RetryInfo and LocalizedMessage as details.
namespace jpkid::rpc {

// `status` in the standard error model, its LocalizedMessage in `language`.
google::rpc::Status ToErrorModel(const absl::Status& status, Language language);

// The failure that `model` carries. INTERNAL where it carries none of ours.
absl::Status FromErrorModel(const google::rpc::Status& model);

// `status` as a call ends with it.
grpc::Status ToGrpc(const absl::Status& status, Language language);

// What happened, and what to do now.
std::string TextAndRemedy(const Failure& failure, Language language);

}  // namespace jpkid::rpc
