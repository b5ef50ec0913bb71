#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/reason.h"

// What a citizen takes home on paper, apart from what it looks like.
namespace jpkid::cli {

struct SlipSection {
  std::string heading = {};  // May be empty.
  std::vector<std::string> paragraphs = {};
  std::vector<std::pair<std::string, std::string>> rows = {};  // Label and value.
  std::vector<std::string> items = {};                         // To be ticked off.
};

struct Slip {
  Language language = Language::kJapanese;
  std::string training = {};  // The mark of what is made for training; empty: it is real.
  std::string title = {};
  std::vector<SlipSection> sections = {};
};

enum class Paper { kA5, kA6 };

// Lines of at most 64 columns.
std::string SlipText(const Slip& slip);

// A document that stands alone: nothing is fetched, nothing runs, and every value is escaped.
std::string SlipHtml(const Slip& slip, Paper paper);

}  // namespace jpkid::cli
