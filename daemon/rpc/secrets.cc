#include "daemon/rpc/secrets.h"

#include <utility>
#include <vector>

#include "jpki/v1/annotations.pb.h"

namespace jpkid::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsSecret(const FieldDescriptor& field) {
  return field.options().GetExtension(jpki::v1::secret);
}

void TakeAll(Message& message, std::map<std::string, Secret>& secrets) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection.ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    if (IsSecret(*field)) {
      std::string unused;
      // The string inside the message itself: a copy would leave the original behind.
      const std::string& value = reflection.GetStringReference(message, field, &unused);
      secrets.try_emplace(field->name(), Secret::Take(const_cast<std::string&>(value)));
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        TakeAll(*reflection.MutableRepeatedMessage(&message, field, i), secrets);
      }
    } else {
      TakeAll(*reflection.MutableMessage(&message, field), secrets);
    }
  }
}

}  // namespace

Secrets Secrets::TakeFrom(Message& message) {
  Secrets secrets;
  TakeAll(message, secrets.by_field_);
  return secrets;
}

Secret Secrets::Take(absl::string_view field) {
  const auto found = by_field_.find(std::string(field));
  return found == by_field_.end() ? Secret() : std::move(found->second);
}

}  // namespace jpkid::rpc
