// What comes over the network or from a card as DER: certificates and CMP messages.

#include <cstdint>

#include "base/bytes.h"
#include "daemon/ca/certificate.h"
#include "daemon/ca/cmp_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace ca = jpkid::ca;
  const jpkid::ByteView input(data, size);
  ca::ReadCertificate(input).status().IgnoreError();
  ca::VerifySignature(input, {}, {}).IgnoreError();
  ca::CheckIssued(input, input, {}, absl::UnixEpoch()).IgnoreError();

  ca::ReadSequence(input).status().IgnoreError();
  ca::ReadRevocationReason(input).status().IgnoreError();
  for (const auto field : {ca::HeaderField::kTransactionId, ca::HeaderField::kSenderNonce,
                           ca::HeaderField::kGeneralInfo}) {
    ca::HeaderElement(input, field).status().IgnoreError();
    ca::ReadHeader(input, field).status().IgnoreError();
  }
  const auto message = ca::DecodeMessage(input);
  if (message.ok()) ca::EncodeMessage(message->get()).status().IgnoreError();
  return 0;
}
