// What the authority says to each kind of message.

#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/digest.h"
#include "base/status.h"
#include "daemon/ca/attestation.h"
#include "daemon/ca/certificate.h"
#include "daemon/ca/cmp_message.h"
#include "training/simca/cmp_call.h"

namespace jpkid::simca {
namespace {

using ca::BookEntry;
using ca::RevocationReason;

OSSL_CMP_PKISI* Accepted() {
  return OSSL_CMP_STATUSINFO_new(OSSL_CMP_PKISTATUS_accepted, 0, nullptr);
}

OSSL_CMP_PKISI* Refused(int fail_info, absl::string_view text) {
  return OSSL_CMP_STATUSINFO_new(OSSL_CMP_PKISTATUS_rejection, 1 << fail_info,
                                 std::string(text).c_str());
}

// A failure of the authority as CMP says it: refused, or not now.
OSSL_CMP_PKISI* Said(const absl::Status& status) {
  if (FailedFor(status, Reason::kCaRejected)) {
    return Refused(OSSL_CMP_PKIFAILUREINFO_badCertTemplate, status.message());
  }
  return Refused(OSSL_CMP_PKIFAILUREINFO_systemFailure, "the books cannot be read");
}

Bytes Der(const X509_REQ* request) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_REQ(request, &der);
  Bytes bytes(der, der + (size > 0 ? size : 0));
  OPENSSL_free(der);
  return bytes;
}

CertificatePtr Decode(const Bytes& der) {
  const unsigned char* place = der.data();
  return CertificatePtr(d2i_X509(nullptr, &place, static_cast<long>(der.size())));
}

std::string SerialText(const ASN1_INTEGER* serial) {
  BIGNUM* number = ASN1_INTEGER_to_BN(serial, nullptr);
  char* text = number == nullptr ? nullptr : BN_bn2hex(number);
  std::string result(text == nullptr ? "" : text);
  OPENSSL_free(text);
  BN_free(number);
  return result;
}

}  // namespace

OSSL_CMP_PKISI* CmpServer::OnRequest(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG* message, int,
                                     const OSSL_CRMF_MSG*, const X509_REQ* request, X509** made,
                                     STACK_OF(X509) * *chain, STACK_OF(X509) **) {
  Call& call = Call::Of(server);
  CmpServer& self = call.server;
  if (call.fate.not_now) return Refused(OSSL_CMP_PKIFAILUREINFO_systemUnavail, "closed for now");
  if (call.fate.refuse) return Refused(OSSL_CMP_PKIFAILUREINFO_badRequest, "told to refuse");
  if (request == nullptr)
    return Refused(OSSL_CMP_PKIFAILUREINFO_badRequest, "p10cr alone is served");
  const absl::StatusOr<Bytes> der = ca::EncodeMessage(message);
  if (!der.ok()) return Said(der.status());
  absl::StatusOr<ca::IssueRequest> asked = ca::ReadAttestation(*der);
  if (!asked.ok()) return Said(asked.status());
  asked->transaction_id = call.transaction;
  asked->request = Der(request);
  const absl::StatusOr<std::optional<CmpBook::Request>> kept =
      self.book_->FindRequest(call.transaction);
  if (!kept.ok()) return Said(kept.status());
  const bool known = kept->has_value() && (*kept)->message == *der;
  const int polls_left = known ? (*kept)->polls_left : call.polls.count;
  if (!known) {
    const absl::Status status = self.book_->KeepRequest(
        call.transaction,
        {.message = *der, .polls_left = polls_left, .check_after = call.polls.seconds});
    if (!status.ok()) return Said(status);
  }
  if (polls_left > 0) return OSSL_CMP_STATUSINFO_new(OSSL_CMP_PKISTATUS_waiting, 0, nullptr);
  const absl::StatusOr<ca::Answer> answer = self.authority_->Submit(*asked);
  if (!answer.ok()) return Said(answer.status());
  const auto& issued = std::get<ca::Issued>(*answer);
  *made = Decode(issued.certificate).release();
  *chain = sk_X509_new_null();
  sk_X509_push(*chain, Decode(issued.ca_certificate).release());
  return Accepted();
}

int CmpServer::OnPoll(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG*, int, OSSL_CMP_MSG** request,
                      int64_t* check_after) {
  Call& call = Call::Of(server);
  absl::StatusOr<std::optional<CmpBook::Request>> kept =
      call.server.book_->FindRequest(call.transaction);
  if (!kept.ok() || !kept->has_value()) {
    ERR_raise_data(ERR_LIB_CMP, ERR_R_PASSED_INVALID_ARGUMENT, "no such transaction");
    return 0;
  }
  CmpBook::Request& waiting = **kept;
  *check_after = waiting.check_after;
  *request = nullptr;
  if (waiting.polls_left > 0) --waiting.polls_left;
  if (!call.server.book_->KeepRequest(call.transaction, waiting).ok()) return 0;
  if (waiting.polls_left > 0) return 1;
  absl::StatusOr<ca::CmpMessagePtr> message = ca::DecodeMessage(waiting.message);
  if (!message.ok()) return 0;
  *request = message->release();
  return 1;
}

int CmpServer::OnConfirm(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG*, int,
                         const ASN1_OCTET_STRING* hash, const OSSL_CMP_PKISI* status) {
  Call& call = Call::Of(server);
  const absl::StatusOr<ca::Answer> answer = call.server.authority_->Poll(call.transaction);
  const auto* issued = answer.ok() ? std::get_if<ca::Issued>(&*answer) : nullptr;
  if (issued == nullptr || call.fate.refuse) {
    ERR_raise_data(ERR_LIB_CMP, ERR_R_PASSED_INVALID_ARGUMENT, "nothing to confirm");
    return 0;
  }
  // RFC 4210, 5.3.18: the hash of the certificate's signature, SHA-256 with our issuers.
  const auto expected = Sha256(issued->certificate);
  const ByteView told(ASN1_STRING_get0_data(hash),
                      static_cast<std::size_t>(ASN1_STRING_length(hash)));
  char text[OSSL_CMP_PKISI_BUFLEN] = {};
  const bool rejected = status != nullptr &&
                        OSSL_CMP_snprint_PKIStatusInfo(status, text, sizeof(text)) != nullptr &&
                        absl::string_view(text).find("rejection") != absl::string_view::npos;
  absl::Status done = absl::InvalidArgumentError("another certificate");
  if (rejected) {
    const auto read = ca::ReadCertificate(issued->certificate);
    done = read.ok() ? call.server.authority_->Revoke(*read->kind, read->serial,
                                                      RevocationReason::kCessationOfOperation)
                     : read.status();
  } else if (std::equal(told.begin(), told.end(), expected.begin(), expected.end())) {
    done = call.server.authority_->Confirm(call.transaction);
  }
  if (done.ok()) return 1;
  ERR_raise_data(ERR_LIB_CMP, ERR_R_PASSED_INVALID_ARGUMENT, "%s",
                 std::string(done.message()).c_str());
  return 0;
}

OSSL_CMP_PKISI* CmpServer::OnRevoke(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG*,
                                    const X509_NAME* issuer, const ASN1_INTEGER* serial) {
  Call& call = Call::Of(server);
  CmpServer& self = call.server;
  if (call.fate.not_now) return Refused(OSSL_CMP_PKIFAILUREINFO_systemUnavail, "closed for now");
  if (call.fate.refuse) return Refused(OSSL_CMP_PKIFAILUREINFO_badRequest, "told to refuse");
  const auto is = [&](const Pair& pair) {
    return X509_NAME_cmp(issuer, X509_get_subject_name(pair.certificate.get())) == 0;
  };
  if (!is(self.auth_issuer_) && !is(self.signature_issuer_)) {
    return Refused(OSSL_CMP_PKIFAILUREINFO_badCertId, "another issuer");
  }
  const certs::Kind kind = is(self.auth_issuer_) ? certs::Kind::kAuth : certs::Kind::kSignature;
  const std::string number = SerialText(serial);
  const absl::StatusOr<RevocationReason> reason = ca::ReadRevocationReason(call.message);
  if (!reason.ok()) return Refused(OSSL_CMP_PKIFAILUREINFO_badRequest, reason.status().message());
  const absl::StatusOr<BookEntry> entry = self.authority_->StatusOf(kind, number);
  if (!entry.ok()) return Said(entry.status());
  if (entry->state == BookEntry::State::kUnknown) {
    return Refused(OSSL_CMP_PKIFAILUREINFO_badCertId, "unknown serial number");
  }
  if (entry->state == BookEntry::State::kRevoked &&
      (entry->revocation->reason != RevocationReason::kCertificateHold ||
       *reason == RevocationReason::kCertificateHold)) {
    return Refused(OSSL_CMP_PKIFAILUREINFO_certRevoked, "revoked before");
  }
  const absl::Status status = self.authority_->Revoke(kind, number, *reason);
  return status.ok() ? Accepted() : Said(status);
}

}  // namespace jpkid::simca
