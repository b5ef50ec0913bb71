#include "daemon/ca/names.h"

#include <utility>
#include <vector>

#include "base/status.h"

namespace jpkid::ca {
namespace {

using Fields = std::vector<std::pair<const char*, std::string>>;

// C is a PrintableString and the rest are UTF8Strings (RFC 5280, 4.1.2.4), by OpenSSL's table.
absl::StatusOr<NamePtr> MakeName(const Fields& fields) {
  NamePtr name(X509_NAME_new());
  if (name == nullptr) return OpensslFailure("cannot make a name");
  for (const auto& [field, value] : fields) {
    if (X509_NAME_add_entry_by_txt(name.get(), field, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(value.data()),
                                   static_cast<int>(value.size()), -1, 0) != 1) {
      return OpensslFailure("cannot make a name");
    }
  }
  return name;
}

std::string Unit(certs::Kind kind) { return std::string(certs::Row(kind).issuer); }

}  // namespace

absl::StatusOr<NamePtr> IssuerName(certs::Kind kind) {
  return MakeName(
      {{"C", "JP"}, {"O", "JPKI-SIM"}, {"OU", Unit(kind)}, {"OU", "Training authority"}});
}

absl::StatusOr<NamePtr> CrlPointName(certs::Kind kind) {
  return MakeName({{"C", "JP"},
                   {"O", "JPKI-SIM"},
                   {"OU", Unit(kind)},
                   {"OU", "CRL Distribution Points"},
                   {"CN", "Training authority CRLDP"}});
}

absl::StatusOr<NamePtr> SubjectName(const std::optional<Residence>& residence,
                                    const std::string& id) {
  Fields fields = {{"C", "JP"}};
  if (residence.has_value()) {
    fields.emplace_back("L", residence->prefecture);
    fields.emplace_back("L", residence->municipality);
  }
  fields.emplace_back("CN", id);
  return MakeName(fields);
}

}  // namespace jpkid::ca
