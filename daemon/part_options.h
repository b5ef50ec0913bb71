#pragma once

#include <string>

#include "daemon/config/config.h"
#include "daemon/desk/desk.h"
#include "daemon/rpc/rpc.h"
#include "daemon/rules/rules.h"
#include "daemon/runner/runner.h"
#include "daemon/session/session.h"
#include "daemon/store/store.h"
#include "hal/open_readers.h"

// What the configuration means for each part of the daemon.
namespace jpkid {

hal::ReadersOptions ReadersOf(const config::Config& config);
session::Options SessionsOf(const config::Config& config);
runner::Limits RunnerOf(const config::Config& config, const rules::Municipality& municipality);

// What is tried out in training is a real municipality's procedure, not the counter that is always
// open.
desk::CaseDesk::Options DeskOf(const config::Config& config);
rpc::Options ServerOf(const config::Config& config);

// With how this daemon signs in it: a database server may be shared by machines that name their
// directories alike.
store::Store::Options StoreOf(const config::Config& config);

}  // namespace jpkid
