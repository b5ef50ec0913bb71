// The steps of an issue that are not about one certificate.

#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "base/status.h"
#include "daemon/runner/holder_record.h"
#include "daemon/runner/steps.h"

namespace jpkid::runner {
namespace {

using events::Event;

constexpr absl::string_view kHolderItem = "holder";

}  // namespace

absl::Status Steps::Take(workflow::Step step) {
  using enum workflow::Step;
  static constexpr std::pair<workflow::Step, absl::Status (Steps::*)()> kDeeds[] = {
      {kIdentify, &Steps::Identify},         {kCheckEligibility, &Steps::CheckEligibility},
      {kUnlock, &Steps::CheckHeldSignature}, {kMakeKey, &Steps::MakeKey},
      {kSignRequest, &Steps::SignRequest},   {kSubmit, &Steps::Submit},
      {kWrite, &Steps::WriteCertificate},    {kReadBack, &Steps::ReadBack},
      {kActivate, &Steps::Activate},         {kProve, &Steps::Prove},
      {kConfirm, &Steps::Confirm},           {kRevokeOld, &Steps::RevokeOld},
      {kReceipt, &Steps::WriteReceipt},      {kLookInForce, &Steps::LookInForce},
      {kDropPending, &Steps::DropPending},   {kRevokeNew, &Steps::RevokeNew},
      {kSettleNew, &Steps::Confirm},         {kSettleOld, &Steps::RevokeOld},
  };
  poll_after_ = std::nullopt;
  // What a newer version wrote is not taken for something else.
  for (const std::string& kind : journal_.record().kinds()) {
    JPKID_RETURN_IF_ERROR(certs::ParseKind(kind).status());
  }
  for (const auto& [taken, deed] : kDeeds) {
    if (taken == step) return (this->*deed)();
  }
  return Fail(Reason::kInternal, {{"detail", "a step that cannot be taken"}});
}

const certs::CardProfile& Steps::profile() const {
  return certs::ProfileOfCard(journal_.record().card_profile());
}

certs::Kind Steps::kind() const {
  return certs::ParseKind(journal_.record().kinds(journal_.record().kind_index())).value();
}

store::CertificateWork& Steps::work() {
  return *journal_.record().mutable_work(journal_.record().kind_index());
}

absl::StatusOr<Bytes> Steps::Stored(absl::string_view item) {
  JPKID_ASSIGN_OR_RETURN(const std::optional<Bytes> data,
                         parts_.store.GetPersonal(journal_.record().id(), std::string(item)));
  if (!data.has_value()) {
    return Fail(Reason::kInternal, {{"detail", absl::StrCat("the store holds no ", item)}});
  }
  return *data;
}

absl::Status Steps::Identify() {
  const card::Identity& identity = turn_.identity();
  if (identity.training() != parts_.authority.training()) return Fail(Reason::kTrainingMismatch);
  store::OperationRecord& record = journal_.record();
  record.set_card_serial(identity.serial);
  record.set_card_expiry(absl::FormatCivilTime(identity.card_expiry));
  record.set_token_label(identity.token);
  record.set_card_profile(std::string(certs::ProfileOfCard(identity.model).name));
  Event& event = journal_.Note(Event::CARD_IDENTIFIED);
  (*event.mutable_values())["card_serial"] = record.card_serial();
  (*event.mutable_values())["card_expiry"] = record.card_expiry();
  (*event.mutable_values())["token_label"] = record.token_label();
  return absl::OkStatus();
}

absl::StatusOr<ca::Holder> Steps::Holder() {
  const std::string& id = journal_.record().id();
  JPKID_ASSIGN_OR_RETURN(const std::optional<Bytes> given,
                         parts_.store.GetPersonal(id, std::string(kHolderItem)));
  if (given.has_value()) return DecodeHolder(*given);
  JPKID_ASSIGN_OR_RETURN(const card::HolderRecord record,
                         turn_.Ask<card::HolderRecord>([](hal::Card&, CardTurn::AtReader& at) {
                           return at.personalisation->ReadHolder();
                         }));
  const ca::Holder holder = {.name = record.name,
                             .address = record.address,
                             .sex = static_cast<ca::Sex>(record.sex),
                             .birth_date = record.birth_date};
  JPKID_RETURN_IF_ERROR(journal_.PutPersonal(std::string(kHolderItem), EncodeHolder(holder)));
  return holder;
}

absl::Status Steps::WriteReceipt() {
  journal_.record().set_state(store::OperationRecord::SUCCEEDED);
  journal_.record().set_end_time_us(absl::ToUnixMicros(parts_.clock.Now()));
  journal_.record().clear_request_digest();
  journal_.Note(Event::COMPLETED);
  return absl::OkStatus();
}

}  // namespace jpkid::runner
