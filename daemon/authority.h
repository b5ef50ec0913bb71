#pragma once

#include <memory>

#include "absl/status/statusor.h"

#include "base/clock.h"
#include "daemon/ca/ca.h"
#include "daemon/config/config.h"

namespace jpkid {

// What would keep it from being opened, of what `config` names for it. Nothing is made or asked.
absl::Status CheckAuthority(const config::Config& config);

// The certificate authority that `config` names. TRAINING_MISMATCH where it is not of the world
// that `config` says this daemon works in. `clock` outlives it.
absl::StatusOr<std::unique_ptr<ca::CertificateAuthority>> OpenAuthority(
    const config::Config& config, const Clock& clock);

}  // namespace jpkid
