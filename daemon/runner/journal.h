#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "daemon/events/events.h"
#include "daemon/runner/inbox.h"
#include "daemon/runner/runner.h"
#include "daemon/store/store.h"
#include "daemon/workflow/workflow.h"

namespace jpkid::runner {

// The book of one operation: its record, its journal and its events, written together before
// anybody is told. Used by the operation's thread alone.
class Journal {
 public:
  // All outlive this object.
  Journal(store::Claimed claimed, const Parts& parts, const Limits& limits, Inbox& inbox);

  store::OperationRecord& record() { return record_; }
  const store::OperationRecord& record() const { return record_; }
  workflow::Position position() const;
  int kinds() const { return record_.kinds_size(); }

  // An event at the present position, to be told with the next write.
  events::Event& Note(events::Event::Type type, absl::string_view kind = "");

  // Writes that the step at the present position is about to be taken.
  absl::Status WriteIntent();
  // Writes how it ended and goes on to `next`. With it go the record as it now stands and what was
  // noted.
  absl::Status WriteResult(absl::string_view outcome, workflow::Position next);
  // Writes the record and what was noted.
  absl::Status Write();

  // Keeps personal data of the operation until its end.
  absl::Status PutPersonal(const std::string& item, ByteView data);

  // The first three wait for a store that does not work, STORE_UNAVAILABLE when it takes too long
  // or the daemon stops. What is in the store then is known only to it: Reload takes the record as
  // it stands there and forgets what could not be written.
  absl::Status Reload();

 private:
  std::string StepName() const;
  absl::Status WriteLine(const std::optional<store::JournalLine>& line);

  store::OperationRecord record_;
  const std::int64_t epoch_;
  const Parts& parts_;
  const Limits& limits_;
  Inbox& inbox_;
  std::vector<events::Event> noted_;
};

}  // namespace jpkid::runner
