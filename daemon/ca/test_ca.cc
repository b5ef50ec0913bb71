#include "daemon/ca/test_ca.h"

#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

namespace jpkid::ca {
namespace {

std::string Directory(const std::string& name) {
  return absl::StrCat(testing::TempDir(), "/ca-", getpid(), "-", name);
}

// A directory with keys and nothing else, removed with the program.
class Template {
 public:
  Template() : directory_(Directory("template")) {
    std::filesystem::remove_all(directory_);
    const ManualClock clock(TestCa::Start());
    OpenTrainingCa(directory_, clock).value();
    std::filesystem::remove(directory_ + "/book.db");
  }
  ~Template() { std::filesystem::remove_all(directory_); }
  const std::string& directory() const { return directory_; }

 private:
  const std::string directory_;
};

}  // namespace

absl::Time TestCa::Start() {
  return absl::FromCivil(absl::CivilSecond(2025, 10, 27, 10, 0, 0), Tokyo());
}

Holder TestCa::Hanako() {
  return {.name = "電子花子",
          .address = "兵庫県三田市三輪2-1-1",
          .sex = Sex::kFemale,
          .birth_date = absl::CivilDay(1980, 2, 17),
          .substituted_name = "0100"};
}

TestCa::TestCa(const std::string& name, bool fresh) : directory_(Directory(name)), clock_(Start()) {
  std::filesystem::remove_all(directory_);
  if (!fresh) {
    static const Template kTemplate;
    std::filesystem::copy(kTemplate.directory(), directory_);
  }
  Reopen();
}

TestCa::TestCa(const std::string& name, const std::string& kept)
    : directory_(Directory(name)), clock_(Start()) {
  std::filesystem::remove_all(directory_);
  std::filesystem::copy(kept, directory_);
  Reopen();
}

TestCa::~TestCa() {
  ca_ = nullptr;
  std::filesystem::remove_all(directory_);
}

void TestCa::Reopen() {
  ca_ = nullptr;
  ca_ = OpenTrainingCa(directory_, clock_).value();
}

IssueRequest TestCa::Request(certs::Kind kind, const std::string& transaction_id,
                             const TestKey& key) {
  IssueRequest request = {.transaction_id = transaction_id,
                          .kind = kind,
                          .request = key.Request(transaction_id),
                          .last_day = absl::CivilDay(2030, 2, 17)};
  if (kind == certs::Kind::kSignature) {
    request.holder = Hanako();
    request.residence = {.prefecture = "Hyogo-ken", .municipality = "Sanda-shi"};
  }
  return request;
}

Issued TestCa::Issue(certs::Kind kind, const std::string& transaction_id, const TestKey& key) {
  return std::get<Issued>(ca_->Submit(Request(kind, transaction_id, key)).value());
}

}  // namespace jpkid::ca
