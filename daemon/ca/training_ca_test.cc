// What the training authority promises beyond its door: one directory, many processes, many years.

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "daemon/ca/test_ca.h"

namespace jpkid::ca {
namespace {

using certs::Algorithm;
using certs::Kind;

const TestKey& Key() { return TestKey::Of(Algorithm::kP384Sha384); }

unsigned ModeOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

TEST(TrainingCa, ItsDirectoryIsPrivateToTheLastFile) {
  TestCa ca("modes");
  ca.Issue(Kind::kAuth, "a", Key());
  EXPECT_EQ(ModeOf(ca.directory()), 0700u);
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(ca.directory())) {
    files.insert(entry.path().filename());
    EXPECT_EQ(ModeOf(entry.path()), 0600u) << entry.path();
  }
  EXPECT_EQ(files, (std::set<std::string>{"auth-ca.pem", "signature-ca.pem", "book.db",
                                          "book.db-wal", "book.db-shm"}));
}

TEST(TrainingCa, AKeyThatOthersMayReadIsRefused) {
  TestCa ca("readable");
  const std::string path = ca.directory() + "/auth-ca.pem";
  ASSERT_EQ(chmod(path.c_str(), 0640), 0);
  EXPECT_TRUE(
      FailedFor(OpenTrainingCa(ca.directory(), ca.clock()).status(), Reason::kCaUnavailable));
}

TEST(TrainingCa, AFileWithoutAPairIsRefusedAndKept) {
  TestCa ca("unpaired");
  const std::string path = ca.directory() + "/auth-ca.pem";
  const Bytes other = ReadFile(ca.directory() + "/signature-ca.pem", 1 << 20).value();
  const Bytes mine = ReadFile(path, 1 << 20).value();
  const std::string mixed =
      std::string(AsText(mine).substr(0, AsText(mine).find("-----BEGIN PRIVATE"))) +
      std::string(AsText(other).substr(AsText(other).find("-----BEGIN PRIVATE")));
  for (const std::string& content : {mixed, std::string("nothing"), std::string()}) {
    ASSERT_TRUE(ReplaceFile(path, AsBytes(content), 0600).ok());
    const absl::Status status = OpenTrainingCa(ca.directory(), ca.clock()).status();
    EXPECT_TRUE(FailedFor(status, Reason::kCaUnavailable)) << status;
    EXPECT_EQ(AsText(ReadFile(path, 1 << 20).value()), content);
  }
}

TEST(TrainingCa, ABrokenBookIsAnAuthorityThatDoesNotAnswer) {
  TestCa ca("book");
  for (const auto& entry : std::filesystem::directory_iterator(ca.directory())) {
    if (entry.path().filename().string().find("book.db-") == 0) {
      std::filesystem::remove(entry.path());
    }
  }
  ASSERT_TRUE(ReplaceFile(ca.directory() + "/book.db", AsBytes(std::string(4096, 'x')), 0600).ok());
  EXPECT_TRUE(
      FailedFor(OpenTrainingCa(ca.directory(), ca.clock()).status(), Reason::kCaUnavailable));
}

TEST(TrainingCa, TwoOpenOnesShareOneBook) {
  TestCa ca("shared");
  const auto other = OpenTrainingCa(ca.directory(), ca.clock()).value();
  const IssueRequest request = TestCa::Request(Kind::kAuth, "a", Key());
  const Issued first = std::get<Issued>(ca->Submit(request).value());
  const Issued again = std::get<Issued>(other->Submit(request).value());
  EXPECT_EQ(first.certificate, again.certificate);
  EXPECT_EQ(first.ca_certificate, again.ca_certificate);
  const std::string serial = ReadCertificate(first.certificate).value().serial;
  EXPECT_EQ(other->Revoke(Kind::kAuth, serial, RevocationReason::kSuperseded), absl::OkStatus());
  EXPECT_EQ(ca->StatusOf(Kind::kAuth, serial).value().state, BookEntry::State::kRevoked);
}

TEST(TrainingCa, ThreadsThatAskTheSameGetTheSame) {
  TestCa ca("threads");
  const IssueRequest request = TestCa::Request(Kind::kAuth, "a", Key());
  std::vector<Bytes> certificates(6);
  std::vector<std::thread> threads;
  for (Bytes& certificate : certificates) {
    threads.emplace_back([&ca, &request, &certificate] {
      const absl::StatusOr<Answer> answer = ca->Submit(request);
      if (answer.ok()) certificate = std::get<Issued>(*answer).certificate;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(certificates[0].empty());
  for (const Bytes& certificate : certificates) EXPECT_EQ(certificate, certificates[0]);
}

// Several programs meet an empty directory at once: keys, certificates and book come out as one.
TEST(TrainingCa, ProcessesThatMakeTheDirectoryTogetherAgree) {
  const std::string directory = testing::TempDir() + "/ca-race-" + std::to_string(getpid());
  std::filesystem::remove_all(directory);
  const IssueRequest request = TestCa::Request(Kind::kSignature, "same", Key());
  const ManualClock clock(TestCa::Start());
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      const auto ca = OpenTrainingCa(directory, clock);
      const absl::StatusOr<Answer> answer = ca.ok() ? (*ca)->Submit(request) : ca.status();
      if (!answer.ok()) _exit(1);
      const Issued& issued = std::get<Issued>(*answer);
      Bytes both = issued.certificate;
      Append(both, issued.ca_certificate);
      const std::string out = directory + "/answer-" + std::to_string(i);
      _exit(ReplaceFile(out, both, 0600).ok() ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  const Bytes first = ReadFile(directory + "/answer-0", 1 << 20).value();
  EXPECT_EQ(ReadFile(directory + "/answer-1", 1 << 20).value(), first);
  EXPECT_EQ(ReadFile(directory + "/answer-2", 1 << 20).value(), first);
  std::filesystem::remove_all(directory);
}

TEST(TrainingCa, AllItSaysOfItselfIsTraining) {
  TestCa ca("name");
  EXPECT_TRUE(ca->training());
  EXPECT_EQ(ca->name(), "training");
  for (const Kind kind : certs::kAllKinds) {
    const Issued issued = ca.Issue(kind, std::string(certs::Name(kind)), Key());
    EXPECT_NE(ReadCertificate(issued.certificate).value().issuer.find("O=JPKI-SIM,"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace jpkid::ca
