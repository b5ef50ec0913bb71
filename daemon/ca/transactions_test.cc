#include "daemon/ca/transactions.h"

#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"

namespace jpkid::ca {
namespace {

using State = Transaction::State;

class TransactionsTest : public testing::Test {
 protected:
  TransactionsTest() {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directory(directory_);
    Reopen();
  }
  ~TransactionsTest() override {
    journal_ = nullptr;
    std::filesystem::remove_all(directory_);
  }

  void Reopen() {
    journal_ = nullptr;
    journal_ =
        Transactions::Open("sqlite:" + directory_ + "/cmp.db", directory_ + "/key", now_).value();
  }

  static Transaction Full() {
    return {.id = "t1",
            .state = State::kWaiting,
            .kind = certs::Kind::kSignature,
            .fingerprint = {1, 2},
            .poll_at = absl::FromUnixSeconds(1'800'000'020),
            .cmp_id = {3},
            .request = {4, 4},
            .asked = {.sent = {5, 5, 5}, .received = {6}},
            .polled = {.sent = {7}, .received = {}},
            .confirmed = {.sent = {}, .received = {}},
            .certificate = Bytes(3000, 8)};
  }

  const std::string directory_ = testing::TempDir() + "/transactions-" + std::to_string(getpid());
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  std::unique_ptr<Transactions> journal_;
};

TEST_F(TransactionsTest, WhatWasPutIsThereInAnotherLife) {
  EXPECT_FALSE(journal_->Find("t1").value().has_value());
  const Transaction put = Full();
  ASSERT_EQ(journal_->Put(put, now_), absl::OkStatus());
  Reopen();
  const Transaction found = journal_->Find("t1").value().value();
  EXPECT_EQ(found.id, put.id);
  EXPECT_EQ(found.state, put.state);
  EXPECT_EQ(found.kind, put.kind);
  EXPECT_EQ(found.fingerprint, put.fingerprint);
  EXPECT_EQ(found.poll_at, put.poll_at);
  EXPECT_EQ(found.cmp_id, put.cmp_id);
  EXPECT_EQ(found.request, put.request);
  EXPECT_EQ(found.asked.sent, put.asked.sent);
  EXPECT_EQ(found.asked.received, put.asked.received);
  EXPECT_TRUE(found.polled.open());
  EXPECT_TRUE(found.confirmed.sent.empty());
  EXPECT_EQ(found.certificate, put.certificate);
  EXPECT_EQ(journal_->Erase("t1"), absl::OkStatus());
  EXPECT_FALSE(journal_->Find("t1").value().has_value());
}

TEST_F(TransactionsTest, TheNewestStateStands) {
  Transaction transaction = Full();
  ASSERT_EQ(journal_->Put(transaction, now_), absl::OkStatus());
  transaction.state = State::kIssued;
  transaction.polled.received = {9};
  ASSERT_EQ(journal_->Put(transaction, now_), absl::OkStatus());
  const Transaction found = journal_->Find("t1").value().value();
  EXPECT_EQ(found.state, State::kIssued);
  EXPECT_EQ(found.polled.received, (Bytes{9}));
}

TEST_F(TransactionsTest, AnotherKeyOpensNothing) {
  ASSERT_EQ(journal_->Put(Full(), now_), absl::OkStatus());
  ASSERT_EQ(ReplaceFile(directory_ + "/key", Bytes(32, 1), 0600), absl::OkStatus());
  Reopen();
  EXPECT_TRUE(FailedFor(journal_->Find("t1").status(), Reason::kStoreUnavailable));
}

TEST_F(TransactionsTest, EndedOnesAreForgottenAfterAMonthAndOthersAfterHalfAYear) {
  Transaction transaction = Full();
  ASSERT_EQ(journal_->Put(transaction, now_), absl::OkStatus());
  transaction.id = "t2";
  transaction.state = State::kConfirmed;
  ASSERT_EQ(journal_->Put(transaction, now_), absl::OkStatus());
  now_ += absl::Hours(24 * 29);
  Reopen();
  EXPECT_TRUE(journal_->Find("t2").value().has_value());
  now_ += absl::Hours(24 * 2);
  Reopen();
  EXPECT_FALSE(journal_->Find("t2").value().has_value());
  EXPECT_TRUE(journal_->Find("t1").value().has_value());
  // A daemon that is not started anew for so long removes them, too.
  now_ += absl::Hours(24 * 150);
  Transaction another = Full();
  another.id = "t3";
  ASSERT_EQ(journal_->Put(another, now_), absl::OkStatus());
  EXPECT_FALSE(journal_->Find("t1").value().has_value());
  EXPECT_TRUE(journal_->Find("t3").value().has_value());
}

}  // namespace
}  // namespace jpkid::ca
