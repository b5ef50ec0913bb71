#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "daemon/ca/ca.h"
#include "daemon/ca/test_key.h"

// A training authority in a directory of its own, with a clock that stands still. For tests.
namespace jpkid::ca {

class TestCa {
 public:
  // 2025-10-27 10:00 in Tokyo; the holder of the worked example.
  static absl::Time Start();
  static Holder Hanako();

  // All directories start with the same keys, made once per program; `fresh` makes new ones.
  explicit TestCa(const std::string& name, bool fresh = false);
  // Goes on with a copy of the directory `kept`, of an authority that was closed.
  TestCa(const std::string& name, const std::string& kept);
  ~TestCa();
  TestCa(const TestCa&) = delete;
  TestCa& operator=(const TestCa&) = delete;

  CertificateAuthority& operator*() { return *ca_; }
  CertificateAuthority* operator->() { return ca_.get(); }
  ManualClock& clock() { return clock_; }
  const ManualClock& clock() const { return clock_; }
  const std::string& directory() const { return directory_; }
  void Reopen();
  // Until Reopen there is no authority, and its directory may be copied.
  void Close() { ca_ = nullptr; }

  // A request that the authority has no reason to refuse.
  static IssueRequest Request(certs::Kind kind, const std::string& transaction_id,
                              const TestKey& key);

  // Submits it; what came.
  Issued Issue(certs::Kind kind, const std::string& transaction_id, const TestKey& key);

 private:
  const std::string directory_;
  ManualClock clock_;
  std::unique_ptr<CertificateAuthority> ca_;
};

}  // namespace jpkid::ca
