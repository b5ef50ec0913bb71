#include "daemon/rules/municipality.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "daemon/config/text_proto.h"
#include "daemon/rules/municipality.pb.h"
#include "daemon/rules/municipality_check.h"

namespace jpkid::rules {
namespace {

Text TextOf(const file::Text& text) { return {text.english(), text.japanese()}; }

std::string InALine(const std::string& municipality, const Office& office, Language language) {
  const bool japanese = language == Language::kJapanese;
  std::vector<std::string> parts = {municipality, office.division.In(language)};
  if (!office.address.In(language).empty()) parts.push_back(office.address.In(language));
  if (!office.telephone.empty()) {
    parts.push_back(absl::StrCat(japanese ? "電話 " : "tel. ", office.telephone));
  }
  if (!office.fax.empty()) {
    parts.push_back(absl::StrCat(japanese ? "ファクス " : "fax ", office.fax));
  }
  return absl::StrJoin(parts, japanese ? "、" : ", ");
}

}  // namespace

Municipality::Municipality(std::shared_ptr<const file::MunicipalityFile> policy,
                           std::shared_ptr<const Holidays> holidays)
    : policy_(std::move(policy)), holidays_(std::move(holidays)) {}

absl::StatusOr<Municipality> Municipality::Read(const std::string& file, const std::string& text,
                                                std::shared_ptr<const Holidays> holidays) {
  config::Findings findings(file);
  config::Section::Places places;
  auto policy = std::make_shared<file::MunicipalityFile>();
  if (!config::ParseTextProto(text, *policy, places, findings)) return findings.status();
  CheckMunicipality(*policy, std::filesystem::path(file).stem(),
                    config::Section(*policy->GetDescriptor(), &places), findings);
  if (const absl::Status status = findings.status(); !status.ok()) return status;
  return Municipality(std::move(policy), std::move(holidays));
}

const std::string& Municipality::id() const { return policy_->id(); }

const std::string& Municipality::name(Language language) const {
  return language == Language::kJapanese ? policy_->name().japanese() : policy_->name().english();
}

Office Municipality::office() const {
  const file::Office& office = policy_->office();
  return {.division = TextOf(office.division()),
          .address = TextOf(office.address()),
          .telephone = office.telephone(),
          .fax = office.fax()};
}

ReasonMetadata Municipality::WhereToAsk() const {
  const auto said = [&](Language language) { return InALine(name(language), office(), language); };
  return {{"office", said(Language::kEnglish)}, {"office_ja", said(Language::kJapanese)}};
}

const std::string& Municipality::first_window() const { return policy_->window(0).id(); }

int Municipality::reply_days() const { return policy_->reply().days(); }

LeapDayBirthday Municipality::leap() const {
  return policy_->birthday().leap_day() == file::MAR_01 ? LeapDayBirthday::kMar01
                                                        : LeapDayBirthday::kFeb28;
}

const std::string& Municipality::romaji_prefecture() const {
  return policy_->romaji().prefecture();
}

const std::string& Municipality::romaji_municipality() const {
  return policy_->romaji().municipality();
}

}  // namespace jpkid::rules
