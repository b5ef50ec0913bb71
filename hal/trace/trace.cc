#include "hal/trace/trace.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include <google/protobuf/util/json_util.h>

#include "base/log.h"

namespace jpkid::hal::trace {

absl::StatusOr<std::unique_ptr<Trace>> Trace::Open(const std::string& path) {
  UniqueFd file(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!file.valid()) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  // One that was there may have been open to others.
  struct stat found = {};
  if (fstat(file.get(), &found) == 0 && S_ISREG(found.st_mode) && fchmod(file.get(), 0600) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot keep others out of ", path));
  }
  return std::unique_ptr<Trace>(new Trace(std::move(file)));
}

void Trace::Write(ApduRecord record) {
  const MutexLock lock(mutex_);
  record.set_number(++number_);
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string line;
  const bool printed = google::protobuf::util::MessageToJsonString(record, &line, options).ok();
  line += '\n';
  const auto size = static_cast<ssize_t>(line.size());
  if (printed && write(file_.get(), line.data(), line.size()) == size) return;
  if (!failed_) LogError("the APDU trace cannot be written: %s", std::strerror(errno));
  failed_ = true;
}

}  // namespace jpkid::hal::trace
