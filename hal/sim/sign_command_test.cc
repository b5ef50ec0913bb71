#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include <gtest/gtest.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

EvpKey PublicKey(const PrivateKey& key) {
  const Bytes info = key.PublicKeyInfo().value();
  const std::uint8_t* at = info.data();
  return EvpKey(d2i_PUBKEY(nullptr, &at, static_cast<long>(info.size())));
}

// What the signature's block holds behind 00 01 FF … FF 00.
std::string Recovered(const PrivateKey& key, const std::string& signature_hex) {
  const EvpKey own = PublicKey(key);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(own.get(), nullptr);
  EVP_PKEY_verify_recover_init(context);
  EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING);
  const Bytes signature = FromHex(signature_hex).value();
  Bytes out(256);
  std::size_t size = out.size();
  const int done =
      EVP_PKEY_verify_recover(context, out.data(), &size, signature.data(), signature.size());
  EVP_PKEY_CTX_free(context);
  out.resize(done == 1 ? size : 0);
  return ToHex(out);
}

std::string SignCommand(absl::string_view p2, const std::string& input_hex) {
  return absl::StrFormat("802A00%s%02X%s00", p2, input_hex.size() / 2, input_hex);
}

std::string Signature(const std::string& answer) {
  EXPECT_EQ(answer.substr(answer.size() - 4), "9000");
  return answer.substr(0, answer.size() - 4);
}

// DigestInfo of SHA-256 (RFC 8017, 9.2, note 1) over some digest.
const std::string kDigestInfo =
    "3031300D060960864801650304020105000420"
    "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";

TEST(Sign, WithTheSelectedKey) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  terminal.Script({{"00A4020C020017", "9000"}});
  const std::string auth = Signature(terminal.Send(SignCommand("80", kDigestInfo)));
  EXPECT_EQ(Recovered(TestKey(RSA_2048, 0), auth), kDigestInfo);
  terminal.VerifyPin("001B", kTestSignaturePin);
  terminal.Script({{"00A4020C02001A", "9000"}});
  const std::string signature = Signature(terminal.Send(SignCommand("80", kDigestInfo)));
  EXPECT_EQ(Recovered(TestKey(RSA_2048, 1), signature), kDigestInfo);
}

TEST(Sign, AnyOneTo245OctetsArePaddedAsTheyAre) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  for (const std::size_t size : {1u, 20u, 36u, 64u, 83u, 244u, 245u}) {
    const std::string input = ToHex(Bytes(size, 0xA5));
    EXPECT_EQ(Recovered(TestKey(RSA_2048, 0), Signature(terminal.Send(SignCommand("97", input)))),
              input);
  }
  EXPECT_EQ(terminal.Send(SignCommand("97", ToHex(Bytes(246, 0xA5)))), "6700");
  EXPECT_EQ(terminal.Send("802A009700"), "6700");  // nothing to sign
}

TEST(Sign, NeedsThePinOfItsKey) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.Send(SignCommand("97", kDigestInfo)), "6982");
  EXPECT_EQ(terminal.Send(SignCommand("9A", kDigestInfo)), "6982");
}

TEST(Sign, AnAnswerThatTheLeDoesNotHoldWaits) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  const std::string whole = terminal.Send("802A0097013100");
  // Without an Le nothing comes at once. PKCS#1 v1.5 is deterministic, so the answers compare.
  EXPECT_EQ(terminal.Send("802A00970131"), "6100");
  EXPECT_EQ(terminal.Send("00C0000000"), whole);
  EXPECT_EQ(terminal.Send("802A00970131F0"), whole.substr(0, 480) + "6110");
  EXPECT_EQ(terminal.Send("00C0000020"), "6C10");
  EXPECT_EQ(terminal.Send("00C0000008"), whole.substr(480, 16) + "6108");
  EXPECT_EQ(terminal.Send("00C0000008"), whole.substr(496));
  EXPECT_EQ(terminal.Send("00C0000008"), "6985");
}

TEST(Sign, AnotherCommandDropsWhatWaits) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  terminal.Script({{"802A00970131", "6100"}, {"00200098", "63C3"}, {"00C0000000", "6985"}});
  terminal.Script({{"802A00970131", "6100"}, {"FF", "6700"}, {"00C0000000", "6985"}});
  terminal.Script({{"802A00970131", "6100"},
                   {"00C0010000", "6A86"},
                   {"00C00000", "6700"},
                   {"00C000000131", "6700"}});
}

TEST(Sign, Strictly) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  terminal.Script({
      {"802A0080013100", "6981"},  // the PIN file is selected
      {"802A0086013100", "6981"},
      {"802A0083013100", "6A82"},
      {"802A0000013100", "6A86"},
      {"802A9E9A013100", "6A86"},  // the standard's own P1 P2
      {"002A0097013100", "6E00"},
      {"842A0097013100", "6882"},
  });
  EXPECT_EQ(terminal.Send("802A009700000131"
                          "0100"),
            "6700");  // extended length
}

TEST(Sign, WithoutAKey) {
  Terminal terminal(MakeCardImage(TestOrder()).value());
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.Send("802A0097013100"), "6982");
  terminal.VerifyPin("0018", kTestAuthPin);
  EXPECT_EQ(terminal.Send("802A0097013100"), "6A88");
}

TEST(Sign, P384SignsAHash) {
  Terminal terminal(IssuedImage(EC_P384));
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("001B", kTestSignaturePin);
  const Bytes hash(48, 0x3C);
  const Bytes raw = FromHex(Signature(terminal.Send(SignCommand("9A", ToHex(hash))))).value();
  ASSERT_EQ(raw.size(), 96u);
  ECDSA_SIG* parts = ECDSA_SIG_new();
  ECDSA_SIG_set0(parts, BN_bin2bn(raw.data(), 48, nullptr),
                 BN_bin2bn(raw.data() + 48, 48, nullptr));
  Bytes der(static_cast<std::size_t>(i2d_ECDSA_SIG(parts, nullptr)));
  std::uint8_t* at = der.data();
  i2d_ECDSA_SIG(parts, &at);
  ECDSA_SIG_free(parts);
  const EvpKey key = PublicKey(TestKey(EC_P384, 1));
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key.get(), nullptr);
  EVP_PKEY_verify_init(context);
  EXPECT_EQ(EVP_PKEY_verify(context, der.data(), der.size(), hash.data(), hash.size()), 1);
  EVP_PKEY_CTX_free(context);
  EXPECT_EQ(terminal.Send(SignCommand("9A", ToHex(Bytes(32, 0x3C)))), "6700");
  EXPECT_EQ(terminal.Send(SignCommand("9A", ToHex(Bytes(49, 0x3C)))), "6700");
}

}  // namespace
}  // namespace jpkid::hal::sim
