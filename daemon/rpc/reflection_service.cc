#include "daemon/rpc/reflection_service.h"

#include <set>
#include <utility>

#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/support/status.h>

namespace jpkid::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using grpc::reflection::v1alpha::ServerReflectionRequest;
using grpc::reflection::v1alpha::ServerReflectionResponse;

const DescriptorPool& Pool() { return *DescriptorPool::generated_pool(); }

// `file` and, after it, what it imports, each once.
void AddFile(const FileDescriptor& file, std::set<std::string>& added,
             ServerReflectionResponse& response) {
  if (!added.insert(file.name()).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  response.mutable_file_descriptor_response()->add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) {
    AddFile(*file.dependency(i), added, response);
  }
}

void NotFound(const std::string& what, ServerReflectionResponse& response) {
  response.mutable_error_response()->set_error_code(grpc::StatusCode::NOT_FOUND);
  response.mutable_error_response()->set_error_message("nothing is called " + what);
}

void AnswerFile(const FileDescriptor* file, const std::string& what,
                ServerReflectionResponse& response) {
  if (file == nullptr) return NotFound(what, response);
  std::set<std::string> added;
  AddFile(*file, added, response);
}

const FileDescriptor* FileOfExtension(const std::string& type, int number) {
  const Descriptor* extended = Pool().FindMessageTypeByName(type);
  if (extended == nullptr) return nullptr;
  const FieldDescriptor* extension = Pool().FindExtensionByNumber(extended, number);
  return extension == nullptr ? nullptr : extension->file();
}

void AnswerExtensionNumbers(const std::string& type, ServerReflectionResponse& response) {
  const Descriptor* extended = Pool().FindMessageTypeByName(type);
  if (extended == nullptr) return NotFound(type, response);
  std::vector<const FieldDescriptor*> extensions;
  Pool().FindAllExtensions(extended, &extensions);
  auto& numbers = *response.mutable_all_extension_numbers_response();
  numbers.set_base_type_name(type);
  for (const FieldDescriptor* extension : extensions) {
    numbers.add_extension_number(extension->number());
  }
}

}  // namespace

ReflectionService::ReflectionService(std::vector<std::string> services, Registry& registry)
    : services_(std::move(services)) {
  registry.BindDialogue("grpc.reflection.v1alpha.ServerReflection.ServerReflectionInfo", *this,
                        &ReflectionService::ServerReflectionInfo);
}

ServerReflectionResponse ReflectionService::ServerReflectionInfo(
    const ServerReflectionRequest& request) {
  ServerReflectionResponse response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.message_request_case()) {
    case ServerReflectionRequest::kFileByFilename:
      AnswerFile(Pool().FindFileByName(request.file_by_filename()), request.file_by_filename(),
                 response);
      break;
    case ServerReflectionRequest::kFileContainingSymbol:
      AnswerFile(Pool().FindFileContainingSymbol(request.file_containing_symbol()),
                 request.file_containing_symbol(), response);
      break;
    case ServerReflectionRequest::kFileContainingExtension: {
      const auto& extension = request.file_containing_extension();
      AnswerFile(FileOfExtension(extension.containing_type(), extension.extension_number()),
                 extension.containing_type(), response);
      break;
    }
    case ServerReflectionRequest::kAllExtensionNumbersOfType:
      AnswerExtensionNumbers(request.all_extension_numbers_of_type(), response);
      break;
    case ServerReflectionRequest::kListServices:
      for (const std::string& service : services_) {
        response.mutable_list_services_response()->add_service()->set_name(service);
      }
      break;
    case ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
      NotFound("", response);
      break;
  }
  return response;
}

}  // namespace jpkid::rpc
