// Every field of what the training authority issues, as OpenSSL reads it back.

#include "daemon/ca/profile.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include <gtest/gtest.h>

#include "daemon/ca/certificate.h"
#include "daemon/ca/test_ca.h"

namespace jpkid::ca {
namespace {

using certs::Algorithm;
using certs::Kind;

// "4F:A0": octets as certificates are printed.
std::string Colons(ByteView octets) {
  return absl::StrJoin(octets, ":", [](std::string* out, std::uint8_t octet) {
    absl::StrAppendFormat(out, "%02X", octet);
  });
}

// As `openssl x509 -text` without key and signature, with a line for each item of a list. What is
// random reads "…", and with it the leaf's id in CN.
std::string TextOf(ByteView der) {
  const CertificatePtr x509 = DecodeCertificate(der).value();
  const BioPtr memory(BIO_new(BIO_s_mem()));
  X509_print_ex(memory.get(), x509.get(), XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB,
                X509_FLAG_NO_PUBKEY | X509_FLAG_NO_SIGDUMP);
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory.get(), &text);
  const Certificate read = ReadCertificate(der).value();
  std::vector<std::pair<std::string, std::string>> masks = {
      {absl::AsciiStrToLower(Colons(FromHex(read.serial).value())), "…"},
      {Colons(read.subject_key_id), "…"},
      {", ", ",\n    "},
      {" \n", "\n"}};
  if (absl::StartsWith(read.subject, "CN=")) masks.push_back({read.subject.substr(3, 26), "…"});
  if (!read.authority_key_id.empty()) masks.push_back({Colons(read.authority_key_id), "…"});
  return absl::StrReplaceAll(absl::string_view(text, static_cast<std::size_t>(length)), masks);
}

TEST(Profile, Auth) {
  TestCa ca("auth");
  const Issued issued = ca.Issue(Kind::kAuth, "a", TestKey::Of(Algorithm::kRsa2048Sha256));
  EXPECT_EQ(TextOf(issued.certificate), R"(Certificate:
    Data:
        Version: 3 (0x2)
        Serial Number:
            …
        Signature Algorithm: sha256WithRSAEncryption
        Issuer: C = JP,
    O = JPKI-SIM,
    OU = JPKI for user authentication,
    OU = Training authority
        Validity
            Not Before: Oct 27 01:00:00 2025 GMT
            Not After : Feb 17 14:59:59 2030 GMT
        Subject: C = JP,
    CN = …
        X509v3 extensions:
            X509v3 Key Usage: critical
                Digital Signature
            X509v3 Certificate Policies:
                Policy: 1.2.392.200149.8.5.1.3.30
            X509v3 CRL Distribution Points:
                Full Name:
                  DirName:C = JP,
    O = JPKI-SIM,
    OU = JPKI for user authentication,
    OU = CRL Distribution Points,
    CN = Training authority CRLDP
            X509v3 Authority Key Identifier:
                …
            X509v3 Subject Key Identifier:
                …
)");
}

TEST(Profile, Signature) {
  TestCa ca("signature");
  const Issued issued = ca.Issue(Kind::kSignature, "s", TestKey::Of(Algorithm::kP384Sha384));
  EXPECT_EQ(TextOf(issued.certificate), R"(Certificate:
    Data:
        Version: 3 (0x2)
        Serial Number:
            …
        Signature Algorithm: sha256WithRSAEncryption
        Issuer: C = JP,
    O = JPKI-SIM,
    OU = JPKI for digital signature,
    OU = Training authority
        Validity
            Not Before: Oct 27 01:00:00 2025 GMT
            Not After : Feb 17 14:59:59 2030 GMT
        Subject: C = JP,
    L = Hyogo-ken,
    L = Sanda-shi,
    CN = …
        X509v3 extensions:
            X509v3 Key Usage: critical
                Digital Signature,
    Non Repudiation
            X509v3 Certificate Policies: critical
                Policy: 1.2.392.200149.8.5.1.1.20
            X509v3 CRL Distribution Points:
                Full Name:
                  DirName:C = JP,
    O = JPKI-SIM,
    OU = JPKI for digital signature,
    OU = CRL Distribution Points,
    CN = Training authority CRLDP
            X509v3 Authority Key Identifier:
                …
            X509v3 Subject Alternative Name:
                othername: 1.2.392.200149.8.5.5.1::電子花子,
    othername: 1.2.392.200149.8.5.5.4::319800217,
    othername: 1.2.392.200149.8.5.5.3::2,
    othername: 1.2.392.200149.8.5.5.5::兵庫県三田市三輪2-1-1,
    othername: 1.2.392.200149.8.5.5.2::0100,
    othername: 1.2.392.200149.8.5.5.6::0000000000000
            X509v3 Subject Key Identifier:
                …
)");
}

TEST(Profile, TheAuthorityItself) {
  TestCa ca("authority");
  const Issued issued = ca.Issue(Kind::kAuth, "a", TestKey::Of(Algorithm::kRsa2048Sha256));
  EXPECT_EQ(TextOf(issued.ca_certificate), R"(Certificate:
    Data:
        Version: 3 (0x2)
        Serial Number:
            …
        Signature Algorithm: sha256WithRSAEncryption
        Issuer: C = JP,
    O = JPKI-SIM,
    OU = JPKI for user authentication,
    OU = Training authority
        Validity
            Not Before: Oct 26 01:00:00 2025 GMT
            Not After : Oct 27 14:59:59 2055 GMT
        Subject: C = JP,
    O = JPKI-SIM,
    OU = JPKI for user authentication,
    OU = Training authority
        X509v3 extensions:
            X509v3 Basic Constraints: critical
                CA:TRUE
            X509v3 Key Usage: critical
                Certificate Sign,
    CRL Sign
            X509v3 Subject Key Identifier:
                …
)");
}

// What X509_print shows of an otherName leaves its string type open.
TEST(Profile, TheHoldersAttributesAreUtf8StringsInTheNationalOrder) {
  TestCa ca("attributes");
  const Issued issued = ca.Issue(Kind::kSignature, "s", TestKey::Of(Algorithm::kRsa2048Sha256));
  const CertificatePtr certificate = DecodeCertificate(issued.certificate).value();
  const OpensslPtr<GENERAL_NAMES, GENERAL_NAMES_free> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::pair<std::string, std::string>> found;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    ASN1_OBJECT* oid = nullptr;
    ASN1_TYPE* value = nullptr;
    ASSERT_EQ(GENERAL_NAME_get0_otherName(sk_GENERAL_NAME_value(names.get(), i), &oid, &value), 1);
    ASSERT_EQ(value->type, V_ASN1_UTF8STRING);
    char dotted[80] = {};
    OBJ_obj2txt(dotted, sizeof(dotted), oid, 1);
    const ASN1_UTF8STRING* text = value->value.utf8string;
    found.emplace_back(dotted, std::string(text->data, text->data + text->length));
  }
  EXPECT_EQ(found, (std::vector<std::pair<std::string, std::string>>{
                       {"1.2.392.200149.8.5.5.1", "電子花子"},
                       {"1.2.392.200149.8.5.5.4", "319800217"},
                       {"1.2.392.200149.8.5.5.3", "2"},
                       {"1.2.392.200149.8.5.5.5", "兵庫県三田市三輪2-1-1"},
                       {"1.2.392.200149.8.5.5.2", "0100"},
                       {"1.2.392.200149.8.5.5.6", "0000000000000"}}));
}

TEST(Profile, KeysIdentifyWhoIssuedWhat) {
  TestCa ca("ids");
  const TestKey& key = TestKey::Of(Algorithm::kRsa2048Sha256);
  const Issued issued = ca.Issue(Kind::kAuth, "a", key);
  const Certificate leaf = ReadCertificate(issued.certificate).value();
  const Certificate authority = ReadCertificate(issued.ca_certificate).value();
  EXPECT_EQ(leaf.authority_key_id, authority.subject_key_id);
  EXPECT_EQ(leaf.authority_key_id.size(), 20u);
  EXPECT_EQ(leaf.subject_key_id.size(), 20u);
  EXPECT_EQ(leaf.public_key, key.PublicKey());
}

TEST(Profile, SerialNumbersArePositiveLongAndDifferent) {
  TestCa ca("serials");
  std::set<std::string> serials;
  for (int i = 0; i < 20; ++i) {
    const Issued issued =
        ca.Issue(Kind::kAuth, std::to_string(i), TestKey::Of(Algorithm::kP384Sha384));
    const std::string serial = ReadCertificate(issued.certificate).value().serial;
    EXPECT_EQ(serial.size(), 32u) << serial;
    EXPECT_GE(serial[0], '4');
    EXPECT_LE(serial[0], '7');
    serials.insert(serial);
  }
  EXPECT_EQ(serials.size(), 20u);
}

// Neither leap days nor the end of UTCTime (2049) move the last moment.
TEST(Profile, ValidityEndsWithTheLastDayInTokyo) {
  TestCa ca("validity");
  const auto end_of = [&](const std::string& id, absl::CivilDay last_day) {
    IssueRequest request = TestCa::Request(Kind::kAuth, id, TestKey::Of(Algorithm::kP384Sha384));
    request.last_day = last_day;
    const Issued issued = std::get<Issued>(ca->Submit(request).value());
    return absl::FormatTime(ReadCertificate(issued.certificate).value().not_after, Tokyo());
  };
  EXPECT_EQ(end_of("leap", absl::CivilDay(2028, 2, 29)), "2028-02-29T23:59:59+09:00");
  EXPECT_EQ(end_of("common", absl::CivilDay(2029, 3, 1)), "2029-03-01T23:59:59+09:00");
  EXPECT_EQ(end_of("newyear", absl::CivilDay(2030, 12, 31)).substr(0, 4), "2030");
  ca.clock().Set(absl::FromCivil(absl::CivilSecond(2045, 1, 1, 9, 0, 0), Tokyo()));
  EXPECT_EQ(end_of("generalized", absl::CivilDay(2054, 1, 1)), "2054-01-01T23:59:59+09:00");
}

}  // namespace
}  // namespace jpkid::ca
