#include "daemon/rpc/registry.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/rpc/services.h"

namespace jpkid::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using ::testing::IsEmpty;

Registry AllMethods() { return Registry(ApiServices(), StandardServices()); }

TEST(RegistryTest, EveryMethodOfTheApiNamesARole) {
  const Registry registry = AllMethods();
  int of_the_api = 0;
  for (const auto& [path, method] : registry.methods()) {
    if (method.standard) {
      EXPECT_EQ(method.role, jpki::v1::ROLE_UNSPECIFIED) << path;
    } else {
      EXPECT_NE(method.role, jpki::v1::ROLE_UNSPECIFIED) << path;
      ++of_the_api;
    }
  }
  int described = 0;
  for (const auto* service : ApiServices()) described += service->method_count();
  EXPECT_EQ(of_the_api, described);
}

TEST(RegistryTest, TheServicesOfTheApi) {
  std::vector<std::string> names;
  for (const auto* service : ApiServices()) names.push_back(service->full_name());
  EXPECT_THAT(names, testing::ElementsAre("jpki.v1.CardService", "jpki.v1.CaseService",
                                          "jpki.v1.MaintenanceService", "jpki.v1.OperationService",
                                          "jpki.v1.ReaderService"));
}

TEST(RegistryTest, AMethodIsFoundByItsPathAlone) {
  const Registry registry = AllMethods();
  ASSERT_NE(registry.Find("/jpki.v1.CardService/Sign"), nullptr);
  EXPECT_EQ(registry.Find("/jpki.v1.CardService/Sign")->descriptor->full_name(),
            "jpki.v1.CardService.Sign");
  EXPECT_EQ(registry.Find("/jpki.v1.CardService/Forge"), nullptr);
  EXPECT_EQ(registry.Find("jpki.v1.CardService.Sign"), nullptr);
  EXPECT_EQ(registry.Find(""), nullptr);
}

TEST(RegistryTest, WatchersSeeAndClerksAct) {
  const Registry registry = AllMethods();
  std::set<std::string> observers;
  for (const auto& [path, method] : registry.methods()) {
    if (method.role == jpki::v1::ROLE_OBSERVER) observers.insert(method.descriptor->name());
  }
  EXPECT_THAT(observers, testing::UnorderedElementsAre("GetOperation", "ListOperations",
                                                       "WatchOperation", "ListReaders",
                                                       "WatchReaders", "GetQueue", "WatchQueue"));
}

// What secrets.h builds on: each secret is a single string with a name of its own, and in no list.
void CheckSecrets(const Descriptor& type, bool in_list, std::set<std::string>& names) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.options().GetExtension(jpki::v1::secret)) {
      EXPECT_EQ(field.type(), FieldDescriptor::TYPE_STRING) << field.full_name();
      EXPECT_FALSE(field.is_repeated() || in_list) << field.full_name();
      EXPECT_TRUE(names.insert(field.name()).second) << field.full_name();
    }
    if (field.message_type() != nullptr) {
      CheckSecrets(*field.message_type(), in_list || field.is_repeated(), names);
    }
  }
}

TEST(RegistryTest, SecretsOfRequestsCanBeTakenOut) {
  std::set<std::string> with_secrets;
  const Registry registry = AllMethods();
  for (const auto& [path, method] : registry.methods()) {
    if (method.standard) continue;
    std::set<std::string> names;
    CheckSecrets(*method.descriptor->input_type(), false, names);
    if (!names.empty()) with_secrets.insert(method.descriptor->name());
  }
  EXPECT_THAT(with_secrets, testing::UnorderedElementsAre("ChangePin", "ResetPin", "Sign",
                                                          "ReadCertificate", "ProvideInput"));
}

TEST(RegistryTest, NoAnswerHoldsASecret) {
  const Registry registry = AllMethods();
  for (const auto& [path, method] : registry.methods()) {
    if (method.standard) continue;
    std::set<std::string> names;
    CheckSecrets(*method.descriptor->output_type(), false, names);
    EXPECT_THAT(names, IsEmpty()) << path;
  }
}

}  // namespace
}  // namespace jpkid::rpc
