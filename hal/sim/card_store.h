#pragma once

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "base/file.h"
#include "hal/sim/card_image.pb.h"

namespace jpkid::hal::sim {

// The non-volatile memory of a simulated card: one image, in a file (mode 0600) or in memory only.
// Every change is whole: it is on disk when Change returns, or it did not happen. A file is one
// store's at a time, of whatever process.
class CardStore {
 public:
  // The image in the file at `path`. NOT_FOUND, DATA_LOSS for what is not a card image, or
  // UNAVAILABLE while another store has the file.
  static absl::StatusOr<std::unique_ptr<CardStore>> Load(const std::string& path);

  // A new file at `path`, replacing what is there. UNAVAILABLE as above; INVALID_ARGUMENT for an
  // image that makes no sense.
  static absl::StatusOr<std::unique_ptr<CardStore>> Create(const std::string& path,
                                                           CardImage image);

  // A card that lives as long as this object. INVALID_ARGUMENT as above.
  static absl::StatusOr<std::unique_ptr<CardStore>> InMemory(CardImage image);

  // What stands in the file at `path`, whoever has it. Failures as Load's.
  static absl::StatusOr<CardImage> Read(const std::string& path);

  const CardImage& image() const { return image_; }
  const std::string& path() const { return path_; }  // Empty: in memory.

  // Applies `edit` to a copy and makes the copy the image once it is kept safe. INVALID_ARGUMENT
  // for a copy that makes no sense.
  absl::Status Change(absl::FunctionRef<void(CardImage&)> edit);

  // From now on the file is others'; nothing can be changed here any more.
  void LetGo() { lock_ = UniqueFd(); }
  bool holds_file() const { return lock_.valid(); }

 private:
  CardStore(std::string path, UniqueFd lock, CardImage image)
      : path_(std::move(path)), lock_(std::move(lock)), image_(std::move(image)) {}

  const std::string path_;
  UniqueFd lock_;
  CardImage image_;
};

}  // namespace jpkid::hal::sim
