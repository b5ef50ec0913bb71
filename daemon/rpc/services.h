#pragma once

#include "absl/strings/string_view.h"

namespace jpkid::rpc {

// The services of the API. A new one is a line here, and a class that binds its methods.
inline constexpr absl::string_view kServices[] = {"jpki.v1.CardService", "jpki.v1.CaseService",
                                                  "jpki.v1.OperationService",
                                                  "jpki.v1.ReaderService"};

// gRPC's own. Their schemas can name no role: every known caller may use them.
inline constexpr absl::string_view kStandardServices[] = {
    "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"};

}  // namespace jpkid::rpc
