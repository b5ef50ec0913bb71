// What must be true after every rehearsal, whatever went wrong.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "hal/sim/card_store.h"
#include "hal/sim/test_card.h"
#include "tests/faults/rehearsal.h"

namespace jpkid::faults {
namespace {

// Of the certificate in force; empty: there is none.
std::string SerialIn(const hal::sim::CertificateSlot& slot) {
  if (slot.current().certificate().empty()) return "";
  return ca::ReadCertificate(AsBytes(slot.current().certificate())).value().serial;
}

hal::sim::CardImage CardIn(const std::string& directory) {
  return hal::sim::CardStore::Read(directory + "/card.bin").value();
}

// What the holder or a program can see of a card is not as it was.
bool Differ(const hal::sim::CardImage& before, const hal::sim::CardImage& now) {
  return before.auth().current().certificate() != now.auth().current().certificate() ||
         before.signature().current().certificate() != now.signature().current().certificate() ||
         before.auth_pin().verifier() != now.auth_pin().verifier() ||
         before.signature_pin().verifier() != now.signature_pin().verifier();
}

bool Activated(const store::OperationRecord& record, const std::string& kind) {
  return absl::c_any_of(record.work(), [&](const store::CertificateWork& work) {
    return work.kind() == kind && work.activated();
  });
}

void Complain(Verdict& verdict, const std::string& what) {
  absl::StrAppend(&verdict.what, verdict.what.empty() ? "" : "; ", what);
}

}  // namespace

// A clock that is wrong by days may end it, cleanly; so may a store that does not know that all was
// done, a locked PIN, a clerk who cancels, and an authority that refuses the certificate.
bool Rehearsal::MayFail(const store::OperationRecord& record, const Verdict& verdict) const {
  if (!point_.has_value()) return false;
  if (point_->cancelled) return record.state() == store::OperationRecord::CANCELLED;
  return point_->restored || point_->wrong_pins ||
         absl::AbsDuration(point_->clock_jump) >= absl::Hours(24) ||
         (point_->action == Action::kRefuse && absl::StartsWith(verdict.step, "submit"));
}

// A card that was taken away while its slot was being emptied: the next operation overwrites it.
bool Rehearsal::MayBeLeftPending(const Verdict& verdict) const {
  return !verdict.succeeded && point_.has_value() && point_->site == Site::kCard &&
         absl::StartsWith(verdict.step, "drop-pending");
}

void Rehearsal::Judge(const store::OperationRecord& record, Verdict& verdict) {
  verdict.succeeded = record.state() == store::OperationRecord::SUCCEEDED;
  if (another_waits_in_vain_) Complain(verdict, "nobody else got the reader");
  if (verdict.succeeded == IsUndone(scenario_) && !MayFail(record, verdict)) {
    Complain(verdict, absl::StrCat("it ended with '", record.failure().reason(), "' ",
                                   record.failure().metadata().contains("detail")
                                       ? record.failure().metadata().at("detail")
                                       : ""));
  }
  for (const certs::Kind kind : certs::kAllKinds) JudgeKind(kind, record, verdict);
  JudgeFailure(record, verdict);
  JudgeStory(record, verdict);
  if (readers_->verifies() > pins_given_) {
    verdict.doubled = true;
    Complain(verdict, absl::StrCat(readers_->verifies(), " VERIFY for ", pins_given_, " PINs"));
  }
  ClearDaemon();
  JudgeFiles(verdict);
}

// The card works with the old or with the new certificate, nothing is half done, and of all that
// the authority ever issued exactly this one is good.
void Rehearsal::JudgeKind(certs::Kind kind, const store::OperationRecord& record,
                          Verdict& verdict) {
  const std::string name(certs::Name(kind));
  const hal::sim::CardImage image = CardIn(directory_);
  const auto& slot = kind == certs::Kind::kAuth ? image.auth() : image.signature();
  if (slot.has_pending() && !MayBeLeftPending(verdict))
    Complain(verdict, name + ": something is pending on the card");
  const std::string on_card = SerialIn(slot);
  std::vector<FaultyAuthority::Issued> issued = opening_.issued;
  const std::vector<FaultyAuthority::Issued> now = faulty_authority_->issued();
  issued.insert(issued.end(), now.begin(), now.end());
  int good = 0;
  bool card_is_good = false;
  for (const FaultyAuthority::Issued& one : issued) {
    if (one.kind != kind) continue;
    if (authority_->StatusOf(kind, one.serial)->state != ca::BookEntry::State::kGood) continue;
    ++good;
    card_is_good = card_is_good || one.serial == on_card;
  }
  if (good > 1) {
    verdict.doubled = true;
    Complain(verdict, absl::StrCat(name, ": ", good, " good certificates"));
  }
  const bool may_lose_it = scenario_ == Scenario::kUndoDirect;
  const bool must_have_one = Activated(record, name) || in_force_ ||
                             (may_lose_it ? !on_card.empty() : !opening_.issued.empty());
  const bool too_many = !must_have_one && good > 0 && !(may_lose_it && MayBeLeftPending(verdict));
  if (must_have_one != card_is_good || too_many) {
    verdict.lost = true;
    Complain(verdict, absl::StrCat(name, ": the card holds '", on_card, "', ", good, " of ",
                                   issued.size(), " issued are good"));
  }
  for (const store::CertificateWork& work : record.work()) {
    if (work.kind() != name || !verdict.succeeded) continue;
    if (work.serial_number() != on_card || !work.proved()) {
      verdict.lost = true;
      Complain(verdict, name + ": the receipt is not what is on the card");
    }
  }
}

// Who is told that it failed is told whether the card was changed. A store that was restored from a
// backup knows of its own time only.
void Rehearsal::JudgeFailure(const store::OperationRecord& record, Verdict& verdict) const {
  if (verdict.succeeded || put_back_) return;
  const bool changed = Differ(CardIn(opening_.directory), CardIn(directory_));
  if (record.failure().card_changed() == changed) return;
  verdict.lost = true;
  Complain(verdict, changed ? "the card was changed, and nobody is told"
                            : "the card is told to have been changed, and was not");
}

// The story is complete and in order, and each result has its intent.
void Rehearsal::JudgeStory(const store::OperationRecord& record, Verdict& verdict) {
  const std::vector<events::Event> events = real_store_->Events(record.id(), 0, 10'000).value();
  std::int64_t sequence = 0;
  for (const events::Event& event : events) {
    if (event.sequence() != ++sequence) Complain(verdict, "a gap in its story");
  }
  const events::Event::Type last = events.empty() ? events::Event::QUEUED : events.back().type();
  if (last != (verdict.succeeded ? events::Event::COMPLETED : events::Event::FAILED)) {
    Complain(verdict, "its story does not end with its end");
  }
  const std::vector<store::JournalLine> journal = real_store_->Journal(record.id()).value();
  std::string intended;
  for (const store::JournalLine& line : journal) {
    if (line.phase == store::JournalLine::Phase::kIntent) {
      intended = line.step;
    } else if (line.outcome == "done" && line.step != intended) {
      Complain(verdict, absl::StrCat("a result without intent: ", line.step));
    }
  }
}

void Rehearsal::JudgeFiles(Verdict& verdict) {
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(file)), {});
    const std::string pin = hal::sim::kTestSignaturePin;
    if (absl::StrContains(content, pin) || absl::StrContains(content, ToHex(AsBytes(pin)))) {
      verdict.lost = true;
      Complain(verdict, absl::StrCat("a PIN stands in ", entry.path().filename().string()));
    }
  }
}

}  // namespace jpkid::faults
