#include "hal/scp03_crypto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jpkid::hal {
namespace {

Secret Key(const char* hex) { return Secret(ByteView(FromHex(hex).value())); }
std::string Hex(const WipedBytes& bytes) { return ToHex(ByteView(bytes)); }

// RFC 4493, chapter 4 (the same as NIST SP 800-38B, D.1).
TEST(Cmac, Rfc4493) {
  const Secret key = Key("2B7E151628AED2A6ABF7158809CF4F3C");
  const Bytes message = FromHex(
                            "6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51"
                            "30C81C46A35CE411E5FBC1191A0A52EFF69F2445DF4F9B17AD2B417BE66C3710")
                            .value();
  const ByteView view = message;
  EXPECT_EQ(ToHex(Cmac(key, {}).value()), "BB1D6929E95937287FA37D129B756746");
  EXPECT_EQ(ToHex(Cmac(key, view.first(16)).value()), "070A16B46B4D4144F79BDD9DD04A287C");
  EXPECT_EQ(ToHex(Cmac(key, view.first(40)).value()), "DFA66747DE9AE63030CA32611497C827");
  EXPECT_EQ(ToHex(Cmac(key, view).value()), "51F0BEBF7E3B9D92FC49741779363CFE");
}

TEST(Cmac, RefusesAKeyOfAnotherLength) {
  EXPECT_EQ(Cmac(Key("2B7E"), {}).status().code(), absl::StatusCode::kInvalidArgument);
}

// NIST CAVP, KDF in counter mode, CMAC_AES128, MIDDLE_FIXED, RLEN = 8 bits, first count.
TEST(CounterModeKdf, NistCavpMiddleFixedEightBits) {
  const Bytes before = FromHex(
                           "93612F7256C46A3D856D3E951E32DBF15FE11159D0B389AD38D603850FEE6D18"
                           "D22031435ED36EE20DA76745FBEA4B10FE1E")
                           .value();
  const Bytes after = FromHex("99322AAE605A5F01E32B").value();
  const Secret key = Key("B6E04ABD1651F8794D4326F4C684E631");
  EXPECT_EQ(Hex(CounterModeKdf(key, before, after, 16).value()),
            "DCB1DB87A68762C6B3354779FA590BEF");
}

TEST(CounterModeKdf, RefusesMoreThanOneBlock) {
  const Secret key = Key("B6E04ABD1651F8794D4326F4C684E631");
  EXPECT_FALSE(CounterModeKdf(key, {}, {}, 0).ok());
  EXPECT_FALSE(CounterModeKdf(key, {}, {}, 17).ok());
  EXPECT_FALSE(Derive(key, Bytes(11), {}, 16).ok()) << "a label has 12 octets";
}

// The initial vector for counter block B is AES(K, B): with the key and the first plaintext block
// of NIST SP 800-38A, F.1.1, its ciphertext would be the vector. Here the round trip, and that
// direction and counter both matter.
TEST(Cbc, DirectionAndCounterMatter) {
  const Secret key = Key("2B7E151628AED2A6ABF7158809CF4F3C");
  const Bytes plain(32, 0x5A);
  const WipedBytes encrypted = EncryptCbc(key, 0x80, 258, plain).value();
  EXPECT_EQ(Hex(DecryptCbc(key, 0x80, 258, ByteView(encrypted)).value()), ToHex(plain));
  EXPECT_NE(Hex(DecryptCbc(key, 0x00, 258, ByteView(encrypted)).value()), ToHex(plain));
  EXPECT_NE(Hex(DecryptCbc(key, 0x80, 259, ByteView(encrypted)).value()), ToHex(plain));
  EXPECT_FALSE(EncryptCbc(key, 0, 1, Bytes(15)).ok());
  EXPECT_FALSE(EncryptCbc(key, 0, 1, {}).ok());
}

TEST(Padding, MethodTwo) {
  EXPECT_EQ(Hex(Pad({})), "80000000000000000000000000000000");
  EXPECT_EQ(Hex(Pad(Bytes(15, 1))), "01010101010101010101010101010180");
  EXPECT_EQ(Pad(Bytes(16, 1)).size(), 32u);
  for (std::size_t size = 0; size < 50; ++size) {
    const Bytes data(size, 0x80);
    EXPECT_EQ(Hex(Unpad(ByteView(Pad(data))).value()), ToHex(data));
  }
}

TEST(Padding, GarbledIsRefused) {
  EXPECT_FALSE(Unpad({}).ok());
  EXPECT_FALSE(Unpad(Bytes(16, 0)).ok());
  EXPECT_FALSE(Unpad(Bytes(16, 1)).ok());
  Bytes too_long(32, 0);  // 80 and a whole block of zeros: nobody pads like this.
  too_long[15] = 0x80;
  EXPECT_FALSE(Unpad(too_long).ok());
}

}  // namespace
}  // namespace jpkid::hal
