#pragma once

// The door of the counter's rules: pure questions, the time and the values in, the answer out.

#include "daemon/rules/application.h"     // IWYU pragma: export
#include "daemon/rules/decision.h"        // IWYU pragma: export
#include "daemon/rules/eligibility.h"     // IWYU pragma: export
#include "daemon/rules/expiry.h"          // IWYU pragma: export
#include "daemon/rules/finding.h"         // IWYU pragma: export
#include "daemon/rules/municipalities.h"  // IWYU pragma: export
#include "daemon/rules/municipality.h"    // IWYU pragma: export
#include "daemon/rules/opening.h"         // IWYU pragma: export
#include "daemon/rules/pin.h"             // IWYU pragma: export
