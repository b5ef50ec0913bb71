// Thousands of people whom nobody thought of, and what holds for every one of them.

#include <algorithm>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "daemon/rules/input.h"
#include "daemon/rules/rules.h"

namespace jpkid::rules {
namespace {

using absl::CivilDay;
using certs::Kind;

constexpr int kPeople = 5'000;

class RandomPeople {
 public:
  explicit RandomPeople(unsigned seed) : random_(seed) {}

  bool Maybe(int one_in) { return Below(one_in) == 0; }
  int Below(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }

  // A weekday or not, by day or by night, where the holidays are known.
  absl::Time Moment() {
    const CivilDay day = CivilDay(2025, 1, 1) + Below(3 * 365);
    return absl::FromCivil(absl::CivilMinute(day) + Below(24 * 60), Tokyo());
  }

  Application Somebody(CivilDay today) {
    Application one = {.procedure = Maybe(2) ? Procedure::kRenew : Procedure::kIssue,
                       .kinds = Kinds(),
                       .applicant = static_cast<Applicant>(Below(3)),
                       .birth_date = today - Below(100 * 365) - 1};
    const CivilDay card_expiry = today + Below(3650) - 30;
    if (!Maybe(8)) one.card_expiry = std::max(card_expiry, one.birth_date + 1);
    if (!Maybe(4)) one.auth_expiry = Expiry(one, today);
    if (!Maybe(3)) one.signature_expiry = Expiry(one, today);
    if (Maybe(4)) one.revoked_kinds = Kinds();
    one.residence_status = static_cast<ResidenceStatus>(Maybe(2) ? 0 : Below(8));
    one.stay_until = std::max(today + Below(2000) - 30, one.birth_date + 1);
    if (!one.auth_expiry && !one.signature_expiry) one.first_issue = one.revoked_kinds.empty();
    one.has_notice_form = Maybe(2);
    one.pinless_card = Maybe(10);
    if (Maybe(5)) one.reset_pins = Kinds();
    one.adult_ward = Maybe(10);
    one.same_household = Maybe(2);
    one.has_appointment = Maybe(2);
    one.not_registered = Maybe(20);
    return one;
  }

 private:
  std::vector<Kind> Kinds() {
    switch (Below(4)) {
      case 0:
        return {Kind::kAuth};
      case 1:
        return {Kind::kSignature};
      default:
        return {Kind::kSignature, Kind::kAuth};
    }
  }

  // On a birthday, as most are, or on any day; near today, as most are.
  CivilDay Expiry(const Application& one, CivilDay today) {
    const CivilDay day = Maybe(3) ? today + Below(2000) - 200
                                  : BirthdayIn(absl::CivilYear(today) + Below(6) - 1,
                                               one.birth_date, LeapDayBirthday::kFeb28);
    return std::max(day, one.birth_date + 1);
  }

  std::mt19937 random_;
};

std::optional<CivilDay> ValidOn(const Application& one, Kind kind, CivilDay today) {
  const auto& expiry = kind == Kind::kAuth ? one.auth_expiry : one.signature_expiry;
  const bool revoked = std::count(one.revoked_kinds.begin(), one.revoked_kinds.end(), kind) > 0;
  return expiry.has_value() && !revoked && *expiry >= today ? expiry : std::nullopt;
}

CivilDay EndOfCard(const Application& one) { return one.card_expiry.value_or(CivilDay::max()); }

// The caps of this person's certificates.
std::set<CivilDay> Caps(const Application& one, CivilDay today) {
  std::set<CivilDay> caps = {EndOfCard(one)};
  if (EndsWithStay(one.residence_status)) caps.insert(*one.stay_until);
  if (const auto auth = ValidOn(one, Kind::kAuth, today)) caps.insert(*auth);
  return caps;
}

// Calls `check` for everybody in every municipality, with the decision.
template <typename Check>
void ForEverybody(unsigned seed, Check check) {
  const auto all = Municipalities::Load("");
  ASSERT_TRUE(all.ok()) << all.status();
  RandomPeople people(seed);
  for (int i = 0; i < kPeople; ++i) {
    auto municipality = all->all().begin();
    std::advance(municipality, people.Below(static_cast<int>(all->all().size())));
    const absl::Time at = people.Moment();
    const CivilDay today = TokyoDay(at);
    const Application one = people.Somebody(today);
    const auto decision = Decide(municipality->second, certs::CardProfiles().front(), one, at);
    ASSERT_TRUE(decision.ok()) << decision.status();
    check(municipality->second, one, today, *decision);
    if (::testing::Test::HasFailure()) {
      FAIL() << municipality->first << " " << at << " " << Name(one.procedure) << " "
             << Name(one.applicant) << " born " << one.birth_date << " card " << EndOfCard(one);
    }
  }
}

TEST(Properties, ARefusalSaysWhyAndWhomToAskAndPromisesNothing) {
  ForEverybody(1, [](const Municipality&, const Application&, CivilDay, const Decision& decision) {
    if (decision.allowed) return;
    EXPECT_EQ(decision.visits, 0);
    EXPECT_FALSE(decision.same_day);
    EXPECT_TRUE(decision.kinds.empty());
    EXPECT_TRUE(decision.items.empty());
    EXPECT_TRUE(decision.pins.empty());
    EXPECT_FALSE(decision.auth_expiry.has_value());
    EXPECT_FALSE(decision.signature_expiry.has_value());
    ASSERT_GE(decision.findings.size(), 2u);
    EXPECT_NE(Row(decision.findings.front().reason).status, absl::StatusCode::kOk);
    EXPECT_EQ(decision.findings.back().reason, Reason::kWhereToAsk);
  });
}

TEST(Properties, NothingOutlivesCardStayOrAuth) {
  ForEverybody(
      2, [](const Municipality&, const Application& one, CivilDay today, const Decision& decision) {
        for (const auto& expiry : {decision.auth_expiry, decision.signature_expiry}) {
          if (!expiry.has_value()) continue;
          EXPECT_GE(*expiry, today);
          EXPECT_LE(*expiry, EndOfCard(one));
          if (EndsWithStay(one.residence_status)) {
            EXPECT_LE(*expiry, *one.stay_until);
          }
        }
        if (!decision.signature_expiry.has_value()) return;
        const auto auth =
            decision.auth_expiry ? decision.auth_expiry : ValidOn(one, Kind::kAuth, today);
        EXPECT_LE(*decision.signature_expiry, auth.value_or(CivilDay::max()));
      });
}

TEST(Properties, ACertificateEndsOnABirthdayOrACap) {
  ForEverybody(3, [](const Municipality& city, const Application& one, CivilDay today,
                     const Decision& decision) {
    for (const auto& expiry : {decision.auth_expiry, decision.signature_expiry}) {
      if (!expiry.has_value()) continue;
      const bool birthday =
          *expiry == BirthdayIn(absl::CivilYear(*expiry), one.birth_date, city.leap());
      EXPECT_TRUE(birthday || Caps(one, today).contains(*expiry)) << *expiry;
      EXPECT_LE(*expiry, NthBirthdayAfter(today, 6, one.birth_date, city.leap()));
    }
  });
}

TEST(Properties, ARenewalIsNeverShorterThanWhatIsLeft) {
  ForEverybody(
      4, [](const Municipality&, const Application& one, CivilDay today, const Decision& decision) {
        if (decision.becomes != Procedure::kRenew || !decision.auth_expiry.has_value()) return;
        const auto left = ValidOn(one, Kind::kAuth, today);
        if (!left.has_value()) return;
        CivilDay cap = EndOfCard(one);
        if (EndsWithStay(one.residence_status)) cap = std::min(cap, *one.stay_until);
        EXPECT_GE(*decision.auth_expiry, std::min(*left, cap));
      });
}

TEST(Properties, RenewalIsForTheLastThreeMonthsAlone) {
  ForEverybody(
      5, [](const Municipality&, const Application& one, CivilDay today, const Decision& decision) {
        for (const Kind kind : decision.kinds) {
          const auto valid = ValidOn(one, kind, today);
          if (!valid.has_value()) continue;
          EXPECT_EQ(one.procedure, Procedure::kRenew) << "S1: a valid one is not issued again";
          EXPECT_LE(absl::CivilMonth(*valid) - absl::CivilMonth(today), 3);
        }
      });
}

TEST(Properties, ARenewalBecomesAnIssueIfNothingValidIsRenewed) {
  ForEverybody(
      6, [](const Municipality&, const Application& one, CivilDay today, const Decision& decision) {
        if (!decision.allowed) return;
        const bool renews =
            std::any_of(decision.kinds.begin(), decision.kinds.end(),
                        [&](Kind kind) { return ValidOn(one, kind, today).has_value(); });
        EXPECT_EQ(decision.becomes, renews ? Procedure::kRenew : Procedure::kIssue);
      });
}

TEST(Properties, OnlyVoluntaryProxiesComeTwice) {
  ForEverybody(
      7, [](const Municipality&, const Application& one, CivilDay, const Decision& decision) {
        if (!decision.allowed) return;
        EXPECT_EQ(decision.same_day, decision.visits == 1);
        if (one.applicant != Applicant::kVoluntaryProxy) {
          EXPECT_EQ(decision.visits, 1);
          return;
        }
        const bool quick =
            decision.becomes == Procedure::kRenew && one.has_notice_form && one.reset_pins.empty();
        if (decision.visits == 1) {
          EXPECT_TRUE(quick);
        }
        if (!quick) {
          EXPECT_EQ(decision.visits, 2);
        }
      });
}

TEST(Properties, EverythingToldNamesItsRowOrSource) {
  ForEverybody(11, [](const Municipality&, const Application&, CivilDay, const Decision& decision) {
    for (const Finding& finding : decision.findings) {
      EXPECT_NE(finding.source, "") << Row(finding.reason).code;
    }
  });
}

TEST(Properties, ItemsAreNamedOnceAVisitAndTheCardAtEach) {
  ForEverybody(
      8, [](const Municipality&, const Application& one, CivilDay, const Decision& decision) {
        std::set<std::pair<int, std::string>> named;
        for (const Item& item : decision.items) {
          EXPECT_TRUE(named.emplace(item.visit, item.code).second) << item.code;
          EXPECT_GE(item.visit, 1);
          EXPECT_LE(item.visit, decision.visits);
          EXPECT_FALSE(item.english.empty() || item.japanese.empty() || item.s_row.empty());
        }
        for (int visit = 1; visit <= decision.visits; ++visit) {
          EXPECT_TRUE(named.contains({visit, "HOLDER_CARD"}));
          if (one.applicant == Applicant::kHolder) continue;
          EXPECT_TRUE(named.contains({visit, "PROXY_PHOTO_ID"}));
        }
        if (one.first_issue && decision.becomes == Procedure::kIssue) {
          EXPECT_FALSE(named.contains({1, "PREVIOUS_PINS"}));
        }
        if (one.applicant == Applicant::kVoluntaryProxy) {
          EXPECT_FALSE(named.contains({1, "PREVIOUS_PINS"}));
        }
      });
}

TEST(Properties, ChildrenWardsAndPinlessCardsHaveNoSignatureCertificate) {
  ForEverybody(
      9, [](const Municipality&, const Application& one, CivilDay today, const Decision& decision) {
        const bool child = AgeOn(today, one.birth_date, LeapDayBirthday::kFeb28) < 15;
        if (child || one.adult_ward || one.pinless_card) {
          EXPECT_FALSE(decision.signature_expiry.has_value());
        }
        if ((child || one.adult_ward) && decision.allowed) {
          EXPECT_EQ(one.applicant, Applicant::kLegalRepresentative);
        }
        if (one.pinless_card) {
          EXPECT_TRUE(decision.pins.empty());
        }
      });
}

TEST(Properties, WhatWasDecidedMayBeMadeAtTheCard) {
  ForEverybody(10, [](const Municipality& city, const Application& one, CivilDay today,
                      const Decision& decision) {
    if (!decision.allowed) return;
    Question question = QuestionOf(one, today, city.leap());
    question.two_visits = decision.visits > 1;
    std::vector<Kind> made;
    const auto found = MayMake(certs::CardProfiles().front(), question).value();
    for (const KindFinding& finding : found) {
      if (!finding.to_make.has_value()) continue;
      made.push_back(finding.kind);
      EXPECT_EQ(finding.to_make->expiry,
                finding.kind == Kind::kAuth ? decision.auth_expiry : decision.signature_expiry);
    }
    EXPECT_EQ(made, decision.kinds);
  });
}

}  // namespace
}  // namespace jpkid::rules
