// Engines are deprecated in OpenSSL 3.0, and there is nothing else for PKCS#11 in Debian 12.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "absl/strings/str_cat.h"
#include <openssl/engine.h>

#include "base/status.h"
#include "daemon/ca/ra_key.h"

namespace jpkid::ca {
namespace {

void Finish(ENGINE* engine) { ENGINE_finish(engine); }
void Free(ENGINE* engine) { ENGINE_free(engine); }
using Reference = OpensslPtr<ENGINE, Free>;
using Working = OpensslPtr<ENGINE, Finish>;

absl::Status Unusable(absl::string_view why) {
  return Fail(Reason::kCaUnavailable,
              {{"detail", absl::StrCat("the key in PKCS#11: ", OpensslFailure(why).message())}});
}

}  // namespace

absl::StatusOr<KeyPtr> OpenPkcs11Key(const std::string& uri) {
  ENGINE_load_dynamic();
  const Reference engine(ENGINE_by_id("pkcs11"));
  if (engine == nullptr) return Unusable("no engine (libengine-pkcs11-openssl)");
  if (ENGINE_init(engine.get()) != 1) return Unusable("the engine does not start");
  const Working working(engine.get());  // The key holds the engine as well.
  KeyPtr key(ENGINE_load_private_key(engine.get(), uri.c_str(), nullptr, nullptr));
  if (key == nullptr) return Unusable("no such key, or the PIN is not right");
  return key;
}

}  // namespace jpkid::ca
