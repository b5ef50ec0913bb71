#include "daemon/config/section.h"

#include <vector>

#include "absl/strings/str_split.h"

namespace jpkid::config {

using google::protobuf::FieldDescriptor;

Place Section::At(const FieldDescriptor& field, int index) const {
  if (places_ == nullptr) return {};
  const auto location = places_->GetLocation(&field, index);  // From 0; -1: none.
  return location.line < 0 ? Place() : Place{location.line + 1, location.column + 1};
}

Place Section::At(const std::string& field, int index) const { return At(Field(field), index); }

Place Section::Find(absl::string_view name) const {
  const std::vector<std::string> parts = absl::StrSplit(name, absl::MaxSplits('.', 1));
  const std::vector<std::string> field = absl::StrSplit(parts[0], absl::ByAnyChar("[]"));
  const int index = field.size() > 1 ? std::stoi(field[1]) : -1;
  return parts.size() == 1 ? At(field[0], index) : Sub(field[0], index).Find(parts[1]);
}

Section Section::Sub(const FieldDescriptor& field, int index) const {
  return {*field.message_type(),
          places_ == nullptr ? nullptr : places_->GetTreeForNested(&field, index)};
}

Section Section::Sub(const std::string& field, int index) const { return Sub(Field(field), index); }

// A name that the schema lacks is a mistake in this program: it ends here, in every test.
const FieldDescriptor& Section::Field(const std::string& name) const {
  const FieldDescriptor* field = type_->FindFieldByName(name);
  GOOGLE_CHECK(field != nullptr) << type_->full_name() << " has no field " << name;
  return *field;
}

}  // namespace jpkid::config
