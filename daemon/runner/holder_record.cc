#include "daemon/runner/holder_record.h"

#include <string>

#include "absl/time/civil_time.h"

#include "base/status.h"
#include "daemon/runner/holder.pb.h"

namespace jpkid::runner {

Bytes EncodeHolder(const ca::Holder& holder) {
  HolderRecord record;
  record.set_name(holder.name);
  record.set_address(holder.address);
  record.set_sex(static_cast<int>(holder.sex));
  record.set_birth_date(absl::FormatCivilTime(holder.birth_date));
  record.set_substituted_name(holder.substituted_name);
  record.set_substituted_address(holder.substituted_address);
  const std::string text = record.SerializeAsString();
  return ToBytes(AsBytes(text));
}

absl::StatusOr<ca::Holder> DecodeHolder(ByteView data) {
  HolderRecord record;
  ca::Holder holder;
  if (!record.ParseFromArray(data.data(), static_cast<int>(data.size())) ||
      !absl::ParseCivilTime(record.birth_date(), &holder.birth_date)) {
    return Fail(Reason::kStoreUnavailable, {{"detail", "the holder's data do not read"}});
  }
  holder.name = record.name();
  holder.address = record.address();
  holder.sex = static_cast<ca::Sex>(record.sex());
  holder.substituted_name = record.substituted_name();
  holder.substituted_address = record.substituted_address();
  return holder;
}

}  // namespace jpkid::runner
