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

absl::Status Write(const std::string& path, const CardImage& image) {
  return ReplaceFile(path, AsBytes(image.SerializeAsString()), kMode);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CardStore>> CardStore::Load(const std::string& path) {
  JPKID_ASSIGN_OR_RETURN(const Bytes octets, ReadFile(path, kMostOctets));
  CardImage image;
  if (!image.ParseFromArray(octets.data(), static_cast<int>(octets.size()))) {
    return absl::DataLossError(absl::StrCat(path, " is not a card image"));
  }
  const absl::Status sense = CheckImage(image);
  if (!sense.ok()) {
    return absl::DataLossError(absl::StrCat(path, " is not a card image: ", sense.message()));
  }
  return std::unique_ptr<CardStore>(new CardStore(path, std::move(image)));
}

absl::StatusOr<std::unique_ptr<CardStore>> CardStore::Create(const std::string& path,
                                                             CardImage image) {
  JPKID_RETURN_IF_ERROR(CheckImage(image));
  JPKID_RETURN_IF_ERROR(Write(path, image));
  return std::unique_ptr<CardStore>(new CardStore(path, std::move(image)));
}

absl::StatusOr<std::unique_ptr<CardStore>> CardStore::InMemory(CardImage image) {
  JPKID_RETURN_IF_ERROR(CheckImage(image));
  return std::unique_ptr<CardStore>(new CardStore("", std::move(image)));
}

absl::Status CardStore::Change(absl::FunctionRef<void(CardImage&)> edit) {
  CardImage changed = image_;
  edit(changed);
  if (!path_.empty()) JPKID_RETURN_IF_ERROR(Write(path_, changed));
  image_ = std::move(changed);
  return absl::OkStatus();
}

}  // namespace jpkid::hal::sim
