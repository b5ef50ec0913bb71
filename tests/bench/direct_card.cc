#include "tests/bench/direct_card.h"

#include <array>

#include <gtest/gtest.h>

namespace jpkid {
namespace {

constexpr DWORD kPatienceMs = 15000;

}  // namespace

DirectCard::DirectCard(const std::string& reader) {
  EXPECT_EQ(SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_),
            SCARD_S_SUCCESS);
  SCARD_READERSTATE state = {};
  state.szReader = reader.c_str();
  state.dwCurrentState = SCARD_STATE_EMPTY;
  EXPECT_EQ(SCardGetStatusChange(context_, kPatienceMs, &state, 1), SCARD_S_SUCCESS)
      << "no card came to " << reader;
  DWORD protocol = 0;
  EXPECT_EQ(SCardConnect(context_, reader.c_str(), SCARD_SHARE_EXCLUSIVE,
                         SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card_, &protocol),
            SCARD_S_SUCCESS);
  EXPECT_EQ(protocol, static_cast<DWORD>(SCARD_PROTOCOL_T1));
}

DirectCard::~DirectCard() {
  SCardDisconnect(card_, SCARD_UNPOWER_CARD);
  SCardReleaseContext(context_);
}

std::uint16_t DirectCard::Transmit(ByteView apdu) {
  std::array<std::uint8_t, MAX_BUFFER_SIZE> answer;
  DWORD size = answer.size();
  EXPECT_EQ(
      SCardTransmit(card_, SCARD_PCI_T1, apdu.data(), apdu.size(), nullptr, answer.data(), &size),
      SCARD_S_SUCCESS);
  EXPECT_GE(size, 2u);
  return static_cast<std::uint16_t>(answer[size - 2] << 8 | answer[size - 1]);
}

}  // namespace jpkid
