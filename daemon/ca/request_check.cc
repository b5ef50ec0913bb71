#include "daemon/ca/request_check.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include <openssl/err.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/status.h"
#include "daemon/ca/holder.h"
#include "daemon/ca/key.h"

namespace jpkid::ca {
namespace {

constexpr std::size_t kLongestId = 64;
constexpr std::size_t kLongestPlace = 64;

absl::Status Rejected(absl::string_view detail) {
  return Fail(Reason::kCaRejected, {{"detail", std::string(detail)}});
}

bool IsId(const std::string& text) {
  return !text.empty() && text.size() <= kLongestId &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isalnum(c) || c == '-'; });
}

bool IsPlace(const std::string& text) {
  return !text.empty() && text.size() <= kLongestPlace && absl::ascii_isalpha(text.front()) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == ' ' || c == '\'';
         });
}

absl::Status CheckAttestation(const IssueRequest& request) {
  if (!IsId(request.transaction_id)) return Rejected("the transaction id");
  if (!certs::Row(request.kind).personal_data) {
    if (!request.holder.has_value() && !request.residence.has_value()) return absl::OkStatus();
    return Rejected("personal data for a kind that carries none");
  }
  if (!request.holder.has_value()) return Rejected("the holder's attributes are missing");
  if (!request.residence.has_value() || !IsPlace(request.residence->prefecture) ||
      !IsPlace(request.residence->municipality)) {
    return Rejected("the residence is missing or not in Roman letters");
  }
  if (const absl::Status status = CheckHolder(*request.holder); !status.ok()) {
    return Rejected(status.message());
  }
  return absl::OkStatus();
}

absl::StatusOr<RequestPtr> Decode(ByteView der) {
  const unsigned char* place = der.data();
  RequestPtr pkcs10(d2i_X509_REQ(nullptr, &place, static_cast<long>(der.size())));
  ERR_clear_error();
  if (pkcs10 == nullptr || place != der.data() + der.size()) {
    return Rejected("not one PKCS#10 request in DER");
  }
  return pkcs10;
}

// The longest that any card of the algorithm gets: a renewal in its window reaches one birthday
// further than a new issue.
absl::Status CheckLastDay(absl::CivilDay last_day, certs::Algorithm algorithm, absl::Time now) {
  if (certs::EndOfValidity(last_day) <= now) return Rejected("it would have expired already");
  int years = 0;
  for (const certs::CardProfile& profile : certs::CardProfiles()) {
    if (profile.algorithm == algorithm) years = std::max(years, profile.validity_birthdays + 1);
  }
  const absl::CivilDay today = absl::ToCivilDay(now, Tokyo());
  if (last_day > absl::CivilDay(today.year() + years, today.month(), today.day())) {
    return Rejected("it would be valid for too long");
  }
  return absl::OkStatus();
}

// A field that cannot run into the next one.
void AppendField(std::string& text, absl::string_view field) {
  absl::StrAppend(&text, field.size(), ":", field);
}

}  // namespace

absl::Status CheckForm(const IssueRequest& request) {
  if (!IsId(request.transaction_id)) return Rejected("the transaction id");
  return Decode(request.request).status();
}

absl::StatusOr<RequestPtr> CheckRequest(const IssueRequest& request, absl::Time now) {
  JPKID_RETURN_IF_ERROR(CheckAttestation(request));
  JPKID_ASSIGN_OR_RETURN(RequestPtr pkcs10, Decode(request.request));
  EVP_PKEY* key = X509_REQ_get0_pubkey(pkcs10.get());
  const std::optional<certs::Algorithm> algorithm = AlgorithmOf(key);
  ERR_clear_error();
  if (!algorithm.has_value()) return Rejected("the key is neither RSA-2048 (65537) nor P-384");
  if (X509_REQ_get_signature_nid(pkcs10.get()) != SignatureNid(*algorithm)) {
    return Rejected("the signature algorithm does not go with the key");
  }
  const bool proved = X509_REQ_verify(pkcs10.get(), key) == 1;
  ERR_clear_error();
  if (!proved) return Rejected("no proof of possession of the key");
  JPKID_RETURN_IF_ERROR(CheckLastDay(request.last_day, *algorithm, now));
  return pkcs10;
}

absl::StatusOr<Bytes> Fingerprint(const IssueRequest& request) {
  std::string text;
  AppendField(text, certs::Name(request.kind));
  AppendField(text, AsText(request.request));
  AppendField(text, absl::FormatCivilTime(request.last_day));
  if (request.residence.has_value()) {
    AppendField(text, request.residence->prefecture);
    AppendField(text, request.residence->municipality);
  }
  if (request.holder.has_value()) {
    AppendField(text, request.holder->name);
    AppendField(text, request.holder->address);
    AppendField(text, absl::StrCat(static_cast<int>(request.holder->sex)));
    AppendField(text, absl::FormatCivilTime(request.holder->birth_date));
    AppendField(text, request.holder->substituted_name);
    AppendField(text, request.holder->substituted_address);
  }
  return Sha256(AsBytes(text));
}

}  // namespace jpkid::ca
