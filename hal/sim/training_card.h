#pragma once

#include "absl/time/civil_time.h"

#include "base/secret.h"
#include "hal/sim/create.h"

// TRAINING ONLY: what cards and daemon agree on without being told.
namespace jpkid::hal::sim {

// The issuer master key of simulated cards that are given none, and of a daemon that is given none:
// 16 octets. It is published here, so it protects nothing; real issuer keys come from a file or
// from PKCS#11.
Secret TrainingIssuerMasterKey();

// A card as delivered on the day `today` to a holder that does not exist: no certificates, PINs not
// set, a random serial, the training issuer keys.
CardOrder TrainingCard(absl::CivilDay today);

}  // namespace jpkid::hal::sim
