#pragma once

#include <vector>

#include <google/protobuf/descriptor.h>

namespace jpkid::rpc {

using ServiceList = std::vector<const google::protobuf::ServiceDescriptor*>;

// The services of the API: all that its schemas declare.
ServiceList ApiServices();

// gRPC's own. Their schemas can name no role: every known caller may use them.
ServiceList StandardServices();

}  // namespace jpkid::rpc
