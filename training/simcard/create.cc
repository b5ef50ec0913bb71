#include "training/simcard/create.h"

#include <sys/stat.h>
#include <unistd.h>

#include <iostream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "hal/sim/card_store.h"
#include "hal/sim/create.h"
#include "hal/sim/training_card.h"

namespace jpkid::simcard {
namespace {

namespace sim = hal::sim;

void Take(const std::string& told, std::string& value) {
  if (!told.empty()) value = told;
}

void TakeDate(const std::string& told, std::string& value) {
  if (!told.empty()) value = absl::StrReplaceAll(told, {{"-", ""}});
}

absl::Status TakePin(int fd, Secret& pin) {
  if (fd < 0) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(pin, ReadSecretFromFd(fd));
  return absl::OkStatus();
}

// 16 octets, or 32 hexadecimal digits, in a file that nobody but its owner reads.
absl::StatusOr<Secret> ReadMasterKey(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) == 0 && (info.st_mode & 077) != 0) {
    return absl::PermissionDeniedError(absl::StrCat(path, " can be read by others: chmod 600"));
  }
  JPKID_ASSIGN_OR_RETURN(Bytes content, ReadFile(path, 64));
  Secret key{ByteView(content)};
  OPENSSL_cleanse(content.data(), content.size());
  if (key.size() == 16) return key;
  absl::StatusOr<Bytes> octets = FromHex(absl::StripAsciiWhitespace(AsText(key.view())));
  if (!octets.ok() || octets->size() != 16) {
    return absl::InvalidArgumentError(absl::StrCat(path, " holds no key of 16 octets"));
  }
  Secret decoded{ByteView(*octets)};
  OPENSSL_cleanse(octets->data(), octets->size());
  return decoded;
}

absl::StatusOr<sim::CardOrder> MakeOrder(const CreateOptions& options) {
  sim::CardOrder order = sim::TrainingCard(absl::ToCivilDay(absl::Now(), Tokyo()));
  Take(options.serial, order.serial);
  Take(options.municipality_code, order.municipality_code);
  TakeDate(options.card_expiry, order.card_expiry);
  TakeDate(options.birth_date, order.birth_date);
  Take(options.name, order.name);
  Take(options.address, order.address);
  Take(options.sex, order.sex);
  Take(options.token_label, order.token_label);
  if (options.algorithm == "ec-p384") order.algorithm = sim::EC_P384;
  order.staged = !options.unstaged;
  if (!options.issuer_master_key.empty()) {
    JPKID_ASSIGN_OR_RETURN(order.issuer_master_key, ReadMasterKey(options.issuer_master_key));
  }
  JPKID_RETURN_IF_ERROR(TakePin(options.auth_pin_fd, order.auth_pin));
  JPKID_RETURN_IF_ERROR(TakePin(options.signature_pin_fd, order.signature_pin));
  return order;
}

}  // namespace

absl::Status Create(const CreateOptions& options) {
  if (!options.force && access(options.out.c_str(), F_OK) == 0) {
    return absl::AlreadyExistsError(
        absl::StrCat(options.out, " exists; --force throws that card away"));
  }
  JPKID_ASSIGN_OR_RETURN(const sim::CardOrder order, MakeOrder(options));
  JPKID_ASSIGN_OR_RETURN(sim::CardImage image, sim::MakeCardImage(order));
  JPKID_RETURN_IF_ERROR(sim::CardStore::Create(options.out, std::move(image)).status());
  std::cout << "card " << order.serial << " in " << options.out << std::endl;
  return absl::OkStatus();
}

}  // namespace jpkid::simcard
