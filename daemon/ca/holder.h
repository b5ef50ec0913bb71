#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

#include "daemon/ca/ca.h"
#include "daemon/ca/openssl.h"

// The holder's attributes as a certificate carries them.
namespace jpkid::ca {

// EYYYYMMDD: the digit of the era (1 Meiji … 5 Reiwa, 0 unknown), then the Gregorian date.
std::string BirthDateText(absl::CivilDay day);

// INVALID_ARGUMENT, naming the attribute and not its value: for text that is empty, too long or not
// printable UTF-8, and for flags that don't count one digit per character.
absl::Status CheckHolder(const Holder& holder);

// subjectAltName, not critical: six otherNames under 1.2.392.200149.8.5.5 in the national order
// (.1 name, .4 birth date, .3 sex, .5 address, .2 and .6 substitute flags of name and address),
// each a UTF8String. `holder` has passed CheckHolder.
absl::StatusOr<ExtensionPtr> HolderExtension(const Holder& holder);

}  // namespace jpkid::ca
