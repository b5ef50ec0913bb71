#include "hal/sim/card_store.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/status.h"
#include "hal/sim/image_check.h"

namespace jpkid::hal::sim {
namespace {

constexpr std::size_t kMostOctets = 256 * 1024;
constexpr unsigned kMode = 0600;  // It holds private keys.

absl::StatusOr<UniqueFd> Lock(const std::string& path) {
  absl::StatusOr<UniqueFd> lock = LockFile(path);
  if (!absl::IsUnavailable(lock.status())) return lock;
  return absl::UnavailableError(absl::StrCat(
      "the card ", path,
      " is in use by another jpkid or jpki-simcard: end that one or take the card off its reader"));
}

absl::StatusOr<UniqueFd> Write(const std::string& path, const CardImage& image) {
  return ReplaceLockedFile(path, AsBytes(image.SerializeAsString()), kMode);
}

}  // namespace

absl::StatusOr<CardImage> CardStore::Read(const std::string& path) {
  JPKID_ASSIGN_OR_RETURN(const Bytes octets, ReadFile(path, kMostOctets));
  CardImage image;
  if (!image.ParseFromArray(octets.data(), static_cast<int>(octets.size()))) {
    return absl::DataLossError(absl::StrCat(path, " is not a card image"));
  }
  const absl::Status sense = CheckImage(image);
  if (!sense.ok()) {
    return absl::DataLossError(absl::StrCat(path, " is not a card image: ", sense.message()));
  }
  return image;
}

absl::StatusOr<std::unique_ptr<CardStore>> CardStore::Load(const std::string& path) {
  JPKID_ASSIGN_OR_RETURN(UniqueFd lock, Lock(path));
  JPKID_ASSIGN_OR_RETURN(CardImage image, Read(path));
  return std::unique_ptr<CardStore>(new CardStore(path, std::move(lock), std::move(image)));
}

absl::StatusOr<std::unique_ptr<CardStore>> CardStore::Create(const std::string& path,
                                                             CardImage image) {
  JPKID_RETURN_IF_ERROR(CheckImage(image));
  const absl::StatusOr<UniqueFd> old = Lock(path);  // The file that is replaced, if there is one.
  if (!old.ok() && !absl::IsNotFound(old.status())) return old.status();
  JPKID_ASSIGN_OR_RETURN(UniqueFd lock, Write(path, image));
  return std::unique_ptr<CardStore>(new CardStore(path, std::move(lock), std::move(image)));
}

absl::StatusOr<std::unique_ptr<CardStore>> CardStore::InMemory(CardImage image) {
  JPKID_RETURN_IF_ERROR(CheckImage(image));
  return std::unique_ptr<CardStore>(new CardStore("", UniqueFd(), std::move(image)));
}

absl::Status CardStore::Change(absl::FunctionRef<void(CardImage&)> edit) {
  CardImage changed = image_;
  edit(changed);
  JPKID_RETURN_IF_ERROR(CheckImage(changed));
  if (!path_.empty()) {
    if (!holds_file()) return absl::FailedPreconditionError(absl::StrCat(path_, " was let go"));
    JPKID_ASSIGN_OR_RETURN(lock_, Write(path_, changed));
  }
  image_ = std::move(changed);
  return absl::OkStatus();
}

}  // namespace jpkid::hal::sim
