#include "daemon/rpc/digest_info.h"

#include <span>

#include "absl/strings/str_cat.h"

#include "base/status.h"

namespace jpkid::rpc {
namespace {

using jpki::v1::SignRequest;

// DER up to the octets of the digest.
constexpr std::uint8_t kSha256[] = {0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                    0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
constexpr std::uint8_t kSha384[] = {0x30, 0x41, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                    0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30};
constexpr std::uint8_t kSha512[] = {0x30, 0x51, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                    0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40};

struct HashRow {
  SignRequest::Hash hash;
  ByteView prefix;
  std::size_t size;  // Octets of the digest.
};
constexpr HashRow kHashes[] = {{SignRequest::HASH_SHA256, kSha256, 32},
                               {SignRequest::HASH_SHA384, kSha384, 48},
                               {SignRequest::HASH_SHA512, kSha512, 64}};

// EMSA-PKCS1-v1_5 wants 11 octets of a 2048-bit modulus for itself.
constexpr std::size_t kLongest = 245;

absl::Status WrongLength(absl::string_view wanted) {
  return Fail(Reason::kArgumentInvalid,
              {{"field", "digest"}, {"detail", absl::StrCat(wanted, " octets")}});
}

}  // namespace

absl::StatusOr<Bytes> DigestInfo(SignRequest::Hash hash, ByteView digest) {
  if (hash == SignRequest::HASH_UNSPECIFIED) {
    if (digest.empty() || digest.size() > kLongest) {
      return WrongLength(absl::StrCat("1 to ", kLongest));
    }
    return ToBytes(digest);
  }
  for (const HashRow& row : kHashes) {
    if (row.hash != hash) continue;
    if (digest.size() != row.size) return WrongLength(absl::StrCat(row.size));
    Bytes info = ToBytes(row.prefix);
    Append(info, digest);
    return info;
  }
  return Fail(Reason::kArgumentInvalid, {{"field", "hash"}, {"detail", "SHA-256, -384 or -512"}});
}

}  // namespace jpkid::rpc
