#pragma once

#include <string>

#include "base/reason.h"

namespace jpkid::rules {

// Something said in the two languages of the counter.
struct Text {
  std::string english, japanese;

  const std::string& In(Language language) const {
    return language == Language::kJapanese ? japanese : english;
  }

  friend bool operator==(const Text&, const Text&) = default;
};

}  // namespace jpkid::rules
