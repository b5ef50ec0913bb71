#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

#include "base/reason.h"
#include "daemon/rules/expiry.h"
#include "daemon/rules/holidays.h"
#include "daemon/rules/text.h"

namespace jpkid::rules {

namespace file {
class MunicipalityFile;
}  // namespace file

// The office that answers questions (S19).
struct Office {
  Text division, address;
  std::string telephone, fax;
};

// How the counter of one municipality serves people: data, read from a text (municipality.proto).
// A value; cheap to copy, never changed.
class Municipality {
 public:
  // INVALID_ARGUMENT with a line "FILE:LINE:COLUMN: sentence" for each thing that is wrong.
  static absl::StatusOr<Municipality> Read(const std::string& file, const std::string& text,
                                           std::shared_ptr<const Holidays> holidays);

  const std::string& id() const;  // "sanda"
  const std::string& name(Language language) const;
  Office office() const;
  // The office in a line, `office` and `office_ja`: goes with every refusal after which somebody
  // has to come back (S19).
  ReasonMetadata WhereToAsk() const;
  // Where an application goes that names no window.
  const std::string& first_window() const;
  // The reply form must be back within that many days from mailing.
  int reply_days() const;
  LeapDayBirthday leap() const;
  // In romaji, for the subjects of certificates: "Hyogo-ken", "Sanda-shi".
  const std::string& romaji_prefecture() const;
  const std::string& romaji_municipality() const;

  // For this room.
  const file::MunicipalityFile& policy() const { return *policy_; }
  const Holidays& holidays() const { return *holidays_; }

 private:
  Municipality(std::shared_ptr<const file::MunicipalityFile> policy,
               std::shared_ptr<const Holidays> holidays);

  std::shared_ptr<const file::MunicipalityFile> policy_;
  std::shared_ptr<const Holidays> holidays_;
};

}  // namespace jpkid::rules
