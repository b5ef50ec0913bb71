#include "daemon/rpc/services.h"

#include "grpc/health/v1/health.pb.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"
#include "jpki/v1/card_service.pb.h"
#include "jpki/v1/case_service.pb.h"
#include "jpki/v1/maintenance_service.pb.h"
#include "jpki/v1/operation_service.pb.h"
#include "jpki/v1/reader_service.pb.h"

namespace jpkid::rpc {
namespace {

// The services of the schema that declares `Message`. Naming a message links the schema in.
template <typename Message>
void AddSchemaOf(ServiceList& services) {
  const google::protobuf::FileDescriptor& file = *Message::descriptor()->file();
  for (int i = 0; i < file.service_count(); ++i) services.push_back(file.service(i));
}

}  // namespace

ServiceList ApiServices() {
  ServiceList services;
  AddSchemaOf<jpki::v1::ReadCardRequest>(services);
  AddSchemaOf<jpki::v1::RunCaseRequest>(services);
  AddSchemaOf<jpki::v1::BackUpStoreRequest>(services);
  AddSchemaOf<jpki::v1::GetOperationRequest>(services);
  AddSchemaOf<jpki::v1::ListReadersRequest>(services);
  return services;
}

ServiceList StandardServices() {
  ServiceList services;
  AddSchemaOf<grpc::health::v1::HealthCheckRequest>(services);
  AddSchemaOf<grpc::reflection::v1alpha::ServerReflectionRequest>(services);
  return services;
}

}  // namespace jpkid::rpc
