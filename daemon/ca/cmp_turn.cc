#include "daemon/ca/cmp_turn.h"

#include <algorithm>
#include <utility>

#include <openssl/asn1.h>

#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/ca/cmp_message.h"

namespace jpkid::ca {
namespace {

using OctetsPtr = OpensslPtr<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;

constexpr char kContentType[] = "application/pkixcmp";  // RFC 6712, 3.4.

// Numbers of PKIBody's choices (RFC 4210, 5.1.2).
constexpr int kP10cr = 4;
constexpr int kRevocationRequest = 11;
constexpr int kCertConf = 24;
constexpr int kPollRequest = 25;

// Lets `context` expect the answer to `sent` instead of to the message that it made itself.
absl::Status ExpectAnswerTo(OSSL_CMP_CTX* context, ByteView sent) {
  JPKID_ASSIGN_OR_RETURN(const Bytes nonce, ReadHeader(sent, HeaderField::kSenderNonce));
  const OctetsPtr octets(ASN1_OCTET_STRING_new());
  if (octets == nullptr ||
      ASN1_OCTET_STRING_set(octets.get(), nonce.data(), static_cast<int>(nonce.size())) != 1 ||
      OSSL_CMP_CTX_set1_senderNonce(context, octets.get()) != 1) {
    return OpensslFailure("cannot set a nonce");
  }
  return absl::OkStatus();
}

}  // namespace

void CmpTurn::Install(OSSL_CMP_CTX* context) {
  OSSL_CMP_CTX_set_transfer_cb(context, Transfer);
  OSSL_CMP_CTX_set_transfer_cb_arg(context, this);
}

void CmpTurn::Accept() {
  if (answered_ != nullptr) answered_->received = std::exchange(answer_, {});
  answered_ = nullptr;
}

OSSL_CMP_MSG* CmpTurn::Transfer(OSSL_CMP_CTX* context, const OSSL_CMP_MSG* message) {
  auto& turn = *static_cast<CmpTurn*>(OSSL_CMP_CTX_get_transfer_cb_arg(context));
  turn.Accept();
  const absl::StatusOr<Bytes> answer = turn.Answer(context, message);
  absl::StatusOr<CmpMessagePtr> decoded =
      answer.ok() ? DecodeMessage(*answer) : absl::StatusOr<CmpMessagePtr>(answer.status());
  if (decoded.ok()) return decoded->release();
  turn.status_ = decoded.status();
  return nullptr;
}

Exchange* CmpTurn::ExchangeFor(const OSSL_CMP_MSG* message) {
  switch (OSSL_CMP_MSG_get_bodytype(message)) {
    case kP10cr:
    case kRevocationRequest:
      return &transaction_.asked;
    case kPollRequest:
      return &transaction_.polled;
    case kCertConf:
      return &transaction_.confirmed;
    default:
      return nullptr;
  }
}

absl::StatusOr<Bytes> CmpTurn::Answer(OSSL_CMP_CTX* context, const OSSL_CMP_MSG* message) {
  Exchange* const exchange = ExchangeFor(message);
  if (exchange == nullptr) {
    return Fail(Reason::kInternal, {{"detail", "a CMP message that is not in the plan"}});
  }
  if (exchange == &transaction_.polled && std::exchange(polled_, true)) *exchange = {};
  if (!exchange->sent.empty()) {
    JPKID_RETURN_IF_ERROR(ExpectAnswerTo(context, exchange->sent));
    if (!exchange->received.empty()) return exchange->received;
  }
  repeated_ = exchange->open();
  if (!repeated_) {
    JPKID_ASSIGN_OR_RETURN(exchange->sent, EncodeMessage(message));
    JPKID_RETURN_IF_ERROR(link_.journal.Put(transaction_, link_.clock.Now()));
  }
  JPKID_ASSIGN_OR_RETURN(answer_, Send(*exchange));
  answered_ = exchange;
  return answer_;
}

absl::StatusOr<Bytes> CmpTurn::Send(const Exchange& exchange) {
  const absl::Duration left = std::min(link_.message_timeout, deadline_ - SteadyNow());
  if (left <= absl::ZeroDuration()) {
    return Fail(Reason::kCaUnavailable, {{"detail", "its answers take too long"}});
  }
  JPKID_RETURN_IF_ERROR(link_.circuit.Admit());
  absl::StatusOr<Bytes> answer = link_.http.Post(link_.url, kContentType, exchange.sent, left);
  // What was damaged on its way is no answer either: asked again, the authority repeats it.
  if (answer.ok() && !DecodeMessage(*answer).ok()) {
    answer = Fail(Reason::kCaUnavailable, {{"detail", "its answer is not readable"}});
  }
  if (answer.ok()) {
    link_.circuit.Answered();
  } else {
    link_.circuit.Silent();
  }
  return answer;
}

}  // namespace jpkid::ca
