#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <winscard.h>

#include "base/mutex.h"
#include "hal/reader_board.h"

namespace jpkid::hal::pcsc {

// What is known of each reader: written by the watcher, which asks pcscd, and by our open cards,
// which notice more. It numbers insertions and tells our own use of a card from a foreign one.
// Thread-safe; makes no PC/SC calls.
class Ledger {
 public:
  const ReaderBoard& board() const { return board_; }

  // Grows whenever our own use of a card begins or ends. The watcher notes it before it asks pcscd:
  // an answer from before such a change says nothing about foreign use.
  std::uint64_t use_epoch() const;

  // The state of all readers as pcscd tells it. False when foreign use could not be told from ours:
  // ask again at once.
  bool Saw(const std::vector<SCARD_READERSTATE>& states, std::uint64_t use_epoch);

  // Whether a card is in foreign use by a program that has no name yet; and its name, in words.
  bool HasUnnamedHolder() const;
  void NameHolders(const std::string& name);

  // pcscd is gone: no reader works until it is seen again.
  void ServiceGone(absl::string_view detail);

  // Our own use of the reader's card begins (before SCardConnect) and ends (after SCardDisconnect).
  void BeginUse(absl::string_view reader);
  void EndUse(absl::string_view reader);
  bool Used(absl::string_view reader) const;

  // The insertion that goes with pcscd's event counter `counter` on this reader, once the watcher
  // has seen it; 0 when it has not by `deadline`, or when that card has gone.
  std::uint64_t InsertionAt(absl::string_view reader, std::uint16_t counter,
                            absl::Time deadline) const;

  // Waits until the card of this insertion is no longer there; false when it still is by
  // `deadline`.
  bool WaitGone(absl::string_view reader, std::uint64_t insertion, absl::Time deadline) const;

  // A connection to the card of this insertion broke. What pcscd calls the same card may be another
  // one, put there between two of its looks, so it counts as a new insertion.
  void CardLost(absl::string_view reader, std::uint64_t insertion);

 private:
  struct Entry {
    ReaderState state;
    std::uint16_t counter = 0;  // pcscd's count of insertions and removals.
    bool card = false;
  };

  static bool IsUnnamed(const Entry& entry);
  void Update(Entry& entry, const SCARD_READERSTATE& seen, bool foreign)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Publish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const Entry* Find(absl::string_view reader) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  mutable CondVar changed_;
  std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int> uses_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t use_epoch_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t last_insertion_ ABSL_GUARDED_BY(mutex_) = 0;
  ReaderBoard board_;
};

}  // namespace jpkid::hal::pcsc
