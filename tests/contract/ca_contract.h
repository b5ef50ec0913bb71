#pragma once

#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "daemon/ca/ca.h"
#include "daemon/ca/certificate.h"
#include "daemon/ca/test_ca.h"

// What every certificate authority behind the door promises. An adapter instantiates CaContract and
// CaRefusal with a factory and compiles ca_contract.cc and ca_refusal_contract.cc into its test
// program.
namespace jpkid::ca {

// An authority with a life of its own, for one test.
class CaUnderTest {
 public:
  virtual ~CaUnderTest() = default;
  virtual CertificateAuthority& ca() = 0;
  virtual absl::Time Now() const = 0;
  // Lets time go by: the authority's and the adapter's.
  virtual void Pass(absl::Duration time) = 0;
  // A daemon that was killed and comes back: nothing is kept but what is on the disk.
  virtual void Restart() = 0;
  // Whether it tells serial numbers that were never issued from good ones. A revocation list does
  // not.
  virtual bool TellsUnknown() const { return true; }
};

// Makes the authority of one test.
struct CaFactory {
  const char* authority;
  std::function<std::unique_ptr<CaUnderTest>(const std::string& name)> make;

  friend void PrintTo(const CaFactory& factory, std::ostream* out) { *out << factory.authority; }
};

class CaContract : public testing::TestWithParam<CaFactory> {
 protected:
  CaContract();

  CertificateAuthority& ca() { return under_test_->ca(); }

  // A request without fault, of the P-384 key unless told otherwise.
  IssueRequest Request(certs::Kind kind, const std::string& transaction_id,
                       certs::Algorithm algorithm = certs::Algorithm::kP384Sha384) const;

  // Submits and, as long as the authority says so, waits and polls.
  absl::StatusOr<Issued> Obtain(const IssueRequest& request);

  // Obtain()ed, and its serial number.
  std::string ObtainSerial(certs::Kind kind, const std::string& transaction_id);

  // What OpenSSL says of `issued` when it looks at the authority's newest list; X509_V_OK if good.
  int VerifyWithCrl(const Issued& issued, certs::Kind kind);

  std::unique_ptr<CaUnderTest> under_test_;
};

// What an authority refuses.
class CaRefusal : public CaContract {
 protected:
  // CA_REJECTED, in a text that does not quote the holder's data; and the authority still issues.
  void ExpectRefused(const IssueRequest& request, const char* what);

 private:
  int refusals_ = 0;
};

}  // namespace jpkid::ca
