#pragma once

#include "base/bytes.h"
#include "hal/sim/private_key.h"

namespace jpkid::hal::sim {

// Whether `der` is one X.509 certificate, whole and with nothing behind it.
bool IsWholeCertificate(ByteView der);

// Whether `der` is a whole certificate for the public key of `key`.
bool IsCertificateOf(const PrivateKey& key, ByteView der);

}  // namespace jpkid::hal::sim
