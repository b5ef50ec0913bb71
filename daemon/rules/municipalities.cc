#include "daemon/rules/municipalities.h"

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/status.h"
#include "daemon/rules/built_in.h"

namespace jpkid::rules {
namespace {

constexpr std::size_t kMostOctets = std::size_t{1} << 20;
constexpr char kHolidayFile[] = "holidays.textproto";

// File by file name, with the name to tell in messages.
struct NamedText {
  std::string file, text;
};
using Texts = std::map<std::string, NamedText>;

absl::Status AddDirectory(const std::string& directory, Texts& texts) {
  std::error_code error;
  std::filesystem::directory_iterator entries(directory, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const std::filesystem::path& path = entries->path();
    if (path.extension() != ".textproto") continue;
    JPKID_ASSIGN_OR_RETURN(const Bytes octets, ReadFile(path, kMostOctets));
    texts[path.filename()] = {.file = path, .text = std::string(AsText(octets))};
  }
  if (!error) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat(directory, ": ", error.message()));
}

Texts BuiltInTexts() {
  Texts texts;
  const auto add = [&texts](absl::string_view name, const BuiltIn& file) {
    texts[std::string(name)] = {.file = std::string(file.name), .text = std::string(file.text)};
  };
  add(kHolidayFile, BuiltInHolidays());
  for (const BuiltIn& file : BuiltInMunicipalities()) add(file.name, file);
  return texts;
}

}  // namespace

absl::StatusOr<Municipalities> Municipalities::Load(const std::string& extra_dir) {
  Texts texts = BuiltInTexts();
  if (!extra_dir.empty()) JPKID_RETURN_IF_ERROR(AddDirectory(extra_dir, texts));
  const NamedText list = texts.extract(kHolidayFile).mapped();
  JPKID_ASSIGN_OR_RETURN(Holidays read, Holidays::Read(list.file, list.text));
  const auto holidays = std::make_shared<const Holidays>(std::move(read));
  Municipalities municipalities;
  for (const auto& [name, named] : texts) {
    JPKID_ASSIGN_OR_RETURN(Municipality municipality,
                           Municipality::Read(named.file, named.text, holidays));
    municipalities.by_id_.emplace(municipality.id(), municipality);
  }
  return municipalities;
}

absl::StatusOr<const Municipality*> Municipalities::Find(absl::string_view id) const {
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) return &found->second;
  const std::string known = absl::StrJoin(
      by_id_, ", ", [](std::string* out, const auto& entry) { absl::StrAppend(out, entry.first); });
  return Fail(Reason::kMunicipalityUnknown, {{"municipality", std::string(id)}, {"known", known}});
}

}  // namespace jpkid::rules
