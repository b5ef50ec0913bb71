#pragma once

#include <string>

#include "absl/strings/string_view.h"

#include "clients/cli/slip.h"
#include "clients/cli/texts.h"
#include "jpki/v1/case.pb.h"
#include "jpki/v1/operation.pb.h"

// Which slip a citizen gets, and what stands on it. None carries a PIN.
namespace jpkid::cli {

// As the case stands: what to bring to the next visit and by when, that the card is kept (預かり),
// that the application has ended without certificates.
// `card_changed`: by one of its operations.
Slip SlipOf(const Words& words, const jpki::v1::Case& one, bool card_changed);

// The end of an operation that succeeded.
Slip ReceiptSlip(const Words& words, const jpki::v1::Operation& operation);

// The card is kept until the authority has finished, for an application without a case.
Slip CustodySlip(const Words& words, const jpki::v1::Operation& operation);

// A serial of which only the last four characters are told: "***********0001".
std::string Masked(absl::string_view serial);

}  // namespace jpkid::cli
