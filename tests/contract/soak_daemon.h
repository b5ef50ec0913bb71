#pragma once

#include <string>

namespace jpkid {

// A daemon of the soak, without cards: it takes applications, brings them through their visits and
// runs operations on them, in a process of its own that may be killed at any moment.
struct SoakOptions {
  std::string url;
  std::string key_file;
  std::string owner;
  int cases = 0;
  // Serves the cases from the last to the first, to meet the other daemon in the middle.
  bool backwards = false;
};

// Until every case is COMPLETED. Whether everything that happened was as it should be.
bool RunSoakDaemon(const SoakOptions& options);

}  // namespace jpkid
