#include <future>
#include <limits>
#include <vector>

#include "absl/strings/match.h"
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <soci/soci.h>

#include "base/status.h"
#include "daemon/sql/sql.h"
#include "tests/contract/store_contract.h"

namespace jpkid::store {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kBirthDate[] = "1980-02-17";

}  // namespace

CaseRecord CaseContract::Case(const std::string& id) const {
  CaseRecord record;
  record.set_id(id);
  record.set_request_id("request-" + id);
  record.set_creator("uid:1000");
  record.set_state(CaseRecord::READY);
  record.set_create_time_us(absl::ToUnixMicros(clock_.Now()));
  record.set_municipality("training");
  record.set_card_serial("CARD-" + id);
  CaseApplication& application = *record.mutable_application();
  application.set_procedure("renew");
  application.add_kinds("auth");
  application.set_applicant("voluntary-proxy");
  application.mutable_person()->set_birth_date(kBirthDate);
  application.mutable_person()->set_residence_status("permanent-resident");
  CaseDecision& decision = *record.mutable_decision();
  decision.set_visits(2);
  decision.add_items()->set_japanese("本人のマイナンバーカード");
  (*decision.add_findings()->mutable_metadata())["date"] = "2030-02-17";
  record.add_documents()->set_code("HOLDER_CARD");
  return record;
}

CaseRecord CaseContract::Created(const std::string& id) {
  return store_->CreateCase(Case(id), ToBytes(AsBytes("三田 太郎")), {}).value().record;
}

std::vector<std::string> CaseContract::ListedIds(const CaseFilter& filter, int page_size) {
  std::vector<std::string> ids;
  std::string token;
  do {
    const CasePage page = store_->ListCases(filter, page_size, token).value();
    EXPECT_LE(page.cases.size(), static_cast<std::size_t>(page_size));
    for (const CaseRecord& record : page.cases) ids.push_back(record.id());
    token = page.next_token;
  } while (!token.empty());
  return ids;
}

TEST_P(CaseContract, ACaseIsThereForTheNextDaemon) {
  const CreatedCase created = store_->CreateCase(Case("a"), std::nullopt, {}).value();
  EXPECT_FALSE(created.existed);
  EXPECT_EQ(created.record.version(), 1);
  store_ = Open("one");
  const CaseRecord found = store_->GetCase("a").value();
  EXPECT_TRUE(MessageDifferencer::Equals(found, created.record)) << found.DebugString();
  CaseRecord wanted = Case("a");
  wanted.set_version(1);
  EXPECT_TRUE(MessageDifferencer::Equals(found, wanted)) << found.DebugString();
  EXPECT_FALSE(store_->GetCaseHolder("a")->has_value());
  EXPECT_TRUE(FailedFor(store_->GetCase("b").status(), Reason::kCaseUnknown));
}

TEST_P(CaseContract, TheSameRequestIsTheSameCase) {
  ASSERT_TRUE(store_->CreateCase(Case("a"), std::nullopt, {}).ok());
  CaseRecord again = Case("b");
  again.set_request_id("request-a");
  const CreatedCase second = store_->CreateCase(again, std::nullopt, {}).value();
  EXPECT_TRUE(second.existed);
  EXPECT_EQ(second.record.id(), "a");
  EXPECT_EQ(second.record.application().person().birth_date(), kBirthDate);
  EXPECT_TRUE(FailedFor(store_->GetCase("b").status(), Reason::kCaseUnknown));
  again.set_creator("uid:1001");
  EXPECT_FALSE(store_->CreateCase(again, std::nullopt, {})->existed);
}

TEST_P(CaseContract, ACaseIsFoundByWhoTookItAndHow) {
  const CaseRecord first = Created("a");
  const auto found = Open("two")->FindCase(first.creator(), "request-a").value();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->DebugString(), first.DebugString());
  EXPECT_FALSE(store_->FindCase("uid:1", "request-a")->has_value());
  EXPECT_FALSE(store_->FindCase(first.creator(), "request-b")->has_value());
}

TEST_P(CaseContract, NoMoreAreTakenThanThereArePlaces) {
  const Admission admission = {.from_us = 0,
                               .before_us = std::numeric_limits<std::int64_t>::max(),
                               .may_take = [](int taken) {
                                 return taken < 2 ? absl::OkStatus()
                                                  : Fail(Reason::kDailyCapReached);
                               }};
  std::vector<std::future<absl::Status>> clerks;
  for (const char* id : {"a", "b", "c", "d", "e", "f"}) {
    clerks.push_back(std::async(std::launch::async, [this, id, &admission] {
      return store_->CreateCase(Case(id), std::nullopt, admission).status();
    }));
  }
  int taken = 0;
  for (std::future<absl::Status>& clerk : clerks) {
    const absl::Status status = clerk.get();
    taken += status.ok() ? 1 : 0;
    EXPECT_TRUE(status.ok() || FailedFor(status, Reason::kDailyCapReached)) << status;
  }
  EXPECT_EQ(taken, 2);
}

TEST_P(CaseContract, TheFasterOfTwoClerksWins) {
  const CaseRecord seen = Created("a");
  CaseRecord mine = seen;
  mine.set_state(CaseRecord::INQUIRY_MAILED);
  mine.set_reply_due("2026-12-01");
  CaseRecord others = seen;
  others.set_state(CaseRecord::WITHDRAWN);
  EXPECT_EQ(store_->UpdateCase(mine, seen.version())->version(), 2);
  EXPECT_TRUE(FailedFor(store_->UpdateCase(others, seen.version()).status(), Reason::kCaseChanged));
  const CaseRecord found = store_->GetCase("a").value();
  mine.set_version(2);
  EXPECT_TRUE(MessageDifferencer::Equals(found, mine)) << found.DebugString();
  EXPECT_TRUE(FailedFor(store_->UpdateCase(Case("b"), 1).status(), Reason::kCaseUnknown));
}

TEST_P(CaseContract, WhatIsPersonalIsSealedAndGoesWithTheEnd) {
  CaseRecord record = Created("a");
  EXPECT_EQ(AsText(**store_->GetCaseHolder("a")), "三田 太郎");
  const auto database = sql::Database::Open(url_).value();
  std::string rows;
  int sealed = -1;
  const auto look = [&] {
    return database->Read([&](soci::session& session) {
      session << "SELECT record FROM cases", soci::into(rows);
      session << "SELECT COUNT(*) FROM personal_data WHERE record_id = 'a'", soci::into(sealed);
      return absl::OkStatus();
    });
  };
  ASSERT_EQ(look(), absl::OkStatus());
  EXPECT_FALSE(absl::StrContains(rows, kBirthDate) || absl::StrContains(rows, "permanent")) << rows;
  EXPECT_EQ(sealed, 2);

  record.set_state(CaseRecord::WITHDRAWN);
  const CaseRecord ended = store_->UpdateCase(record, 1).value();
  EXPECT_FALSE(ended.application().has_person());
  EXPECT_FALSE(store_->GetCase("a")->application().has_person());
  EXPECT_FALSE(store_->GetCaseHolder("a")->has_value());
  ASSERT_EQ(look(), absl::OkStatus());
  EXPECT_EQ(sealed, 0);
}

TEST_P(CaseContract, PagesAreNewestFirstAndStayAsTheyAreWhenCasesArrive) {
  for (int i = 0; i < 25; ++i) {
    if (i % 3 == 0) clock_.Advance(absl::Seconds(1));  // Several at the same time.
    Created("case" + std::to_string(100 + i));
  }
  const CasePage first = store_->ListCases({}, 10, "").value();
  clock_.Advance(absl::Seconds(1));
  Created("late");
  const CasePage second = store_->ListCases({}, 10, first.next_token).value();
  ASSERT_EQ(second.cases.size(), 10u);
  EXPECT_EQ(first.cases.back().id(), "case115");
  EXPECT_EQ(second.cases.front().id(), "case114");
  EXPECT_EQ(second.cases.front().application().person().birth_date(), kBirthDate);
  const std::vector<std::string> all = ListedIds({}, 7);
  EXPECT_EQ(all.size(), 26u);
  EXPECT_TRUE(std::is_sorted(all.rbegin(), all.rend()));
  EXPECT_TRUE(FailedFor(store_->ListCases({}, 10, "nonsense").status(), Reason::kArgumentInvalid));
}

TEST_P(CaseContract, CasesAreFoundByStateCardAndTime) {
  const std::int64_t start = absl::ToUnixMicros(clock_.Now());
  for (const char* id : {"a", "b", "c", "d"}) {
    CaseRecord record = Created(id);
    if (record.id() == "b") record.set_state(CaseRecord::INQUIRY_MAILED);
    if (record.id() == "c") record.set_state(CaseRecord::PIN_MISMATCH);
    ASSERT_TRUE(store_->UpdateCase(record, 1).ok());
    clock_.Advance(absl::Seconds(1));
  }
  constexpr std::int64_t kSecond = 1'000'000;
  EXPECT_THAT(ListedIds({}), ElementsAre("d", "c", "b", "a"));
  EXPECT_THAT(ListedIds({.states = {CaseRecord::INQUIRY_MAILED, CaseRecord::PIN_MISMATCH}}),
              ElementsAre("c", "b"));
  EXPECT_THAT(ListedIds({.states = {CaseRecord::EXPIRED}}), IsEmpty());
  EXPECT_THAT(ListedIds({.card_serial = "CARD-b"}), ElementsAre("b"));
  EXPECT_THAT(
      ListedIds({.created_from_us = start + kSecond, .created_before_us = start + 3 * kSecond}),
      ElementsAre("c", "b"));
  EXPECT_THAT(ListedIds({.states = {CaseRecord::READY}, .created_from_us = start + kSecond}, 1),
              ElementsAre("d"));
}

}  // namespace jpkid::store
