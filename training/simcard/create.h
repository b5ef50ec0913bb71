#pragma once

#include <string>

#include "absl/status/status.h"

namespace jpkid::simcard {

// What `jpki-simcard create` is told. Empty or -1: not told.
struct CreateOptions {
  std::string out;
  std::string serial;
  std::string municipality_code;
  std::string card_expiry;  // Dates as 2030-02-17.
  std::string birth_date;
  std::string name;
  std::string address;
  std::string sex;
  std::string token_label;
  std::string algorithm;  // "rsa-2048" or "ec-p384".
  std::string issuer_master_key;
  int auth_pin_fd = -1;
  int signature_pin_fd = -1;
  bool with_certificates = false;
  std::string ca_dir;
  bool unstaged = false;
  bool force = false;
};

// Makes the file of a new card and says on standard output what it is.
absl::Status Create(const CreateOptions& options);

}  // namespace jpkid::simcard
