#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "base/clock.h"

// The training authority as a server: CMP at /cmp, revocation lists at /auth.crl and
// /signature.crl.
namespace jpkid::simca {

struct Options {
  std::string ca_dir;                  // As jpkid's embedded authority has it.
  std::string listen = "127.0.0.1:0";  // Port 0: any.
  std::string tls_file = {};           // PEM, certificate and key; empty: plain HTTP.
  std::string mac_secret_file = {};    // Empty: registration authorities sign.
  std::string mac_reference = {};
};

// Serves from Start to its end. Thread-safe.
class Simca {
 public:
  // `clock` outlives it.
  static absl::StatusOr<std::unique_ptr<Simca>> Start(const Options& options, const Clock& clock);
  virtual ~Simca() = default;

  virtual int port() const = 0;

  // A line of the control socket (faults.h, or "status"), and its answer.
  virtual std::string Obey(absl::string_view line) = 0;
};

// What a registration authority needs, written where it is told; empty: not written.
struct RaFiles {
  std::string out;      // Its certificate and key, mode 0600.
  std::string for_key;  // PEM of a public key that exists: then `out` has the certificate alone.
  std::string server;   // The server's certificate, to be pinned.
  std::string auth_issuer;  // Certificates of the issuers.
  std::string signature_issuer;
};

// Makes a registration authority's certificate and lets the authority in `ca_dir` serve it.
absl::Status MakeRa(const std::string& ca_dir, const std::string& common_name, const RaFiles& files,
                    const Clock& clock);

}  // namespace jpkid::simca
