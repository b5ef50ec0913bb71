#include "hal/open_readers.h"

#include <unistd.h>

#include <utility>

#include "base/clock.h"
#include "base/status.h"
#include "hal/pcsc/pcsc_readers.h"
#include "hal/sim/card_store.h"
#include "hal/sim/faults.h"
#include "hal/sim/sim_readers.h"
#include "hal/sim/training_card.h"
#include "hal/trace/recording_readers.h"
#include "hal/trace/replay_readers.h"
#include "hal/trace/trace.h"

namespace jpkid::hal {
namespace {

absl::Status CreateTrainingCard(const std::string& path) {
  const absl::CivilDay today = absl::ToCivilDay(SystemClock().Now(), Tokyo());
  JPKID_ASSIGN_OR_RETURN(sim::CardImage image, sim::MakeCardImage(sim::TrainingCard(today)));
  return sim::CardStore::Create(path, std::move(image)).status();
}

absl::StatusOr<std::unique_ptr<Readers>> Open(const SimReadersOptions& options) {
  sim::SimReaders::Options sim = {.real_time = options.real_time};
  for (const SimReadersOptions::Slot& slot : options.slots) {
    if (slot.create_card && access(slot.card.c_str(), F_OK) != 0) {
      JPKID_RETURN_IF_ERROR(CreateTrainingCard(slot.card));
    }
    sim.slots.push_back({.name = slot.name, .card = slot.card, .faults = slot.faults});
  }
  return sim::SimReaders::Create(sim);
}

absl::StatusOr<std::unique_ptr<Readers>> Open(const PcscReadersOptions&) {
  return std::make_unique<pcsc::PcscReaders>();
}

absl::StatusOr<std::unique_ptr<Readers>> Open(const ReplayReadersOptions& options) {
  return trace::ReplayReaders::Create(options.trace);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Readers>> OpenReaders(const ReadersOptions& options,
                                                     const std::string& trace) {
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<Readers> readers,
                         std::visit([](const auto& backend) { return Open(backend); }, options));
  if (trace.empty()) return readers;
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<trace::Trace> file, trace::Trace::Open(trace));
  return std::make_unique<trace::RecordingReaders>(std::move(readers), std::move(file));
}

absl::Status CheckCardFile(const std::string& path) { return sim::CardStore::Read(path).status(); }

absl::Status CheckFaults(const std::string& faults) { return sim::Faults().Add(faults); }

Secret TrainingIssuerMasterKey() { return sim::TrainingIssuerMasterKey(); }

}  // namespace jpkid::hal
