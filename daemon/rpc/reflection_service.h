#pragma once

#include <string>
#include <vector>

#include "daemon/rpc/registry.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"

namespace jpkid::rpc {

// grpc.reflection.v1alpha.ServerReflection: tells grpcurl and its like what the API is. Answered
// from the linked-in descriptors, a question at a time.
class ReflectionService {
 public:
  // `services`: the full names that are listed. Outlives the registry's use.
  ReflectionService(std::vector<std::string> services, Registry& registry);

 private:
  grpc::reflection::v1alpha::ServerReflectionResponse ServerReflectionInfo(
      const grpc::reflection::v1alpha::ServerReflectionRequest& request);

  const std::vector<std::string> services_;
};

}  // namespace jpkid::rpc
