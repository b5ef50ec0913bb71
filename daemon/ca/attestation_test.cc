#include "daemon/ca/attestation.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "daemon/ca/cmp_message.h"
#include "daemon/ca/openssl.h"
#include "daemon/ca/test_ca.h"

namespace jpkid::ca {
namespace {

using certs::Algorithm;
using certs::Kind;

using ContextPtr = OpensslPtr<OSSL_CMP_CTX, OSSL_CMP_CTX_free>;

OSSL_CMP_MSG* Capture(OSSL_CMP_CTX* context, const OSSL_CMP_MSG* message) {
  *static_cast<Bytes*>(OSSL_CMP_CTX_get_transfer_cb_arg(context)) = EncodeMessage(message).value();
  return nullptr;
}

// The p10cr message that OpenSSL makes of `request`; attested or not.
Bytes Message(const IssueRequest& request, bool attested) {
  const ContextPtr context(OSSL_CMP_CTX_new(nullptr, nullptr));
  const TestKey& key = TestKey::Of(Algorithm::kP384Sha384);
  const unsigned char* place = request.request.data();
  const RequestPtr pkcs10(d2i_X509_REQ(nullptr, &place, static_cast<long>(request.request.size())));
  OSSL_CMP_CTX_set1_p10CSR(context.get(), pkcs10.get());
  OSSL_CMP_CTX_set1_referenceValue(context.get(), reinterpret_cast<const unsigned char*>("ra"), 2);
  OSSL_CMP_CTX_set1_secretValue(context.get(), key.PublicKey().data(), 16);
  if (attested) {
    EXPECT_EQ(AddAttestation(context.get(), request), absl::OkStatus());
  }
  Bytes message;
  OSSL_CMP_CTX_set_transfer_cb(context.get(), Capture);
  OSSL_CMP_CTX_set_transfer_cb_arg(context.get(), &message);
  int check_after = 0;
  EXPECT_EQ(OSSL_CMP_try_certreq(context.get(), OSSL_CMP_P10CR, nullptr, &check_after), 0);
  return message;
}

TEST(Attestation, ArrivesWhole) {
  IssueRequest request =
      TestCa::Request(Kind::kSignature, "t", TestKey::Of(Algorithm::kP384Sha384));
  request.holder->substituted_address = std::string(14, '1');
  const absl::StatusOr<IssueRequest> read = ReadAttestation(Message(request, true));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->kind, Kind::kSignature);
  EXPECT_EQ(read->last_day, request.last_day);
  EXPECT_EQ(read->residence->prefecture, request.residence->prefecture);
  EXPECT_EQ(read->residence->municipality, request.residence->municipality);
  EXPECT_EQ(read->holder->name, request.holder->name);
  EXPECT_EQ(read->holder->address, request.holder->address);
  EXPECT_EQ(read->holder->sex, request.holder->sex);
  EXPECT_EQ(read->holder->birth_date, request.holder->birth_date);
  EXPECT_EQ(read->holder->substituted_name, request.holder->substituted_name);
  EXPECT_EQ(read->holder->substituted_address, request.holder->substituted_address);
}

TEST(Attestation, SaysNothingPersonalOfAKindWithout) {
  const IssueRequest request =
      TestCa::Request(Kind::kAuth, "t", TestKey::Of(Algorithm::kP384Sha384));
  const absl::StatusOr<IssueRequest> read = ReadAttestation(Message(request, true));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->kind, Kind::kAuth);
  EXPECT_FALSE(read->holder.has_value());
  EXPECT_FALSE(read->residence.has_value());
}

TEST(Attestation, AMessageWithoutItIsRefused) {
  const IssueRequest request =
      TestCa::Request(Kind::kAuth, "t", TestKey::Of(Algorithm::kP384Sha384));
  EXPECT_TRUE(FailedFor(ReadAttestation(Message(request, false)).status(), Reason::kCaRejected));
}

TEST(CmpMessage, WhatIsNoMessageIsSaidToBeNone) {
  const Bytes message =
      Message(TestCa::Request(Kind::kAuth, "t", TestKey::Of(Algorithm::kP384Sha384)), true);
  EXPECT_TRUE(DecodeMessage(message).ok());
  for (std::size_t size = 0; size < message.size(); size += 7) {
    const Bytes cut(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(DecodeMessage(cut).ok()) << size;
    EXPECT_FALSE(ReadHeader(cut, HeaderField::kTransactionId).ok()) << size;
    EXPECT_FALSE(ReadAttestation(cut).ok()) << size;
    EXPECT_FALSE(ReadRevocationReason(cut).ok()) << size;
  }
  EXPECT_EQ(ReadHeader(message, HeaderField::kTransactionId).value().size(), 16u);
  EXPECT_EQ(ReadHeader(message, HeaderField::kSenderNonce).value().size(), 16u);
}

}  // namespace
}  // namespace jpkid::ca
