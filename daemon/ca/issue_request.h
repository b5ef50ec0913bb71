#pragma once

#include <optional>
#include <string>

#include "absl/time/civil_time.h"

#include "base/bytes.h"
#include "daemon/certs/certs.h"

// What the registration authority (this daemon) asks for and vouches for. Part of the door, ca.h.
namespace jpkid::ca {

// As subjectAltName writes it (ISO/IEC 5218, with 1 and 2 for the two entries of the register).
enum class Sex { kMale = 1, kFemale = 2, kNotApplicable = 9 };

// The four attributes that a signature certificate carries. Personal data: never in a log, a
// failure or a journal.
struct Holder {
  std::string name;     // UTF-8
  std::string address;  // UTF-8
  Sex sex = Sex::kNotApplicable;
  absl::CivilDay birth_date;
  // One digit per character of name and address, '1' where a character of the register had to be
  // substituted. Empty: none was.
  std::string substituted_name = {};
  std::string substituted_address = {};
};

// Where the holder is registered, in Roman letters: "Hyogo-ken", "Sanda-shi".
struct Residence {
  std::string prefecture;
  std::string municipality;
};

// One certificate, please.
struct IssueRequest {
  // Of this request and no other; 1 to 64 letters, digits, '-'. Chosen and kept by the caller
  // before the first Submit.
  std::string transaction_id;
  certs::Kind kind = certs::Kind::kAuth;
  Bytes request;            // PKCS#10, DER (request.h).
  absl::CivilDay last_day;  // Valid until 23:59:59 Asia/Tokyo of that day.
  // Of a kind with personal data, and of no other.
  std::optional<Holder> holder = {};
  std::optional<Residence> residence = {};
};

}  // namespace jpkid::ca
