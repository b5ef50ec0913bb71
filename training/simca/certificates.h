#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace jpkid::simca {

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using CertificatePtr = std::unique_ptr<X509, Free<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

// A certificate and its key, as one PEM file of mode 0600 holds them.
struct Pair {
  CertificatePtr certificate;
  KeyPtr key;
};

// FAILED_PRECONDITION for a file that does not hold both.
absl::StatusOr<Pair> ReadPair(const std::string& path);
absl::Status WritePair(const std::string& path, const Pair& pair);

// The certificates of a PEM file; none where there is no file.
absl::StatusOr<std::vector<CertificatePtr>> ReadAll(const std::string& path);

// Writes certificates alone, readable by everybody.
absl::Status WriteCertificates(const std::string& path, const std::vector<const X509*>& all);

// What a certificate of the training authority's own staff is for (RFC 6402, 2.10).
enum class Use { kServer, kRegistrationAuthority };

// A certificate "C=JP, O=JPKI-SIM, CN=`common_name`" by `issuer`, for ten years, for `key`.
absl::StatusOr<CertificatePtr> Certify(const Pair& issuer, EVP_PKEY* key,
                                       const std::string& common_name, Use use, absl::Time now);

// The same with a new P-256 key.
absl::StatusOr<Pair> MakePair(const Pair& issuer, const std::string& common_name, Use use,
                              absl::Time now);

// Places in the authority's directory.
std::string IssuerPath(const std::string& ca_dir, const std::string& kind);
std::string ServerPath(const std::string& ca_dir);
std::string RaPath(const std::string& ca_dir);  // Certificates of the RAs that are served.

}  // namespace jpkid::simca
