#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "base/clock.h"
#include "base/mutex.h"
#include "daemon/ca/ca.h"
#include "daemon/ca/cmp.h"
#include "daemon/ca/cmp_issuers.h"
#include "daemon/ca/http.h"

namespace jpkid::ca {

// An authority's revocation lists (RFC 5280, 5): fetched, found right, and kept for a while. A list
// that cannot be fetched anew serves until its own end. Thread-safe.
class RevocationLists {
 public:
  // All outlives it.
  RevocationLists(const CmpOptions& options, const Http& http, const CmpIssuers& issuers,
                  const Clock& clock)
      : options_(options), http_(http), issuers_(issuers), clock_(clock) {}

  // Good: on no list of the kind's issuers. That somebody issued it a list does not say.
  // CA_UNAVAILABLE while one of them cannot be had.
  absl::StatusOr<BookEntry> StatusOf(certs::Kind kind, absl::string_view serial);

  // The list of the kind's newest issuer, DER.
  absl::StatusOr<Bytes> Newest(certs::Kind kind);

  // Something was revoked: what is kept is old.
  void Forget(certs::Kind kind);

 private:
  struct List {
    CrlPtr crl;
    Bytes der;
    absl::Time fetched;
    absl::Time next_update;
  };
  using ListPtr = std::shared_ptr<const List>;
  using Key = std::pair<certs::Kind, std::size_t>;

  absl::StatusOr<ListPtr> Get(certs::Kind kind, std::size_t generation);
  absl::StatusOr<ListPtr> Fetch(certs::Kind kind, std::size_t generation) const;
  absl::Status Check(List& list, X509* issuer) const;

  const CmpOptions& options_;
  const Http& http_;
  const CmpIssuers& issuers_;
  const Clock& clock_;
  Mutex mutex_;
  std::map<Key, ListPtr> lists_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::ca
