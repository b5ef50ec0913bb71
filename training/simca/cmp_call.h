#pragma once

#include <string>

#include "base/bytes.h"
#include "training/simca/cmp_server.h"

namespace jpkid::simca {

struct CmpServer::Call {
  CmpServer& server;
  std::string transaction;  // In hexadecimal, lower case: the authority's transaction id.
  ByteView message;
  Faults::Fate fate;
  Faults::Polls polls;

  static Call& Of(OSSL_CMP_SRV_CTX* server) {
    return *static_cast<Call*>(OSSL_CMP_SRV_CTX_get0_custom_ctx(server));
  }
};

}  // namespace jpkid::simca
