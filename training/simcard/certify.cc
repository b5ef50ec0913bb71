#include "training/simcard/certify.h"

#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/status.h"
#include "daemon/ca/ca.h"
#include "daemon/ca/certificate.h"
#include "daemon/ca/request.h"
#include "daemon/certs/certs.h"
#include "daemon/rules/rules.h"
#include "hal/sim/create.h"

namespace jpkid::simcard {
namespace {

namespace sim = hal::sim;

const ca::Residence kResidence = {.prefecture = "Hyogo-ken", .municipality = "Sanda-shi"};

// From YYYYMMDD, which the image was checked to hold.
absl::CivilDay Day(absl::string_view digits) {
  int year = 0;
  int month = 0;
  int day = 0;
  const bool read = absl::SimpleAtoi(digits.substr(0, 4), &year) &&
                    absl::SimpleAtoi(digits.substr(4, 2), &month) &&
                    absl::SimpleAtoi(digits.substr(6, 2), &day);
  return read ? absl::CivilDay(year, month, day) : absl::CivilDay();
}

ca::Sex SexOf(absl::string_view code) {
  if (code == "1") return ca::Sex::kMale;
  return code == "2" ? ca::Sex::kFemale : ca::Sex::kNotApplicable;
}

ca::Holder HolderOf(const sim::Holder& holder) {
  return {.name = holder.name(),
          .address = holder.address(),
          .sex = SexOf(holder.sex()),
          .birth_date = Day(holder.birth_date())};
}

absl::StatusOr<certs::CardProfile> ProfileOf(const sim::CardImage& image) {
  const certs::Algorithm algorithm = image.algorithm() == sim::EC_P384
                                         ? certs::Algorithm::kP384Sha384
                                         : certs::Algorithm::kRsa2048Sha256;
  for (const certs::CardProfile& profile : certs::CardProfiles()) {
    if (profile.algorithm == algorithm) return profile;
  }
  return Fail(Reason::kInternal, {{"detail", "no card profile has this algorithm"}});
}

// The certification request for `key`, signed with it.
absl::StatusOr<Bytes> Request(const sim::PrivateKey& key, certs::Algorithm algorithm,
                              const std::string& transaction) {
  JPKID_ASSIGN_OR_RETURN(Bytes public_key, key.PublicKeyInfo());
  const ca::RequestParts parts = {
      .algorithm = algorithm, .public_key = std::move(public_key), .common_name = transaction};
  JPKID_ASSIGN_OR_RETURN(const Bytes input, ca::RequestSignatureInput(parts));
  JPKID_ASSIGN_OR_RETURN(const Bytes signature, key.Sign(input));
  return ca::FinishRequest(parts, signature);
}

// A certificate that the authority has made.
struct Made {
  certs::Kind kind;
  std::string transaction_id;
  std::string serial;
};

// Makes a key, has it certified as `request` says, and puts both on the card.
absl::Status CertifyKind(sim::CardImage& image, ca::CertificateAuthority& authority,
                         certs::Algorithm algorithm, ca::IssueRequest request,
                         std::vector<Made>& made) {
  JPKID_ASSIGN_OR_RETURN(const sim::PrivateKey key, sim::PrivateKey::Generate(image.algorithm()));
  JPKID_ASSIGN_OR_RETURN(request.request, Request(key, algorithm, request.transaction_id));
  JPKID_ASSIGN_OR_RETURN(const ca::Answer answer, authority.Submit(request));
  const auto* issued = std::get_if<ca::Issued>(&answer);
  if (issued == nullptr) return absl::UnavailableError("the training authority keeps us waiting");
  JPKID_ASSIGN_OR_RETURN(const ca::Certificate read, ca::ReadCertificate(issued->certificate));
  made.push_back(
      {.kind = request.kind, .transaction_id = request.transaction_id, .serial = read.serial});
  const auto kind = request.kind == certs::Kind::kAuth ? sim::CertificateKind::kAuth
                                                       : sim::CertificateKind::kSignature;
  return sim::InstallCertificate(image, kind, key, issued->certificate, issued->ca_certificate);
}

absl::Status CertifyBoth(sim::CardImage& image, ca::CertificateAuthority& authority,
                         const Clock& clock, std::vector<Made>& made) {
  JPKID_ASSIGN_OR_RETURN(const certs::CardProfile profile, ProfileOf(image));
  rules::ExpiryFacts facts = {.issue_day = rules::TokyoDay(clock.Now()),
                              .birth_date = Day(image.holder().birth_date()),
                              .card_expiry = Day(image.card_expiry())};
  for (const certs::Kind kind : certs::kAllKinds) {
    ca::IssueRequest request;
    request.transaction_id = absl::StrCat("simcard-", image.serial(), "-", Name(kind), "-",
                                          absl::ToUnixMicros(clock.Now()));
    request.kind = kind;
    request.last_day = rules::ExpiryOf(kind, profile, facts).day;
    if (certs::Row(kind).personal_data) {
      request.holder = HolderOf(image.holder());
      request.residence = kResidence;
    }
    JPKID_RETURN_IF_ERROR(
        CertifyKind(image, authority, profile.algorithm, std::move(request), made));
    if (kind == certs::Kind::kAuth) facts.auth_expiry = rules::ExpiryOf(kind, profile, facts).day;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Certify(sim::CardImage& image, const std::string& ca_directory,
                     absl::FunctionRef<absl::Status()> keep) {
  const SystemClock clock;
  JPKID_ASSIGN_OR_RETURN(const auto authority, ca::OpenTrainingCa(ca_directory, clock));
  std::vector<Made> made;
  absl::Status status = CertifyBoth(image, *authority, clock, made);
  if (status.ok()) status = keep();
  for (const Made& one : made) {
    const absl::Status told =
        status.ok()
            ? authority->Confirm(one.transaction_id)
            : authority->Revoke(one.kind, one.serial, ca::RevocationReason::kCessationOfOperation);
    if (!told.ok()) LogWarning("%s %s: %s", Name(one.kind), one.serial, told.message());
  }
  return status;
}

}  // namespace jpkid::simcard
