#include "hal/scp03_crypto.h"

#include <array>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/status.h"

namespace jpkid::hal {
namespace {

struct Free {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

enum class Mode { kDecrypt = 0, kEncrypt = 1 };  // As EVP_CipherInit_ex's `enc`.

absl::Status WrongKey(const Secret& key) {
  return absl::InvalidArgumentError(
      absl::StrCat("an AES-128 key has 16 octets, this one has ", key.size()));
}

// AES over whole blocks without padding. `iv` is null for ECB.
absl::StatusOr<WipedBytes> Aes(const EVP_CIPHER* cipher, Mode mode, const Secret& key,
                               const std::uint8_t* iv, ByteView blocks) {
  if (key.size() != kAesBlock) return WrongKey(key);
  if (blocks.empty() || blocks.size() % kAesBlock != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("AES takes whole blocks, not ", blocks.size(), " octets"));
  }
  const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
  WipedBytes out(blocks.size());
  int done = 0;
  if (context == nullptr ||
      EVP_CipherInit_ex(context.get(), cipher, nullptr, key.view().data(), iv,
                        static_cast<int>(mode)) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_CipherUpdate(context.get(), out.data(), &done, blocks.data(),
                       static_cast<int>(blocks.size())) != 1 ||
      static_cast<std::size_t>(done) != blocks.size()) {
    return absl::InternalError("AES failed in OpenSSL");
  }
  return out;
}

absl::StatusOr<WipedBytes> Cbc(Mode mode, const Secret& key, std::uint8_t direction,
                               std::uint64_t counter, ByteView blocks) {
  std::array<std::uint8_t, kAesBlock> block = {direction};
  for (std::size_t i = kAesBlock; counter != 0; counter >>= 8) {
    block[--i] = static_cast<std::uint8_t>(counter & 0xFF);
  }
  JPKID_ASSIGN_OR_RETURN(const WipedBytes iv,
                         Aes(EVP_aes_128_ecb(), Mode::kEncrypt, key, nullptr, block));
  return Aes(EVP_aes_128_cbc(), mode, key, iv.data(), blocks);
}

}  // namespace

absl::StatusOr<Bytes> Cmac(const Secret& key, ByteView message) {
  if (key.size() != kAesBlock) return WrongKey(key);
  const std::unique_ptr<EVP_MAC, Free> mac(EVP_MAC_fetch(nullptr, "CMAC", nullptr));
  const std::unique_ptr<EVP_MAC_CTX, Free> context(mac == nullptr ? nullptr
                                                                  : EVP_MAC_CTX_new(mac.get()));
  char cipher[] = "AES-128-CBC";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher, 0),
      OSSL_PARAM_construct_end()};
  Bytes out(kAesBlock);
  std::size_t size = 0;
  if (context == nullptr ||
      EVP_MAC_init(context.get(), key.view().data(), key.size(), parameters) != 1 ||
      EVP_MAC_update(context.get(), message.data(), message.size()) != 1 ||
      EVP_MAC_final(context.get(), out.data(), &size, out.size()) != 1 || size != out.size()) {
    return absl::InternalError("CMAC failed in OpenSSL");
  }
  return out;
}

absl::StatusOr<WipedBytes> CounterModeKdf(const Secret& key, ByteView before, ByteView after,
                                          std::size_t octets) {
  if (octets == 0 || octets > kAesBlock) {
    return absl::InvalidArgumentError(absl::StrCat("cannot derive ", octets, " octets"));
  }
  Bytes input = ToBytes(before);
  input.push_back(1);
  Append(input, after);
  JPKID_ASSIGN_OR_RETURN(Bytes block, Cmac(key, input));
  WipedBytes out(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(octets));
  OPENSSL_cleanse(block.data(), block.size());
  return out;
}

absl::StatusOr<WipedBytes> Derive(const Secret& key, ByteView label, ByteView context,
                                  std::size_t octets) {
  if (label.size() != 12) {
    return absl::InvalidArgumentError(
        absl::StrCat("a label has 12 octets, this one has ", label.size()));
  }
  Bytes before = ToBytes(label);
  const std::size_t bits = octets * 8;
  Append(before, Bytes{0, static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits)});
  return CounterModeKdf(key, before, context, octets);
}

absl::StatusOr<WipedBytes> EncryptCbc(const Secret& key, std::uint8_t direction,
                                      std::uint64_t counter, ByteView blocks) {
  return Cbc(Mode::kEncrypt, key, direction, counter, blocks);
}

absl::StatusOr<WipedBytes> DecryptCbc(const Secret& key, std::uint8_t direction,
                                      std::uint64_t counter, ByteView blocks) {
  return Cbc(Mode::kDecrypt, key, direction, counter, blocks);
}

WipedBytes Pad(ByteView data) {
  WipedBytes padded;
  padded.reserve(data.size() + kAesBlock);
  padded.assign(data.begin(), data.end());
  padded.push_back(0x80);
  padded.resize((padded.size() + kAesBlock - 1) / kAesBlock * kAesBlock);
  return padded;
}

absl::StatusOr<WipedBytes> Unpad(ByteView padded) {
  std::size_t size = padded.size();
  while (size > 0 && padded[size - 1] == 0 && padded.size() - size < kAesBlock) --size;
  if (size == 0 || padded[size - 1] != 0x80 || padded.size() - size >= kAesBlock) {
    return absl::InvalidArgumentError("padding is not 80 00 ... 00");
  }
  return WipedBytes(padded.begin(), padded.begin() + static_cast<std::ptrdiff_t>(size) - 1);
}

}  // namespace jpkid::hal
