#include "daemon/rpc/registry.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"

#include "base/log.h"

namespace jpkid::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// The table of methods is wrong: no daemon with this program can run.
[[noreturn]] void Abort(absl::string_view what, absl::string_view name) {
  LogError("%s: %s", name, what);
  std::abort();
}

std::unique_ptr<Message> NewMessage(const Descriptor& type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

std::string PathOf(const MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

}  // namespace

std::unique_ptr<Message> Method::NewRequest() const {
  return NewMessage(*descriptor->input_type());
}

std::unique_ptr<Message> Method::NewAnswer() const {
  return NewMessage(*descriptor->output_type());
}

Registry::Registry(const ServiceList& services, const ServiceList& standard) {
  for (const ServiceDescriptor* service : services) Add(*service, false);
  for (const ServiceDescriptor* service : standard) Add(*service, true);
}

const Method* Registry::Find(absl::string_view path) const {
  const auto found = methods_.find(path);
  return found == methods_.end() ? nullptr : &found->second;
}

void Registry::Add(const ServiceDescriptor& service, bool standard) {
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor& method = *service.method(i);
    Method& entry = methods_[PathOf(method)];
    entry.descriptor = &method;
    entry.role = method.options().GetExtension(jpki::v1::required_role);
    entry.standard = standard;
  }
}

void Registry::CheckUnnamed(const Method& method) {
  if (method.descriptor->input_type()->FindFieldByName("request_id") != nullptr) {
    Abort("its repeats must be made harmless", method.descriptor->full_name());
  }
}

Method& Registry::Typed(absl::string_view name, const Descriptor& request,
                        const Descriptor& response) {
  const MethodDescriptor* descriptor =
      DescriptorPool::generated_pool()->FindMethodByName(std::string(name));
  if (descriptor == nullptr) Abort("no such method", name);
  const auto found = methods_.find(PathOf(*descriptor));
  if (found == methods_.end()) Abort("its service is not served", name);
  if (descriptor->input_type() != &request || descriptor->output_type() != &response) {
    Abort("bound to a function of other types", name);
  }
  return found->second;
}

}  // namespace jpkid::rpc
