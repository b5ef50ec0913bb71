#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"

#include "daemon/ca/ca.h"
#include "daemon/ca/openssl.h"
#include "daemon/certs/certs.h"

// The distinguished names of the training authority. Nothing simulated is ever called O=JPKI.
namespace jpkid::ca {

absl::StatusOr<NamePtr> IssuerName(certs::Kind kind);

// The place of the kind's revocation list in a directory.
absl::StatusOr<NamePtr> CrlPointName(certs::Kind kind);

// `residence`: of a kind with personal data. `id`: opaque.
absl::StatusOr<NamePtr> SubjectName(const std::optional<Residence>& residence,
                                    const std::string& id);

}  // namespace jpkid::ca
