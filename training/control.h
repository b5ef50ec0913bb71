#pragma once

#include <poll.h>
#include <sys/stat.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "base/file.h"

namespace jpkid::training {

// A Unix socket that takes lines and answers each with one line. Driven by one poll loop; never
// blocks.
class ControlSocket {
 public:
  // The answer to a line, both without the newline.
  using Answer = std::function<std::string(absl::string_view)>;

  // Listens at `path` (mode 0600), where an old socket may be left over. ALREADY_EXISTS where
  // another program listens.
  static absl::StatusOr<std::unique_ptr<ControlSocket>> Listen(const std::string& path,
                                                               Answer answer);
  // Removes the socket, if it is still the one that Listen made.
  ~ControlSocket();

  // Adds what it waits for to `polled`.
  void AddTo(std::vector<pollfd>& polled) const;

  // Does what poll found for those, from `first` on.
  void Step(const std::vector<pollfd>& polled, std::size_t first);

 private:
  struct Client {
    UniqueFd socket;
    std::string received = {};
  };

  ControlSocket(std::string path, UniqueFd listener, Answer answer);
  void Accept();
  bool Serve(Client& client);

  const std::string path_;
  const UniqueFd listener_;
  const Answer answer_;
  struct stat made_ = {};
  std::vector<Client> clients_;
};

}  // namespace jpkid::training
