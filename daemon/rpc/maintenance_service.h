#pragma once

#include <memory>

#include "daemon/rpc/registry.h"
#include "daemon/store/store.h"
#include "jpki/v1/maintenance_service.pb.h"

namespace jpkid::rpc {

// jpki.v1.MaintenanceService.
class MaintenanceService {
 public:
  // Both outlive the registry's use.
  MaintenanceService(store::Store& store, Registry& registry);

 private:
  absl::StatusOr<std::unique_ptr<Source>> BackUpStore(CallInfo& info,
                                                      const jpki::v1::BackUpStoreRequest& request);

  store::Store& store_;
};

}  // namespace jpkid::rpc
