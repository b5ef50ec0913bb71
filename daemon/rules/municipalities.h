#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "daemon/rules/municipality.h"

namespace jpkid::rules {

// All municipalities that are known.
class Municipalities {
 public:
  // Those built in and those of the directory `extra_dir` (empty: none): a file NAME.textproto
  // there takes the place of the built-in one of that name, and holidays.textproto that of the
  // built-in list of holidays. Fails as Municipality::Read does, or where the directory cannot be
  // read.
  static absl::StatusOr<Municipalities> Load(const std::string& extra_dir);

  // MUNICIPALITY_UNKNOWN. The answer lives as long as this object.
  absl::StatusOr<const Municipality*> Find(absl::string_view id) const;

  const std::map<std::string, Municipality, std::less<>>& all() const { return by_id_; }

 private:
  std::map<std::string, Municipality, std::less<>> by_id_;
};

}  // namespace jpkid::rules
