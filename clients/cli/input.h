#pragma once

#include <string>

#include "clients/cli/context.h"
#include "clients/cli/pins.h"

namespace jpkid::cli {

// What `operation input` is to give.
struct InputOptions {
  std::string id;     // Of the PendingInput; empty: the one that fits what is given.
  bool card = false;  // Word that the card is on the reader.
  PinDescriptors pins;
};

// Gives one input to the operation: the one chosen by the options, asked for at the terminal where
// it is a PIN without a descriptor. FAILED_PRECONDITION where the operation does not wait for it.
Outcome GiveInput(const Context& context, const std::string& operation, const InputOptions& options,
                  const std::string& request_id);

}  // namespace jpkid::cli
