#pragma once

#include <string>

#include "daemon/desk/desk.h"
#include "daemon/store/case_acts.h"

namespace jpkid::desk {

// The desk over the store and the rules.
class StoredCaseDesk final : public CaseDesk {
 public:
  StoredCaseDesk(const Parts& parts, Options options)
      : parts_(parts), options_(std::move(options)) {}

  absl::StatusOr<Preview> PreviewProcedure(const rules::Application& application,
                                           std::optional<absl::Time> at,
                                           const std::string& municipality) const override;
  absl::StatusOr<const rules::Municipality*> Municipality(const std::string& id) const override;
  absl::StatusOr<store::CaseRecord> CreateCase(const NewCase& application) override;
  absl::StatusOr<store::CaseRecord> GetCase(const std::string& id) const override;
  absl::StatusOr<store::CasePage> ListCases(const store::CaseFilter& filter, int page_size,
                                            const std::string& token) const override;
  absl::StatusOr<store::CaseRecord> MailInquiry(const CaseAsSeen& seen) override;
  absl::StatusOr<store::CaseRecord> PresentReply(const CaseAsSeen& seen,
                                                 const Reply& reply) override;
  absl::StatusOr<store::CaseRecord> WithdrawCase(const CaseAsSeen& seen,
                                                 const std::string& why) override;
  absl::StatusOr<int> ExpireOverdue() override;

 private:
  store::ActStamp Stamp(const std::string& actor, std::string detail = {}) const;
  // The reply to `record` was due before today.
  bool IsOverdue(const store::CaseRecord& record) const;
  absl::Status TooLate(const store::CaseRecord& record) const;
  // What the rules of `municipality` say; how many were taken that day is counted.
  absl::StatusOr<store::CaseRecord> NewCaseRecord(const NewCase& application,
                                                  const rules::Municipality& municipality,
                                                  const rules::Decision& decision) const;
  absl::StatusOr<rules::Decision> Decide(const rules::Municipality& municipality,
                                         const rules::Application& application,
                                         absl::Time at) const;
  // The case, CASE_CHANGED where it is not as seen.
  absl::StatusOr<store::CaseRecord> Look(const CaseAsSeen& seen) const;
  // The decision anew, with the wrong PINs of the form to be reset.
  absl::Status DecideReset(store::CaseRecord& record) const;
  absl::Status ShowAtFirstVisit(store::CaseRecord& record, const CaseAsSeen& seen,
                                const Reply& reply) const;
  absl::Status ShowAtSecondVisit(store::CaseRecord& record, const CaseAsSeen& seen,
                                 const Reply& reply) const;

  const Parts parts_;
  const Options options_;
};

}  // namespace jpkid::desk
