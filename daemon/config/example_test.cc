// The example that is installed says what the schema says.

#include <regex>

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/file.h"
#include "daemon/config/config.h"
#include "daemon/config/config.pb.h"
#include "daemon/config/setting.pb.h"

namespace jpkid::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string Example() {
  const auto text = ReadFile(JPKID_EXAMPLE_CONFIG, 100'000);
  EXPECT_EQ(text.status(), absl::OkStatus());
  return text.ok() ? std::string(AsText(*text)) : "";
}

// The example with every setting set. All backends but one have to go, and one of two authorities.
std::string WithEverySetting() {
  const std::string set =
      std::regex_replace(Example(), std::regex("(^|\n)( *)#([^ \n])"), "$1$2$3");
  return std::regex_replace(
      set, std::regex("pcsc \\{\\}|replayed \\{[^}]*\\}|embedded \\{[^}]*\\}"), "");
}

// Where `message` shows another value than the default, with the path of the field.
void CollectDifferences(const Message& message, const std::string& path,
                        std::vector<std::string>& differences) {
  const auto& reflection = *message.GetReflection();
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string name = path + field.name();
    if (field.is_repeated()) continue;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      CollectDifferences(reflection.GetMessage(message, &field), name + ".", differences);
    } else if (field.has_default_value()) {
      std::unique_ptr<Message> defaults(message.New());
      std::string shown;
      std::string standard;
      google::protobuf::TextFormat::PrintFieldValueToString(message, &field, -1, &shown);
      google::protobuf::TextFormat::PrintFieldValueToString(*defaults, &field, -1, &standard);
      if (!reflection.HasField(message, &field)) differences.push_back(name + " is not shown");
      if (shown != standard) differences.push_back(name + " is " + shown);
    }
  }
}

// The names of all fields that can stand in a file.
void CollectNames(const Descriptor& type, std::set<std::string>& names) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    names.insert(field.name());
    if (field.message_type() != nullptr) CollectNames(*field.message_type(), names);
  }
}

TEST(Example, IsAConfiguration) {
  const auto config = ReadConfig(JPKID_EXAMPLE_CONFIG, "");
  ASSERT_EQ(config.status(), absl::OkStatus());
  EXPECT_EQ(config->socket_path, "/run/jpkid/jpkid.sock");
  EXPECT_EQ(config->socket_mode, 0660);
  EXPECT_EQ(config->store_url, "sqlite:/var/lib/jpkid/jpkid.db");
}

TEST(Example, ShowsTheDefaultsOfTheSchema) {
  file::ConfigFile content;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(WithEverySetting(), &content));
  std::vector<std::string> differences;
  CollectDifferences(content, "", differences);
  EXPECT_THAT(differences,
              ::testing::ElementsAre("socket.path is \"/run/jpkid/jpkid.sock\"",
                                     "socket.mode is \"0660\"", "ca.embedded.dir is not shown"));
}

TEST(Example, ShowsEverySetting) {
  std::set<std::string> names;
  CollectNames(*file::ConfigFile::descriptor(), names);
  for (const std::string& name : names) {
    EXPECT_TRUE(std::regex_search(Example(), std::regex("[# {]" + name + "(:| \\{)|\n" + name)))
        << name;
  }
}

// Bounds are part of the schema: a number without them would be refused whatever it is.
TEST(Schema, EveryNumberHasBoundsThatItsDefaultKeeps) {
  std::vector<const FieldDescriptor*> numbers;
  for (const Descriptor* type : {file::Limits::descriptor(), file::CmpCa::descriptor()}) {
    for (int i = 0; i < type->field_count(); ++i) {
      if (type->field(i)->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
        numbers.push_back(type->field(i));
      }
    }
  }
  for (const FieldDescriptor* number : numbers) {
    const FieldDescriptor& field = *number;
    const file::Setting& setting = field.options().GetExtension(file::setting);
    EXPECT_TRUE(setting.has_min() && setting.has_max()) << field.name();
    EXPECT_LE(setting.min(), field.default_value_int32()) << field.name();
    EXPECT_GE(setting.max(), field.default_value_int32()) << field.name();
    const bool warns = setting.has_warn_above() || setting.has_warn_below();
    EXPECT_EQ(warns, setting.has_warning()) << field.name();
    EXPECT_EQ(field.name().find("seconds") != std::string::npos, setting.has_unit())
        << field.name();
  }
}

}  // namespace
}  // namespace jpkid::config
