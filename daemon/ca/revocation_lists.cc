#include "daemon/ca/revocation_lists.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/file.h"
#include "base/log.h"
#include "base/status.h"
#include "daemon/ca/certificate.h"

namespace jpkid::ca {
namespace {

constexpr std::size_t kMostOctets = std::size_t{32} << 20;

using EnumeratedPtr = OpensslPtr<ASN1_ENUMERATED, ASN1_ENUMERATED_free>;
using AuthorityKeyIdPtr = OpensslPtr<AUTHORITY_KEYID, AUTHORITY_KEYID_free>;

absl::Status Unusable(absl::string_view why) {
  return Fail(Reason::kCaUnavailable, {{"detail", absl::StrCat("its revocation list ", why)}});
}

BookEntry EntryOf(X509_REVOKED* revoked, absl::Time at) {
  const EnumeratedPtr reason(static_cast<ASN1_ENUMERATED*>(
      X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, nullptr, nullptr)));
  BookEntry entry = {.state = BookEntry::State::kRevoked, .revocation = Revocation{.at = at}};
  if (reason != nullptr) {
    entry.revocation->reason = static_cast<RevocationReason>(ASN1_ENUMERATED_get(reason.get()));
  }
  return entry;
}

// Extensions that narrow what a list says must be understood (RFC 5280, 5.2): deltas and lists of a
// part are not.
bool HasCriticalExtension(const X509_CRL* crl) {
  return X509_CRL_get_ext_by_critical(crl, 1, -1) >= 0;
}

}  // namespace

absl::Status RevocationLists::Check(List& list, X509* issuer) const {
  const AuthorityKeyIdPtr authority(static_cast<AUTHORITY_KEYID*>(
      X509_CRL_get_ext_d2i(list.crl.get(), NID_authority_key_identifier, nullptr, nullptr)));
  const ASN1_OCTET_STRING* key_id = authority == nullptr ? nullptr : authority->keyid;
  const bool by_issuer =
      NamesKeyOf(key_id, issuer) && X509_CRL_verify(list.crl.get(), X509_get0_pubkey(issuer)) == 1;
  ERR_clear_error();
  if (!by_issuer) return Unusable("is another issuer's");
  if (HasCriticalExtension(list.crl.get())) return Unusable("says less than all");
  const ASN1_TIME* next = X509_CRL_get0_nextUpdate(list.crl.get());
  if (next == nullptr) return Unusable("has no end");
  JPKID_ASSIGN_OR_RETURN(const absl::Time from, FromAsn1(X509_CRL_get0_lastUpdate(list.crl.get())));
  JPKID_ASSIGN_OR_RETURN(list.next_update, FromAsn1(next));
  if (from > list.fetched + kClocksDiffer) return Unusable("is of the future");
  if (list.next_update < list.fetched) return Unusable("has expired");
  return absl::OkStatus();
}

absl::StatusOr<RevocationLists::ListPtr> RevocationLists::Fetch(certs::Kind kind,
                                                                std::size_t generation) const {
  const std::string& where = options_.issuers(kind)[generation].crl_url;
  auto list = std::make_shared<List>();
  list->fetched = clock_.Now();
  if (absl::StartsWith(where, "/")) {
    JPKID_ASSIGN_OR_RETURN(list->der, ReadFile(where, kMostOctets));
  } else {
    JPKID_ASSIGN_OR_RETURN(const Url url, ParseUrl(where));
    JPKID_ASSIGN_OR_RETURN(list->der, http_.Get(url, kMostOctets, options_.message_timeout));
  }
  const unsigned char* place = list->der.data();
  list->crl.reset(d2i_X509_CRL(nullptr, &place, static_cast<long>(list->der.size())));
  ERR_clear_error();
  if (list->crl == nullptr) return Unusable("is none");
  JPKID_RETURN_IF_ERROR(Check(*list, issuers_.of(kind)[generation].get()));
  return ListPtr(std::move(list));
}

absl::StatusOr<RevocationLists::ListPtr> RevocationLists::Get(certs::Kind kind,
                                                              std::size_t generation) {
  const Key key(kind, generation);
  ListPtr kept;
  {
    const MutexLock lock(mutex_);
    kept = lists_[key];
  }
  const absl::Time now = clock_.Now();
  // One of the future was fetched before the clock was set back.
  if (kept != nullptr && now >= kept->fetched && now < kept->fetched + options_.list_age &&
      now < kept->next_update) {
    return kept;
  }
  absl::StatusOr<ListPtr> fetched = Fetch(kind, generation);
  if (!fetched.ok()) {
    if (kept == nullptr || now >= kept->next_update) {
      return FailedFor(fetched.status(), Reason::kCaUnavailable)
                 ? fetched.status()
                 : Unusable(absl::StrCat("cannot be read: ", fetched.status().message()));
    }
    LogWarning("the revocation list in hand serves on: %s",
               std::string(fetched.status().message()));
    return kept;
  }
  const MutexLock lock(mutex_);
  lists_[key] = *fetched;
  return fetched;
}

absl::StatusOr<BookEntry> RevocationLists::StatusOf(certs::Kind kind, absl::string_view serial) {
  BIGNUM* parsed = nullptr;
  const std::string digits(serial);
  const bool read = BN_hex2bn(&parsed, digits.c_str()) == static_cast<int>(digits.size());
  const BignumPtr number(parsed);
  const IntegerPtr integer(read ? BN_to_ASN1_INTEGER(number.get(), nullptr) : nullptr);
  if (integer == nullptr) return BookEntry();
  for (std::size_t i = 0; i < issuers_.of(kind).size(); ++i) {
    JPKID_ASSIGN_OR_RETURN(const ListPtr list, Get(kind, i));
    X509_REVOKED* revoked = nullptr;
    if (X509_CRL_get0_by_serial(list->crl.get(), &revoked, integer.get()) != 1) continue;
    JPKID_ASSIGN_OR_RETURN(const absl::Time at,
                           FromAsn1(X509_REVOKED_get0_revocationDate(revoked)));
    return EntryOf(revoked, at);
  }
  return BookEntry{.state = BookEntry::State::kGood};
}

absl::StatusOr<Bytes> RevocationLists::Newest(certs::Kind kind) {
  JPKID_ASSIGN_OR_RETURN(const ListPtr list, Get(kind, 0));
  return list->der;
}

void RevocationLists::Forget(certs::Kind kind) {
  const MutexLock lock(mutex_);
  for (auto& [key, list] : lists_) {
    if (key.first == kind) list = nullptr;
  }
}

}  // namespace jpkid::ca
