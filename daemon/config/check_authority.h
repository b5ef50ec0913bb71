#pragma once

#include "daemon/config/authority.h"
#include "daemon/config/config.pb.h"
#include "daemon/config/findings.h"
#include "daemon/config/section.h"

namespace jpkid::config {

// Holds the section `ca` to what makes an authority reachable and its answers its own.
void CheckAuthority(const file::CertificateAuthority& ca, const Section& section,
                    Findings& findings);

// What `ca`, which has passed, says; paths start from `dir`.
Authority ReadAuthority(const file::CertificateAuthority& ca, const std::string& dir);

}  // namespace jpkid::config
