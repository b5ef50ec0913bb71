#include "hal/sim/test_card.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include <gtest/gtest.h>
#include <openssl/x509.h>

#include "hal/apdu.h"

namespace jpkid::hal::sim {
namespace {

struct X509Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

EvpKey OpenSslKey(const PrivateKey& key) {
  const Secret der = key.ToDer().value();
  const std::uint8_t* at = der.view().data();
  return EvpKey(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
}

std::string Hex(const Response& response) {
  return absl::StrCat(ToHex(response.data), absl::StrFormat("%04X", response.sw));
}

}  // namespace

Secret SecretOf(absl::string_view text) { return Secret(AsBytes(text)); }

Secret TestMasterKey() { return Secret(FromHex("404142434445464748494A4B4C4D4E4F").value()); }

CardOrder TestOrder(KeyAlgorithm algorithm) {
  return {.serial = "012345678901234",
          .municipality_code = "28219",
          .card_expiry = "20330217",
          .name = "三田 花子",
          .address = "兵庫県三田市三輪2丁目1番1号",
          .birth_date = "19800217",
          .sex = "2",
          .auth_pin = SecretOf(kTestAuthPin),
          .signature_pin = SecretOf(kTestSignaturePin),
          .text_input_pin = SecretOf(kTestTextInputPin),
          .issuer_master_key = TestMasterKey(),
          .algorithm = algorithm};
}

Bytes SelfSigned(const PrivateKey& key, absl::string_view common_name) {
  const EvpKey own = OpenSslKey(key);
  const std::unique_ptr<X509, X509Free> certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, AsBytes(common_name).data(),
                             static_cast<int>(common_name.size()), -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), own.get());
  X509_sign(certificate.get(), own.get(), EVP_sha256());
  Bytes der(static_cast<std::size_t>(i2d_X509(certificate.get(), nullptr)));
  std::uint8_t* at = der.data();
  i2d_X509(certificate.get(), &at);
  return der;
}

CardImage IssuedImage(KeyAlgorithm algorithm) {
  CardImage image = MakeCardImage(TestOrder(algorithm)).value();
  const Bytes ca = SelfSigned(TestKey(algorithm, 2), "CA");
  for (const auto& [kind, number] :
       {std::pair(CertificateKind::kAuth, 0), std::pair(CertificateKind::kSignature, 1)}) {
    const PrivateKey key = TestKey(algorithm, static_cast<std::size_t>(number));
    const Bytes certificate = SelfSigned(key, absl::StrCat("holder ", number));
    EXPECT_TRUE(InstallCertificate(image, kind, key, certificate, ca).ok());
  }
  return image;
}

Terminal::Terminal(std::unique_ptr<CardStore> store)
    : card_(std::make_unique<SimCard>(std::move(store), *keys_)) {
  card_->PowerOn();
}

std::string Terminal::Send(absl::string_view apdu) {
  return ToHex(card_->Transmit(FromHex(apdu).value()));
}

void Terminal::Select(absl::string_view application) { ASSERT_EQ(Send(application), "9000"); }

void Terminal::VerifyPin(absl::string_view file, absl::string_view pin) {
  ASSERT_EQ(Send(absl::StrCat("00A4020C02", file)), "9000");
  ASSERT_EQ(Send(VerifyCommand(pin)), "9000");
}

void Terminal::Script(const std::vector<Line>& lines) {
  for (const Line& line : lines) {
    EXPECT_EQ(Send(line.command), line.answer) << "to " << line.command;
  }
}

std::string Terminal::OpenChannel(const Secret& master) {
  const Bytes challenge = FromHex("0011223344556677").value();
  const std::string answer = Send(absl::StrCat("8050000008", ToHex(challenge), "00"));
  const Response response = DecodeResponse(FromHex(answer).value()).value();
  if (response.sw != kSuccess) return answer;
  const Scp03Greeting greeting = DecodeGreeting(response.data).value();
  const Scp03Keys keys = DeriveCardKeys(master, card_->serial()).value();
  channel_ = std::make_unique<Scp03Host>(Scp03Host::Open(keys, challenge, greeting).value());
  return ToHex(card_->Transmit(ByteView(Encode(channel_->ExternalAuthenticate().value()))));
}

std::string Terminal::Wrapped(absl::string_view command) {
  const Command plain = DecodeCommand(FromHex(command).value()).value();
  return ToHex(ByteView(Encode(channel_->Wrap(plain).value())));
}

std::string Terminal::SendSecure(absl::string_view command) {
  const Command plain = DecodeCommand(FromHex(command).value()).value();
  const Response whole =
      TransmitWhole(channel_->Wrap(plain).value(), [this](ByteView apdu) -> absl::StatusOr<Bytes> {
        return card_->Transmit(apdu);
      }).value();
  const absl::StatusOr<Response> answer = channel_->Unwrap(whole);
  return answer.ok() ? Hex(*answer) : std::string(answer.status().message());
}

void Terminal::Write(const Bytes& content) {
  for (std::size_t offset = 0; offset < content.size(); offset += kScp03MostData) {
    const std::size_t size = std::min(kScp03MostData, content.size() - offset);
    const ByteView block = ByteView(content).subspan(offset, size);
    EXPECT_EQ(SendSecure(absl::StrFormat("00D6%04X%02X%s", offset, size, ToHex(block))), "9000");
  }
}

Terminal WithChannel(CardImage image) {
  Terminal terminal(std::move(image));
  terminal.Select(kSelectJpki);
  EXPECT_EQ(terminal.OpenChannel(TestMasterKey()), "9000");
  return terminal;
}

Bytes WritePendingAuth(Terminal& terminal) {
  EXPECT_EQ(terminal.SendSecure(kMakeAuthKey),
            ToHex(*TestKey(RSA_2048, 0).PublicKeyTemplate()) + "9000");
  const Bytes certificate = SelfSigned(TestKey(RSA_2048, 0), "renewed");
  EXPECT_EQ(terminal.SendSecure("00A4020C02000A"), "9000");
  terminal.Write(certificate);
  return certificate;
}

std::string VerifyCommand(absl::string_view pin) {
  return absl::StrFormat("00200080%02X%s", pin.size(), ToHex(AsBytes(pin)));
}

}  // namespace jpkid::hal::sim
