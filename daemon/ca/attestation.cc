#include "daemon/ca/attestation.h"

#include <array>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

#include "base/status.h"
#include "daemon/ca/cmp_message.h"
#include "daemon/ca/openssl.h"
#include "daemon/certs/certs.h"

namespace jpkid::ca {
namespace {

using ItemPtr = OpensslPtr<OSSL_CMP_ITAV, OSSL_CMP_ITAV_free>;
using TypePtr = OpensslPtr<ASN1_TYPE, ASN1_TYPE_free>;
using Utf8Ptr = OpensslPtr<ASN1_UTF8STRING, ASN1_UTF8STRING_free>;

// An arc of our own that nobody had to give us (ITU-T X.667: 2.25 and a UUID), and the numbers
// under it. Each value is a UTF8String.
constexpr char kArc[] = "2.25.225914062863014273861239153764802711529";
enum class Item {
  kKind = 1,
  kLastDay,
  kPrefecture,
  kMunicipality,
  kName,
  kAddress,
  kSex,
  kBirthDate,
  kSubstitutedName,
  kSubstitutedAddress,
};
constexpr int kLastItem = static_cast<int>(Item::kSubstitutedAddress);

ObjectPtr OidOf(int item) { return Oid(absl::StrCat(kArc, ".", item)); }

using Items = std::map<Item, std::string>;

Items ItemsOf(const IssueRequest& request) {
  Items items = {{Item::kKind, std::string(certs::Name(request.kind))},
                 {Item::kLastDay, absl::FormatCivilTime(request.last_day)}};
  if (request.residence.has_value()) {
    items[Item::kPrefecture] = request.residence->prefecture;
    items[Item::kMunicipality] = request.residence->municipality;
  }
  if (request.holder.has_value()) {
    items[Item::kName] = request.holder->name;
    items[Item::kAddress] = request.holder->address;
    items[Item::kSex] = absl::StrCat(static_cast<int>(request.holder->sex));
    items[Item::kBirthDate] = absl::FormatCivilTime(request.holder->birth_date);
    items[Item::kSubstitutedName] = request.holder->substituted_name;
    items[Item::kSubstitutedAddress] = request.holder->substituted_address;
  }
  return items;
}

absl::Status Refuse(absl::string_view detail) {
  return Fail(Reason::kCaRejected, {{"detail", std::string(detail)}});
}

// Of InfoTypeAndValue: which of our items it is, 0 for others, and its text.
absl::StatusOr<std::pair<int, std::string>> ReadItem(ByteView der) {
  JPKID_ASSIGN_OR_RETURN(const std::vector<Bytes> parts, ReadSequence(der));
  if (parts.empty()) return Refuse("an empty item of the header");
  const unsigned char* place = parts[0].data();
  const ObjectPtr oid(d2i_ASN1_OBJECT(nullptr, &place, static_cast<long>(parts[0].size())));
  if (oid == nullptr) return Refuse("an item of the header without a type");
  int item = 1;
  while (item <= kLastItem && OBJ_cmp(oid.get(), OidOf(item).get()) != 0) ++item;
  if (item > kLastItem || parts.size() != 2) return std::make_pair(0, std::string());
  place = parts[1].data();
  const Utf8Ptr text(d2i_ASN1_UTF8STRING(nullptr, &place, static_cast<long>(parts[1].size())));
  if (text == nullptr) return Refuse("an item of the header that is no text");
  return std::make_pair(
      item, std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text.get())),
                        static_cast<std::size_t>(ASN1_STRING_length(text.get()))));
}

absl::StatusOr<Items> ReadItems(ByteView message) {
  JPKID_ASSIGN_OR_RETURN(const Bytes info, HeaderElement(message, HeaderField::kGeneralInfo));
  Items items;
  if (info.empty()) return items;
  JPKID_ASSIGN_OR_RETURN(const std::vector<Bytes> values, ReadSequence(info));
  for (const Bytes& value : values) {
    JPKID_ASSIGN_OR_RETURN(const auto read, ReadItem(value));
    if (read.first != 0) items[static_cast<Item>(read.first)] = read.second;
  }
  return items;
}

absl::StatusOr<Holder> HolderOf(Items& items) {
  Holder holder = {.name = items[Item::kName],
                   .address = items[Item::kAddress],
                   .birth_date = {},
                   .substituted_name = items[Item::kSubstitutedName],
                   .substituted_address = items[Item::kSubstitutedAddress]};
  const std::string& sex = items[Item::kSex];
  if (sex != "1" && sex != "2" && sex != "9") return Refuse("the sex is none");
  holder.sex = static_cast<Sex>(sex[0] - '0');
  if (!absl::ParseCivilTime(items[Item::kBirthDate], &holder.birth_date)) {
    return Refuse("the birth date is none");
  }
  return holder;
}

}  // namespace

absl::Status AddAttestation(OSSL_CMP_CTX* context, const IssueRequest& request) {
  for (const auto& [item, text] : ItemsOf(request)) {
    ObjectPtr oid = OidOf(static_cast<int>(item));
    TypePtr value(ASN1_TYPE_new());
    Utf8Ptr string(ASN1_UTF8STRING_new());
    if (oid == nullptr || value == nullptr || string == nullptr ||
        ASN1_STRING_set(string.get(), text.data(), static_cast<int>(text.size())) != 1) {
      return OpensslFailure("cannot attest");
    }
    ASN1_TYPE_set(value.get(), V_ASN1_UTF8STRING, string.release());
    ItemPtr one(OSSL_CMP_ITAV_create(oid.get(), value.get()));
    if (one == nullptr) return OpensslFailure("cannot attest");
    static_cast<void>(oid.release());  // Both are the item's now.
    static_cast<void>(value.release());
    if (OSSL_CMP_CTX_push0_geninfo_ITAV(context, one.get()) != 1) {
      return OpensslFailure("cannot attest");
    }
    static_cast<void>(one.release());
  }
  return absl::OkStatus();
}

absl::StatusOr<IssueRequest> ReadAttestation(ByteView message) {
  JPKID_ASSIGN_OR_RETURN(Items items, ReadItems(message));
  const absl::StatusOr<certs::Kind> kind = certs::ParseKind(items[Item::kKind]);
  if (!kind.ok()) return Refuse("the registration authority does not say which kind");
  IssueRequest request = {.transaction_id = {}, .kind = *kind, .request = {}, .last_day = {}};
  if (!absl::ParseCivilTime(items[Item::kLastDay], &request.last_day)) {
    return Refuse("the last day is none");
  }
  if (items.contains(Item::kPrefecture)) {
    request.residence = {.prefecture = items[Item::kPrefecture],
                         .municipality = items[Item::kMunicipality]};
  }
  if (items.contains(Item::kName)) {
    JPKID_ASSIGN_OR_RETURN(request.holder, HolderOf(items));
  }
  return request;
}

}  // namespace jpkid::ca
