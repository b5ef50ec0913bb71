#include "daemon/config/check_numbers.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"

#include "daemon/config/setting.pb.h"

namespace jpkid::config {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string WithUnit(std::int64_t number, const file::Setting& setting) {
  return setting.has_unit() ? absl::StrCat(number, " ", setting.unit()) : absl::StrCat(number);
}

void CheckNumber(const FieldDescriptor& field, std::int64_t value, Place place,
                 Findings& findings) {
  const file::Setting& setting = field.options().GetExtension(file::setting);
  if (value < setting.min() || value > setting.max()) {
    findings.Refuse(place, absl::StrCat(field.name(), " is ", setting.min(), " to ",
                                        WithUnit(setting.max(), setting), ", not ", value, "."));
    return;
  }
  const bool doubtful = (setting.has_warn_below() && value < setting.warn_below()) ||
                        (setting.has_warn_above() && value > setting.warn_above());
  if (doubtful) {
    findings.Warn(place, absl::StrCat(field.name(), " is ", WithUnit(value, setting), ": ",
                                      setting.warning(), "."));
  }
}

}  // namespace

void CheckNumbers(const Message& message, const Section& section, Findings& findings) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32 && !field->is_repeated()) {
      CheckNumber(*field, reflection.GetInt32(message, field), section.At(*field), findings);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        CheckNumber(*field, reflection.GetRepeatedInt32(message, field, i), section.At(*field, i),
                    findings);
      }
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      CheckNumbers(reflection.GetMessage(message, field), section.Sub(*field), findings);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      CheckNumbers(reflection.GetRepeatedMessage(message, field, i), section.Sub(*field, i),
                   findings);
    }
  }
}

}  // namespace jpkid::config
