#include "daemon/ca/cmp_failure.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include <openssl/cmperr.h>
#include <openssl/err.h>

#include "base/status.h"

namespace jpkid::ca {
namespace {

constexpr std::size_t kLongestDetail = 200;

// What OpenSSL's complaints mean, the telling ones first: several may be in its queue.
struct Complaint {
  int reason;
  Reason means;
};
constexpr Complaint kComplaints[] = {
    // The authority has decided, or says that it can't now: its failInfo tells.
    {CMP_R_REQUEST_REJECTED_BY_SERVER, Reason::kCaRejected},
    {CMP_R_RECEIVED_ERROR, Reason::kCaRejected},
    // Somebody who is not the authority, or not only the authority, made this message.
    {CMP_R_MISSING_PROTECTION, Reason::kCaProtectionInvalid},
    {CMP_R_ERROR_VALIDATING_PROTECTION, Reason::kCaProtectionInvalid},
    {CMP_R_ERROR_VALIDATING_SIGNATURE, Reason::kCaProtectionInvalid},
    {CMP_R_SRVCERT_DOES_NOT_VALIDATE_MSG, Reason::kCaProtectionInvalid},
    {CMP_R_MISSING_KEY_USAGE_DIGITALSIGNATURE, Reason::kCaProtectionInvalid},
    {CMP_R_NO_SUITABLE_SENDER_CERT, Reason::kCaProtectionInvalid},
    {CMP_R_POTENTIALLY_INVALID_CERTIFICATE, Reason::kCaProtectionInvalid},
    {CMP_R_MISSING_TRUST_ANCHOR, Reason::kCaProtectionInvalid},
    {CMP_R_MISSING_TRUST_STORE, Reason::kCaProtectionInvalid},
    {CMP_R_MISSING_SECRET, Reason::kCaProtectionInvalid},
    {CMP_R_MISSING_PBM_SECRET, Reason::kCaProtectionInvalid},
    {CMP_R_WRONG_PBM_VALUE, Reason::kCaProtectionInvalid},
    {CMP_R_UNSUPPORTED_PROTECTION_ALG_DHBASEDMAC, Reason::kCaProtectionInvalid},
    {CMP_R_SENDER_GENERALNAME_TYPE_NOT_SUPPORTED, Reason::kCaProtectionInvalid},
    {CMP_R_UNKNOWN_ALGORITHM_ID, Reason::kCaProtectionInvalid},
    // Ours to mend: a key that does not sign, a certificate that is not its.
    {CMP_R_ERROR_PROTECTING_MESSAGE, Reason::kInternal},
    {CMP_R_CERT_AND_KEY_DO_NOT_MATCH, Reason::kInternal},
    {CMP_R_MISSING_KEY_INPUT_FOR_CREATING_PROTECTION, Reason::kInternal},
};

// Said in an answer that decides nothing: asked later, it may be otherwise.
constexpr int kNotNow[] = {OSSL_CMP_PKIFAILUREINFO_systemUnavail,
                           OSSL_CMP_PKIFAILUREINFO_systemFailure,
                           OSSL_CMP_PKIFAILUREINFO_timeNotAvailable};

// The authority's words as far as they can be shown: it may quote what it refuses.
std::string StatusText(const OSSL_CMP_CTX* context) {
  char buffer[OSSL_CMP_PKISI_BUFLEN] = {};
  if (OSSL_CMP_CTX_snprint_PKIStatus(context, buffer, sizeof(buffer)) == nullptr) return "refused";
  std::string text(buffer);
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return !absl::ascii_isprint(static_cast<unsigned char>(c)); }, '?');
  return text.substr(0, kLongestDetail);
}

// The CMP reasons in the queue, oldest first, and its last text; the queue is empty then.
std::vector<int> TakeComplaints(std::string& text) {
  std::vector<int> reasons;
  while (const unsigned long error = ERR_get_error()) {
    if (ERR_GET_LIB(error) == ERR_LIB_CMP) reasons.push_back(ERR_GET_REASON(error));
    if (const char* reason = ERR_reason_error_string(error)) text = reason;
  }
  return reasons;
}

}  // namespace

bool Says(const OSSL_CMP_CTX* context, int fail_info) {
  const int code = OSSL_CMP_CTX_get_failInfoCode(context);
  return code > 0 && (code & (1 << fail_info)) != 0;
}

absl::Status CmpFailure(const OSSL_CMP_CTX* context) {
  std::string text;
  const std::vector<int> found = TakeComplaints(text);
  if (found.empty()) {
    // The one check of 3.0 that leaves no complaint behind.
    return Fail(Reason::kCaProtectionInvalid, {{"detail", "another sender than expected"}});
  }
  for (const Complaint& row : kComplaints) {
    if (std::find(found.begin(), found.end(), row.reason) == found.end()) continue;
    if (row.means != Reason::kCaRejected) return Fail(row.means, {{"detail", text}});
    const bool not_now = std::any_of(std::begin(kNotNow), std::end(kNotNow),
                                     [&](int info) { return Says(context, info); });
    return Fail(not_now ? Reason::kCaUnavailable : Reason::kCaRejected,
                {{"detail", StatusText(context)}});
  }
  return Fail(Reason::kCaAnswerInvalid, {{"detail", text}});
}

}  // namespace jpkid::ca
