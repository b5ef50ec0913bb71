#pragma once

// The door of the dialogue with a card's JPKI application: who the card is, its public commands,
// and the seam through which a training card is personalised. Everything here runs over a hal::Card
// on its reader's thread, inside a lease.

#include "daemon/card/identity.h"         // IWYU pragma: export
#include "daemon/card/issuer_keys.h"      // IWYU pragma: export
#include "daemon/card/jpki_card.h"        // IWYU pragma: export
#include "daemon/card/personalisation.h"  // IWYU pragma: export
