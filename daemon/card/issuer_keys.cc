#include "daemon/card/issuer_keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "base/file.h"
#include "base/status.h"

namespace jpkid::card {
namespace {

constexpr std::size_t kMasterKey = 16;

absl::Status Wrong(const std::string& path, absl::string_view what) {
  return Fail(Reason::kArgumentInvalid,
              {{"field", "master_key_file"}, {"detail", absl::StrCat(path, " ", what)}});
}

class MasterKey final : public IssuerKeys {
 public:
  explicit MasterKey(Secret master) : master_(std::move(master)) {}
  absl::StatusOr<hal::Scp03Keys> KeysOf(absl::string_view serial) const override {
    return hal::DeriveCardKeys(master_, serial);
  }

 private:
  const Secret master_;
};

// Whether nobody but us can read or change the open file.
absl::Status CheckOurs(int fd, const std::string& path) {
  struct stat info = {};
  if (fstat(fd, &info) != 0) return Wrong(path, "cannot be looked at");
  if (!S_ISREG(info.st_mode)) return Wrong(path, "is not a regular file");
  if (info.st_uid != geteuid()) return Wrong(path, "belongs to another user");
  const mode_t mode = info.st_mode & 07777;
  if (mode != 0600 && mode != 0400) return Wrong(path, "must have mode 0600 or 0400");
  return absl::OkStatus();
}

// The value of a hexadecimal digit, or −1. Not FromHex: its result is not wiped.
int Digit(std::uint8_t character) {
  if (absl::ascii_isdigit(character)) return character - '0';
  const unsigned char lower = static_cast<unsigned char>(absl::ascii_tolower(character));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

absl::StatusOr<std::unique_ptr<IssuerKeys>> FromMasterKey(Secret master) {
  if (master.size() != kMasterKey) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "master_key"}, {"detail", "must have 16 octets"}});
  }
  return std::make_unique<MasterKey>(std::move(master));
}

absl::StatusOr<Secret> ReadMasterKey(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.valid()) return Wrong(path, absl::StrCat("cannot be opened: ", strerror(errno)));
  JPKID_RETURN_IF_ERROR(CheckOurs(fd.get(), path));
  WipedBytes text(2 * kMasterKey + 2);  // One octet more than the longest that is right.
  const ssize_t got = read(fd.get(), text.data(), text.size());
  if (got < 0) return Wrong(path, absl::StrCat("cannot be read: ", strerror(errno)));
  text.resize(static_cast<std::size_t>(got));
  if (!text.empty() && text.back() == '\n') text.pop_back();
  WipedBytes key;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = Digit(text[i]);
    const int low = Digit(text[i + 1]);
    if (high < 0 || low < 0) break;
    key.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  if (key.size() != kMasterKey || text.size() != 2 * kMasterKey) {
    return Wrong(path, "must hold 32 hexadecimal digits and nothing else");
  }
  return Secret(std::move(key));
}

}  // namespace jpkid::card
