#pragma once

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include <gtest/gtest.h>

#include "base/status.h"
#include "daemon/session/session.h"
#include "daemon/session/waiting_client.h"
#include "tests/fakes/fake_readers.h"

// What the tests of this room share.
namespace jpkid::session {

// One reader, kReader, without a card.
class SessionFixture : public ::testing::Test {
 protected:
  SessionFixture() { readers_->Plug(kDriverName); }

  void Start() { sessions_ = Sessions::Create(readers_, options_); }

  // The turn, which must be free, or `soon`: a visitor is told his end just before he leaves.
  std::unique_ptr<Lease> Take(const std::string& client, bool soon = false) {
    auto lease = sessions_->Acquire(RequestOf(client), [soon](int position) {
      EXPECT_TRUE(soon) << "had to wait at position " << position;
    });
    EXPECT_EQ(lease.status(), absl::OkStatus());
    return lease.ok() ? *std::move(lease) : nullptr;
  }

  // Sends one command; with `verified` as if a PIN had been verified.
  static absl::Status Send(Lease& lease, std::uint8_t instruction, bool verified = false) {
    return lease.Run(Patience(), [instruction, verified](hal::Card& card) {
      if (verified) card.remembered().security_state = true;
      return card.TransmitRaw(Bytes{0x00, instruction}).status();
    });
  }

  ReaderStatus Status() {
    const ReaderStatusList list = sessions_->List();
    return list.readers.empty() ? ReaderStatus() : list.readers.front();
  }

  Options options_ = {.aliases = {},
                      .idle_before_close = absl::InfiniteDuration(),
                      .driver_limit = absl::Seconds(20),
                      .look_every = absl::Milliseconds(5)};
  const std::shared_ptr<fakes::FakeReaders> readers_ = std::make_shared<fakes::FakeReaders>();
  std::unique_ptr<Sessions> sessions_;
};

}  // namespace jpkid::session
