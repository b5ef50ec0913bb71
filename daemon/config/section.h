#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include "daemon/config/findings.h"

namespace jpkid::config {

// Where the fields of one message stand in the text it was read from. The tree of places outlives
// it; none: the message was not read from a text.
class Section {
 public:
  using Places = google::protobuf::TextFormat::ParseInfoTree;

  Section(const google::protobuf::Descriptor& type, const Places* places)
      : type_(&type), places_(places) {}

  // Of the field, or of the `index`-th value of a repeated one. Line 0 where it is not in the text.
  Place At(const google::protobuf::FieldDescriptor& field, int index = -1) const;
  Place At(const std::string& field, int index = -1) const;

  // Of a setting by its whole name: "readers.simulated.reader[0].faults".
  Place Find(absl::string_view name) const;

  // The message in that field.
  Section Sub(const google::protobuf::FieldDescriptor& field, int index = -1) const;
  Section Sub(const std::string& field, int index = -1) const;

 private:
  const google::protobuf::FieldDescriptor& Field(const std::string& name) const;

  const google::protobuf::Descriptor* type_;
  const Places* places_;
};

}  // namespace jpkid::config
