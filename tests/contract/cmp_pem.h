#pragma once

#include <string>

#include "base/bytes.h"
#include "daemon/ca/test_key.h"

// Certificates and keys as files, for the programs and options that read such.
namespace jpkid::ca {

void WriteCertificatePem(const std::string& path, const Bytes& certificate);

// A certificate and its key in one file of mode 0600.
void WritePairPem(const std::string& path, const Bytes& certificate, const TestKey& key);

}  // namespace jpkid::ca
