#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "daemon/ca/ca.h"
#include "daemon/rules/rules.h"
#include "daemon/runner/card_turn.h"
#include "daemon/runner/journal.h"
#include "daemon/runner/runner.h"

namespace jpkid::runner {

// The steps of the workflow as deeds. Each may run again after a power cut: it looks at the record
// and at the card before it does anything a second time. A step notes its events; its journal lines
// are written by whoever runs it. Used by the operation's thread alone.
class Steps {
 public:
  // All outlive this object.
  Steps(const Parts& parts, const Limits& limits, Journal& journal, CardTurn& turn)
      : parts_(parts), limits_(limits), journal_(journal), turn_(turn) {}

  absl::Status Take(workflow::Step step);

  // How long to wait before the step is taken again, after Take said CA_UNAVAILABLE because the
  // authority is thinking.
  std::optional<absl::Duration> poll_after() const { return poll_after_; }

 private:
  // issue_steps.cc
  absl::Status Identify();
  absl::Status WriteReceipt();
  absl::StatusOr<ca::Holder> Holder();

  // eligibility_steps.cc
  absl::Status CheckEligibility();
  absl::Status CheckHeldSignature();
  absl::Status CheckStillHeld();
  struct Held;
  absl::StatusOr<Bytes> ReadCurrent(certs::Kind kind);
  absl::StatusOr<bool> IsInForce(absl::string_view serial_number);
  absl::StatusOr<std::vector<Held>> ReadHeld();
  absl::StatusOr<Held> ReadHeld(certs::Kind kind);
  absl::Status Judge(const std::vector<Held>& held);
  absl::Status WithOffice(absl::Status refusal) const;
  void Plan(const std::vector<rules::KindFinding>& findings, const std::vector<Held>& held);
  absl::StatusOr<rules::Question> Question();

  // certificate_steps.cc
  absl::Status MakeKey();
  absl::Status SignRequest();
  absl::Status Submit();
  absl::Status WriteCertificate();
  absl::Status ReadBack();
  absl::Status Activate();
  absl::Status Prove();
  absl::Status Confirm();
  absl::Status RevokeOld();

  // undo_steps.cc
  absl::Status LookInForce();
  absl::StatusOr<bool> IsShownOrSaidInForce();
  absl::Status DropPending();
  absl::Status RevokeNew();

  absl::StatusOr<ca::IssueRequest> RequestOf(const store::CertificateWork& certificate);
  absl::Status UnlessInForce(const absl::Status& failure);
  absl::Status TakeIssued(const ca::Issued& issued);
  absl::StatusOr<Bytes> Stored(absl::string_view item);

  const certs::CardProfile& profile() const;
  certs::Kind kind() const;
  store::CertificateWork& work();

  const Parts& parts_;
  const Limits& limits_;
  Journal& journal_;
  CardTurn& turn_;
  std::optional<absl::Duration> poll_after_;
};

}  // namespace jpkid::runner
