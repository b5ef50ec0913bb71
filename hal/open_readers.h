#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"

#include "base/secret.h"
#include "hal/reader.h"

namespace jpkid::hal {

// The readers of the machine's pcscd.
struct PcscReadersOptions {};

// Readers in this process with simulated cards.
struct SimReadersOptions {
  struct Slot {
    std::string name;
    std::string card = {};     // The file of the card on it; empty: none.
    std::string faults = {};   // Faults that card is told, hal/sim/fault.proto as text.
    bool create_card = false;  // Make the file where there is none: a training card as delivered,
                               // without certificates, its PINs not set.
  };
  std::vector<Slot> slots = {};
  bool real_time = false;  // Let the time of the link model really pass.
};

// The readers of a recording, whose cards answer what was recorded (hal/trace/replay_readers.h).
struct ReplayReadersOptions {
  std::string trace;
};

using ReadersOptions = std::variant<PcscReadersOptions, SimReadersOptions, ReplayReadersOptions>;

// Builds the backend. Readers and cards may come and go later; only options that can never work
// fail: INVALID_ARGUMENT, NOT_FOUND, or DATA_LOSS for a file that is no card. `trace`: the file
// that every exchange with their cards is appended to (hal/trace/apdu_record.proto); empty: none.
absl::StatusOr<std::unique_ptr<Readers>> OpenReaders(const ReadersOptions& options,
                                                     const std::string& trace = "");

// Whether there is a simulated card in the file at `path`. Nothing is changed.
absl::Status CheckCardFile(const std::string& path);

// Whether `faults` can be told to a card. INVALID_ARGUMENT says what is wrong, with its line and
// column in the text.
absl::Status CheckFaults(const std::string& faults);

// TRAINING ONLY: the published issuer master key of the simulated cards made here and by
// jpki-simcard, unless it is told another.
Secret TrainingIssuerMasterKey();

}  // namespace jpkid::hal
