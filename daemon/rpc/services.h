#pragma once

#include <vector>

#include <google/protobuf/descriptor.h>

namespace jpkid::rpc {

using ServiceList = std::vector<const google::protobuf::ServiceDescriptor*>;

// The services of the API: all that its schemas declare.
ServiceList ApiServices();

// gRPC's own. Their schemas can name no role: every caller who holds one may use them.
ServiceList StandardServices();

}  // namespace jpkid::rpc
