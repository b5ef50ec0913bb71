#pragma once

#include <memory>
#include <string>

#include "daemon/ca/cmp.h"
#include "daemon/ca/test_ca.h"
#include "tests/contract/ca_contract.h"
#include "training/simca/simca.h"

namespace jpkid::ca {

// The CMP adapter and jpki-simca's server behind a real socket, in one process. The clock is the
// training authority's and stands still; HTTP takes its own time.
class CmpAuthority : public CaUnderTest {
 public:
  explicit CmpAuthority(const std::string& name, const simca::Options& server = {});
  // Serves the directory of `book`, which outlives it, at its time.
  CmpAuthority(const std::string& name, TestCa& book, const simca::Options& server = {});
  ~CmpAuthority() override;

  CertificateAuthority& ca() override { return *adapter_; }
  absl::Time Now() const override { return book_.clock().Now(); }
  void Pass(absl::Duration time) override { book_.clock().Advance(time); }
  void Restart() override;
  bool TellsUnknown() const override { return false; }

  // The authority's own view: its book is the truth.
  CertificateAuthority& book() { return *book_; }
  int CountCertificates() const;
  bool IsConfirmed(const std::string& serial) const;
  const std::string& ca_dir() const { return book_.directory(); }
  const std::string& directory() const { return directory_; }

  // Tells the server what goes wrong.
  void Tell(const std::string& line);
  int port() const { return port_; }
  // How many messages the server was sent.
  int messages();

  // The server of another life, on the same port; with other options.
  void StopServer();
  void StartServer(simca::Options server);

  // What Restart() opens the adapter with.
  CmpOptions& options() { return options_; }

 private:
  CmpAuthority(const std::string& name, std::unique_ptr<TestCa> own, TestCa* book,
               const simca::Options& server);

  const std::unique_ptr<TestCa> own_;
  TestCa& book_;
  const std::string directory_;
  std::unique_ptr<simca::Simca> server_;
  int port_ = 0;
  CmpOptions options_;
  std::unique_ptr<CertificateAuthority> adapter_;
};

}  // namespace jpkid::ca
