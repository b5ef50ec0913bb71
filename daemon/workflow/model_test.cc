// The course of an issue and a renewal as a small explicit model: card, authority and journal with
// everything that may happen to them, explored exhaustively. Its transitions are those of
// workflow::Table; what each step does to card and authority is said here once more, in a few
// lines.

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "daemon/workflow/workflow.h"

namespace jpkid::workflow {
namespace {

constexpr int kKinds = 2;

// Of the two certificates that matter for a kind.
enum class Certificate { kNone, kOld, kNew };
enum class Book { kUnknown, kGood, kRevoked };

// One kind of certificate, on the card, at the authority and in the operation's record.
struct OneKind {
  // The card. A pending key that the record does not know is a stray one.
  Certificate current = Certificate::kNone;
  bool pending_key = false;
  bool pending_is_recorded = false;
  bool pending_certificate = false;
  // The authority.
  Book old_certificate = Book::kUnknown;
  Book new_certificate = Book::kUnknown;
  bool confirmed = false;
  // The record.
  bool key_recorded = false;
  bool submitted = false;
  bool activated = false;
  bool old_gone = false;

  auto operator<=>(const OneKind&) const = default;
};

struct State {
  Step step = Step::kIdentify;
  int kind_index = 0;
  bool failed = false;
  bool pin_locked = false;
  bool staged = true;
  std::array<OneKind, kKinds> kinds;

  auto operator<=>(const State&) const = default;
  Position position() const { return {.step = step, .kind_index = kind_index}; }
};

enum class Procedure {
  kIssue,
  kRenewal,
  kUnstagedRenewal,  // The card drops the old certificate with the new key.
};

State Beginning(Procedure procedure) {
  State state;
  if (procedure == Procedure::kIssue) return state;
  state.staged = procedure == Procedure::kRenewal;
  for (OneKind& kind : state.kinds) {
    kind.current = Certificate::kOld;
    kind.old_certificate = Book::kGood;
  }
  return state;
}

// What the step does to card and authority, again or for the first time. False: it cannot be done.
bool Act(Step step, bool staged, OneKind& kind) {
  switch (step) {
    case Step::kMakeKey:
      if (!staged) kind.current = Certificate::kNone;
      kind.pending_key = true;
      kind.pending_is_recorded = false;  // Until the result is written.
      kind.pending_certificate = false;
      return true;
    case Step::kSignRequest:
      return kind.pending_key && kind.pending_is_recorded;
    case Step::kSubmit:
      if (kind.new_certificate == Book::kUnknown) kind.new_certificate = Book::kGood;
      return kind.new_certificate == Book::kGood;
    case Step::kWrite:
      if (!kind.pending_key || !kind.pending_is_recorded) return false;
      kind.pending_certificate = true;
      return true;
    case Step::kReadBack:
      return kind.pending_certificate;
    case Step::kActivate:
      if (!kind.pending_key && kind.current == Certificate::kNew) return true;
      if (!kind.pending_certificate) return false;
      kind.current = Certificate::kNew;
      kind.pending_key = kind.pending_is_recorded = kind.pending_certificate = false;
      return true;
    case Step::kProve:
      return kind.current == Certificate::kNew;
    default:
      return true;
  }
}

// The same of what follows the proof, or a failure: it can always be done.
void Settle(Step step, OneKind& kind) {
  switch (step) {
    case Step::kConfirm:
    case Step::kSettleNew:
      kind.confirmed = kind.activated;
      break;
    case Step::kRevokeOld:
    case Step::kSettleOld:
      if ((kind.activated || kind.old_gone) && kind.old_certificate == Book::kGood) {
        kind.old_certificate = Book::kRevoked;
      }
      break;
    case Step::kDropPending:
      if (!kind.activated) {
        kind.pending_key = kind.pending_is_recorded = kind.pending_certificate = false;
      }
      break;
    case Step::kRevokeNew:
      if (!kind.activated && kind.submitted) kind.new_certificate = Book::kRevoked;
      break;
    default:
      break;
  }
}

// What the record says once the step's result is written.
void Record(Step step, OneKind& kind) {
  if (step == Step::kMakeKey) kind.key_recorded = kind.pending_is_recorded = true;
  if (step == Step::kActivate) kind.activated = true;
  if (step == Step::kLookInForce) kind.activated = kind.current == Certificate::kNew;
  if (step == Step::kDropPending) kind.old_gone = kind.current == Certificate::kNone;
}

State Go(State to, Outcome outcome) {
  const Position position = Next(to.position(), outcome, kKinds);
  to.step = position.step;
  to.kind_index = position.kind_index;
  to.failed = to.failed || outcome == Outcome::kFailed;
  return to;
}

// What ends a step for good, before or after its effect on card and authority: a card or an
// authority that refuses, a proof that fails, a PIN that is locked. Where the table lets no step
// be given up, the runner takes it again; what is undone it does not give up either.
std::vector<State> AfterFailure(const State& state, const State& with_effect) {
  const bool given_up = !IsNeverGivenUp(state.step) && state.step <= Step::kProve;
  if (!given_up) return {state, with_effect};
  return {Go(state, Outcome::kFailed), Go(with_effect, Outcome::kFailed)};
}

// Where a step may lead: everything that can happen while it is taken.
std::vector<State> After(const State& state) {
  std::vector<State> next;
  if (!state.pin_locked) {
    next.push_back(state);
    next.back().pin_locked = true;  // Wrong entries, here or at another counter.
  }
  if (MayCancel(state.position())) next.push_back(Go(state, Outcome::kFailed));
  if (state.pin_locked && Row(state.step).needs == Needs::kOpenCard) {
    next.push_back(Go(state, Outcome::kFailed));
    return next;
  }
  State done = state;
  OneKind& kind = done.kinds[state.kind_index];
  if (state.step == Step::kSubmit && !kind.submitted) {
    // Written down before the authority is asked; then the daemon is killed, or not.
    kind.submitted = true;
    next.push_back(done);
  }
  const bool possible = Act(state.step, state.staged, kind);
  Settle(state.step, kind);
  // Killed, or the answer lost, after the effect and before the result: the same step again.
  next.push_back(done);
  if (possible) {
    State result = done;
    Record(state.step, result.kinds[state.kind_index]);
    next.push_back(Go(result, Outcome::kDone));
  }
  for (const State& one : AfterFailure(state, done)) next.push_back(one);
  return next;
}

std::string Show(const State& state) {
  std::string text = absl::StrCat(Name(state.step), " ", state.kind_index);
  for (const OneKind& kind : state.kinds) {
    absl::StrAppend(&text, " | card ", static_cast<int>(kind.current), " pending ",
                    kind.pending_key, kind.pending_certificate, " old ",
                    static_cast<int>(kind.old_certificate), " new ",
                    static_cast<int>(kind.new_certificate), kind.submitted ? " submitted" : "");
  }
  return text;
}

// True at every moment: the certificate in force on the card is good in the authority's book, and
// the old one is revoked only after the new one is known to be in force, or it to be gone.
void CheckAlways(const State& state) {
  for (const OneKind& kind : state.kinds) {
    if (kind.current == Certificate::kOld) {
      ASSERT_EQ(kind.old_certificate, Book::kGood) << Show(state);
    }
    if (kind.current == Certificate::kNew) {
      ASSERT_EQ(kind.new_certificate, Book::kGood) << Show(state);
    }
    if (kind.old_certificate == Book::kRevoked) {
      ASSERT_TRUE(kind.activated || kind.old_gone) << Show(state);
    }
  }
}

// At every end exactly the card's certificate is good, the authority knows that a new one is there,
// and nothing is pending.
void CheckEnd(const State& state, Procedure procedure) {
  for (const OneKind& kind : state.kinds) {
    const int good = (kind.old_certificate == Book::kGood) + (kind.new_certificate == Book::kGood);
    ASSERT_EQ(good, kind.current == Certificate::kNone ? 0 : 1) << Show(state);
    ASSERT_FALSE(kind.pending_key) << Show(state);
    ASSERT_EQ(kind.confirmed, kind.current == Certificate::kNew) << Show(state);
    if (procedure == Procedure::kRenewal) {
      ASSERT_NE(kind.current, Certificate::kNone) << Show(state);
    }
    if (!state.failed) {
      ASSERT_EQ(kind.current, Certificate::kNew) << Show(state);
    }
  }
}

class Model : public testing::TestWithParam<Procedure> {};

TEST_P(Model, WhateverHappensCardAndAuthorityAgree) {
  std::map<State, std::vector<State>> reached;
  std::deque<State> todo = {Beginning(GetParam())};
  int ends = 0;
  int failed_in_force = 0;
  while (!todo.empty()) {
    const State state = todo.front();
    todo.pop_front();
    if (reached.contains(state)) continue;
    ASSERT_NO_FATAL_FAILURE(CheckAlways(state));
    std::vector<State>& next = reached[state];
    if (state.step == Step::kEnded) {
      ASSERT_NO_FATAL_FAILURE(CheckEnd(state, GetParam()));
      ++ends;
      if (state.failed && state.kinds[0].current == Certificate::kNew) ++failed_in_force;
      continue;
    }
    next = After(state);
    todo.insert(todo.end(), next.begin(), next.end());
  }
  EXPECT_GT(reached.size(), 60u);
  EXPECT_GT(ends, 3);
  EXPECT_GT(failed_in_force, 3);  // Such ends are among them.
  RecordProperty("states", static_cast<int>(reached.size()));

  // From wherever it is, it comes to an end.
  std::map<State, std::vector<State>> before;
  std::deque<State> back;
  for (const auto& [state, next] : reached) {
    if (state.step == Step::kEnded) back.push_back(state);
    for (const State& one : next) before[one].push_back(state);
  }
  std::map<State, bool> ends_from;
  while (!back.empty()) {
    const State state = back.front();
    back.pop_front();
    if (!ends_from.emplace(state, true).second) continue;
    for (const State& one : before[state]) back.push_back(one);
  }
  for (const auto& [state, next] : reached) {
    EXPECT_TRUE(ends_from.contains(state)) << "no way out of " << Show(state);
  }
}

std::string NameOf(const testing::TestParamInfo<Procedure>& which) {
  constexpr std::array kNames = {"Issue", "Renewal", "UnstagedRenewal"};
  return kNames[static_cast<std::size_t>(which.param)];
}

INSTANTIATE_TEST_SUITE_P(Procedures, Model,
                         testing::Values(Procedure::kIssue, Procedure::kRenewal,
                                         Procedure::kUnstagedRenewal),
                         NameOf);

}  // namespace
}  // namespace jpkid::workflow
