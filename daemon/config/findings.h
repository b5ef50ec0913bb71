#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace jpkid::config {

// A place in a text, counted from 1. Line 0: the text as a whole.
struct Place {
  int line = 0;
  int column = 0;
};

// What is wrong or doubtful in one file.
class Findings {
 public:
  explicit Findings(std::string file) : file_(std::move(file)) {}

  // `sentence` ends with its full stop.
  void Refuse(Place place, absl::string_view sentence);
  void Warn(Place place, absl::string_view sentence);

  // INVALID_ARGUMENT with a line "FILE:LINE:COLUMN: sentence" for each refusal, in the order of the
  // text.
  absl::Status status() const;

  // In the same form.
  std::vector<std::string> warnings() const { return Lines(warnings_); }

 private:
  struct Finding {
    Place place;
    std::string sentence;
  };
  std::vector<std::string> Lines(std::vector<Finding> findings) const;

  const std::string file_;
  std::vector<Finding> refusals_;
  std::vector<Finding> warnings_;
};

}  // namespace jpkid::config
