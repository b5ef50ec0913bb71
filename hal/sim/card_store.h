#pragma once

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "hal/sim/card_image.pb.h"

namespace jpkid::hal::sim {

// The non-volatile memory of a simulated card: one image, in a file (mode 0600) or in memory only.
// Every change is whole: it is on disk when Change returns, or it did not happen. One process at a
// time has the file.
class CardStore {
 public:
  // The image in the file at `path`. NOT_FOUND, or DATA_LOSS for what is not a card image.
  static absl::StatusOr<std::unique_ptr<CardStore>> Load(const std::string& path);

  // A new file at `path`, replacing what is there.
  static absl::StatusOr<std::unique_ptr<CardStore>> Create(const std::string& path,
                                                           CardImage image);

  // A card that lives as long as this object. INVALID_ARGUMENT for an image that makes no sense.
  static absl::StatusOr<std::unique_ptr<CardStore>> InMemory(CardImage image);

  const CardImage& image() const { return image_; }

  // Applies `edit` to a copy and makes the copy the image once it is kept safe.
  absl::Status Change(absl::FunctionRef<void(CardImage&)> edit);

 private:
  CardStore(std::string path, CardImage image) : path_(std::move(path)), image_(std::move(image)) {}

  const std::string path_;  // Empty: in memory.
  CardImage image_;
};

}  // namespace jpkid::hal::sim
