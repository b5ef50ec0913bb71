#pragma once

#include <string>

namespace jpkid::hal::pcsc {

// The other programs that are connected to pcscd, one of which holds a card that we may not open:
// "pkcs11-tool (pid 4711)". "another program" where the kernel does not tell us (processes of other
// users, when we are not root).
std::string OtherClientsOfPcscd();

}  // namespace jpkid::hal::pcsc
