#include "hal/sim/create.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

// The status of an order that differs from a good one in what `spoil` does.
template <typename Spoil>
absl::Status Order(Spoil spoil) {
  CardOrder order = TestOrder();
  spoil(order);
  return MakeCardImage(order).status();
}

TEST(MakeCardImage, TakesAGoodOrder) {
  const CardImage image = MakeCardImage(TestOrder()).value();
  EXPECT_EQ(image.token_label(), "JPKISIMCARD");
  EXPECT_EQ(image.switches().blocked_sw(), 0x6984u);
  EXPECT_FALSE(image.switches().first_command_6f00());
  EXPECT_TRUE(image.switches().extended_length());
  EXPECT_TRUE(image.staged());
  EXPECT_EQ(image.auth_pin().tries_left(), 3u);
  EXPECT_EQ(image.signature_pin().tries_left(), 5u);
  EXPECT_EQ(image.issuer().enc_key().size(), 16u);
  EXPECT_NE(image.auth_pin().salt(), image.text_input_pin().salt());
}

TEST(MakeCardImage, RefusesWhatNoCardHas) {
  for (const absl::Status& status : {
           Order([](CardOrder& order) { order.serial = "12345"; }),
           Order([](CardOrder& order) { order.serial = "01234567890123X"; }),
           Order([](CardOrder& order) { order.municipality_code = "2821"; }),
           Order([](CardOrder& order) { order.card_expiry = "20330229"; }),
           Order([](CardOrder& order) { order.birth_date = "1980-02-17"; }),
           Order([](CardOrder& order) { order.name = ""; }),
           Order([](CardOrder& order) { order.address = std::string(1025, 'x'); }),
           Order([](CardOrder& order) { order.sex = "3"; }),
           Order([](CardOrder& order) { order.individual_number = "1"; }),
           Order([](CardOrder& order) { order.token_label = ""; }),
           Order([](CardOrder& order) { order.token_label = std::string(33, 'x'); }),
           Order([](CardOrder& order) { order.token_label = "JPKI CARD"; }),
           Order([](CardOrder& order) { order.algorithm = KEY_ALGORITHM_UNSPECIFIED; }),
           Order([](CardOrder& order) { order.issuer_master_key = SecretOf("short"); }),
       }) {
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  }
}

TEST(MakeCardImage, RefusesPinsOfTheWrongForm) {
  for (const char* pin : {"123", "12345", "12A4"}) {
    EXPECT_TRUE(FailedFor(Order([pin](CardOrder& order) { order.auth_pin = SecretOf(pin); }),
                          Reason::kPinFormat))
        << pin;
  }
  for (const char* pin : {"ABC12", "ABCDEFGH123456789", "abc123", "ABC 123"}) {
    EXPECT_TRUE(FailedFor(Order([pin](CardOrder& order) { order.signature_pin = SecretOf(pin); }),
                          Reason::kPinFormat))
        << pin;
  }
}

TEST(InstallCertificate, TakesTheKeysOwnCertificate) {
  CardImage image = MakeCardImage(TestOrder()).value();
  const PrivateKey key = TestKey(RSA_2048, 0);
  const Bytes own = SelfSigned(key, "holder");
  const Bytes other = SelfSigned(TestKey(RSA_2048, 1), "other");
  ASSERT_TRUE(InstallCertificate(image, CertificateKind::kSignature, key, own, other).ok());
  EXPECT_EQ(image.signature().current().certificate(), std::string(AsText(own)));
  EXPECT_EQ(image.signature().current().ca_certificate(), std::string(AsText(other)));
  EXPECT_FALSE(image.has_auth());
}

TEST(InstallCertificate, RefusesAnother) {
  CardImage image = MakeCardImage(TestOrder()).value();
  const PrivateKey key = TestKey(RSA_2048, 0);
  const Bytes own = SelfSigned(key, "holder");
  const Bytes other = SelfSigned(TestKey(RSA_2048, 1), "other");
  Bytes longer = own;
  longer.push_back(0);
  for (const auto& [certificate, ca] : {std::pair(other, own), std::pair(longer, other),
                                        std::pair(Bytes(), other), std::pair(own, Bytes())}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        InstallCertificate(image, CertificateKind::kAuth, key, certificate, ca)));
  }
  EXPECT_FALSE(image.has_auth());
}

}  // namespace
}  // namespace jpkid::hal::sim
