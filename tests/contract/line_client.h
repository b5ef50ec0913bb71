#pragma once

#include <string>

#include "base/file.h"

namespace jpkid::hal {

// The client of a Unix socket that takes lines and answers each with one line.
class LineClient {
 public:
  // Fails the test when nobody listens there.
  explicit LineClient(const std::string& path);

  // Sends `line`; the answer, or an empty text and a failed test when none comes within 60 s.
  std::string Ask(const std::string& line);

 private:
  UniqueFd socket_;
};

}  // namespace jpkid::hal
