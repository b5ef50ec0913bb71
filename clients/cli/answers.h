#pragma once

#include <set>
#include <string>

#include "clients/cli/context.h"
#include "clients/cli/pins.h"
#include "jpki/v1/operation_service.pb.h"

namespace jpkid::cli {

// Gives operations what they wait for: PINs, from descriptors or from the person at the terminal.
class Answers {
 public:
  // `context` outlives it.
  Answers(const Context& context, const PinDescriptors& descriptors, absl::Time deadline);

  // Reads the first PIN of each descriptor, auth before signature, so that a missing one is told
  // before anything is begun. Further lines are read when the operation asks again.
  absl::Status ReadFirst();

  // Answers a Waiting event of `operation` as far as there is anything to answer it with, and says
  // how others can where there is not. The failure is the daemon's answer to a PIN from a
  // descriptor, which is sent once; the operation goes on waiting.
  absl::Status Give(const std::string& operation, const jpki::v1::OperationEvent::Waiting& waiting);

 private:
  // The PINs of one descriptor.
  struct Source {
    int descriptor = -1;
    Secret first;        // Read, and not yet sent.
    int tries_left = 0;  // When a PIN of it was sent; 0: none was.
  };

  // The refusal of a PIN from a descriptor, that is the reason of asking again. OK: none.
  absl::Status RefusalIn(const jpki::v1::OperationEvent::Waiting& waiting);
  absl::Status GivePin(const std::string& operation, const jpki::v1::PendingInput& input);
  // One question, one answer. UNAVAILABLE and the like where it did not get through.
  absl::Status TryPin(const std::string& operation, const jpki::v1::PendingInput& input);
  // An empty PIN where nobody can give it.
  absl::StatusOr<Secret> GetPin(const jpki::v1::PinRequest& request);
  Source& SourceOf(jpki::v1::PinKind pin);

  const Context& context_;
  const absl::Time deadline_;
  Source auth_;
  Source signature_;
  std::set<std::string> given_;  // Input ids.
};

// Sends one input, once: `pin` where `input` asks for one, else word that the card is there.
absl::StatusOr<jpki::v1::Operation> ProvideInput(const Context& context,
                                                 const std::string& operation,
                                                 const jpki::v1::PendingInput& input,
                                                 const Secret& pin, const std::string& request_id);

absl::StatusOr<jpki::v1::Operation> GetOperation(const Context& context, const std::string& name);
absl::StatusOr<jpki::v1::Operation> GetOperation(const Context& context, const std::string& name,
                                                 absl::Time deadline);

}  // namespace jpkid::cli
