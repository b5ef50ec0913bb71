#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include <gtest/gtest.h>

#include "daemon/ca/ca.h"
#include "daemon/ca/test_ca.h"
#include "daemon/card/card.h"
#include "daemon/events/events.h"
#include "daemon/runner/runner.h"
#include "daemon/session/session.h"
#include "daemon/store/store.h"
#include "hal/sim/card_store.h"
#include "hal/sim/sim_readers.h"
#include "hal/sim/test_card.h"

namespace jpkid {

// A whole counter in one process: simulated reader and card, sessions, store, training authority,
// runner; and a clerk who types the PINs that are asked for.
class Counter : public testing::Test {
 public:
  ~Counter() override;

 protected:
  static constexpr char kReader[] = "Simulated 00";
  static constexpr char kAlias[] = "simulated-00";

  Counter();

  // Puts a card of `order` on the reader, and opens the daemon's parts.
  void Open(hal::sim::CardOrder order);
  void OpenImage(hal::sim::CardImage image);
  // A card as delivered: no certificates, PINs not set.
  static hal::sim::CardOrder NewCard();

  // Whom the daemon asks; the book is always that of `authority_`.
  virtual ca::CertificateAuthority& Asked() { return *authority_; }

  // The daemon goes and comes again: what it knows is in the store and on the card.
  void StopDaemon();
  void StartDaemon();

  runner::RunRequest Request(const std::string& request_id = "r1") const;

  // Starts an issue, types PINs until it ends, and returns it.
  store::OperationRecord IssueToEnd(const runner::RunRequest& request);
  store::OperationRecord ServeToEnd(const std::string& id);
  using Condition = absl::FunctionRef<bool(const store::OperationRecord&)>;
  // Types PINs until `condition` holds or the operation has ended.
  store::OperationRecord ServeUntil(const std::string& id, Condition condition);
  // Waits for the same, and types nothing.
  store::OperationRecord WaitUntil(const std::string& id, Condition condition);
  // Waits until the operation waits for `pin_kind` (empty: the card), or has ended.
  store::OperationRecord WaitUntilAsked(const std::string& id, const std::string& pin_kind);
  // Another client's turn at the reader, as soon as it is free.
  absl::StatusOr<std::unique_ptr<session::Lease>> TakeReader();

  std::vector<std::string> EventNames(const std::string& id);
  hal::sim::CardImage Image();
  void Fault(const std::string& text);

  // What must be true of card and authority after a successful issue: each kind's certificate is in
  // force on the card, its key signs, and the authority's book holds exactly this one good.
  void ExpectCardAndBookAgree(const store::OperationRecord& record);

  std::string auth_pin_ = "1234";
  std::string signature_pin_ = "ABC123DEF456";
  runner::Limits limits_ = {.residence = {.prefecture = "Hyogo-ken", .municipality = "Sanda-shi"}};
  const std::string directory_;
  ca::TestCa authority_;
  hal::sim::TestKeySource keys_;
  const std::unique_ptr<card::IssuerKeys> issuer_keys_;
  std::shared_ptr<hal::sim::SimReaders> readers_;
  events::Feed feed_;
  std::unique_ptr<session::Sessions> sessions_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<runner::Runner> runner_;

 private:
  void TypePins(const store::OperationRecord& record);
  store::OperationRecord Follow(const std::string& id, bool types, Condition condition);
};

}  // namespace jpkid
