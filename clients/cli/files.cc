#include "clients/cli/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include <openssl/evp.h>

#include "base/file.h"
#include "base/status.h"
#include "clients/cli/file_reader.h"
#include "clients/cli/json.h"

namespace jpkid::cli {
namespace {

constexpr std::size_t kLargestMessage = 65536;

absl::Status CannotWrite(const Context& context, const std::string& path) {
  return absl::UnknownError(context.words()(Msg::kCannotWrite, path, std::strerror(errno)));
}

const EVP_MD* Algorithm(Hash hash) {
  switch (hash) {
    case Hash::kSha256:
      return EVP_sha256();
    case Hash::kSha384:
      return EVP_sha384();
    case Hash::kSha512:
      return EVP_sha512();
  }
  return nullptr;
}

}  // namespace

absl::Status WriteOutput(const Context& context, const std::string& path, ByteView octets) {
  if (path == "-") {
    context.console().out << AsText(octets) << std::flush;
    return absl::OkStatus();
  }
  // As other tools of the shell do: into what is there, be it a file, a pipe or a device.
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd.valid()) return CannotWrite(context, path);
  while (!octets.empty()) {
    const ssize_t written = write(fd.get(), octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return CannotWrite(context, path);
    octets = octets.subspan(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status ReadMessage(const Context& context, const std::string& path,
                         google::protobuf::Message& message) {
  JPKID_ASSIGN_OR_RETURN(FileReader reader, FileReader::Open(context, path));
  std::string content;
  std::array<std::uint8_t, 4096> block = {};
  std::size_t got = 0;
  do {
    JPKID_ASSIGN_OR_RETURN(got, reader.Read(block));
    content.append(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
    if (content.size() > kLargestMessage) {
      return absl::InvalidArgumentError(
          context.words()(Msg::kCannotRead, path, absl::StrCat("> ", kLargestMessage, " B")));
    }
  } while (got > 0);
  const absl::Status status = FromJson(content, message);
  if (status.ok()) return status;
  return absl::InvalidArgumentError(context.words()(Msg::kHolderInvalid, path, status.message()));
}

absl::StatusOr<Bytes> Digest(const Context& context, const std::string& path, Hash hash) {
  JPKID_ASSIGN_OR_RETURN(FileReader reader, FileReader::Open(context, path));
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                       EVP_MD_CTX_free);
  bool ok = digest != nullptr && EVP_DigestInit_ex(digest.get(), Algorithm(hash), nullptr) == 1;
  std::array<std::uint8_t, 65536> block = {};
  std::size_t got = 0;
  do {
    JPKID_ASSIGN_OR_RETURN(got, reader.Read(block));
    ok = ok && EVP_DigestUpdate(digest.get(), block.data(), got) == 1;
  } while (got > 0);
  Bytes value(EVP_MAX_MD_SIZE);
  unsigned length = 0;
  ok = ok && EVP_DigestFinal_ex(digest.get(), value.data(), &length) == 1;
  if (!ok) return absl::InternalError(context.words()(Msg::kHashFailed));
  value.resize(length);
  return value;
}

}  // namespace jpkid::cli
