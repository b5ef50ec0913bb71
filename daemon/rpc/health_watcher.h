#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "daemon/ca/ca.h"
#include "daemon/rpc/health_board.h"
#include "daemon/session/session.h"
#include "daemon/store/store.h"

namespace jpkid::rpc {

// Keeps the board true: readers as soon as they change, the store and the authority every
// two seconds.
class HealthWatcher {
 public:
  // All outlive it.
  HealthWatcher(session::Sessions& sessions, store::Store& store,
                const ca::CertificateAuthority& authority, HealthBoard& board);
  // The sessions have stopped, or it takes up to two seconds.
  ~HealthWatcher();
  HealthWatcher(const HealthWatcher&) = delete;
  HealthWatcher& operator=(const HealthWatcher&) = delete;

 private:
  void Run();
  void LookAtReaders();
  void LookAtTheRest();

  session::Sessions& sessions_;
  store::Store& store_;
  const ca::CertificateAuthority& authority_;
  HealthBoard& board_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace jpkid::rpc
