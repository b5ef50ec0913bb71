#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/file.h"

namespace jpkid::hal {

// A program started by a test, from its first word on standard output to its end.
class ChildProcess {
 public:
  // Starts `words` and waits until it has written something; fails the test if it ends first.
  explicit ChildProcess(std::vector<std::string> words);

  // Ends it by SIGTERM, if it has not been ended.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  UniqueFd output_;  // Kept open, so that it may go on writing.
};

}  // namespace jpkid::hal
