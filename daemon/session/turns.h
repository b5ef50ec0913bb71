#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "daemon/session/lease.h"

namespace jpkid::session {

// In which order those who wait for one reader get their turn. Pure: no clock, no threads.
//
// Higher classes come first; a class that was passed over kMostPassedOver times running gets the
// next turn, so that none starves. Within a class the clients stand in a ring and take one turn
// each, whoever has how much waiting; the one at its turn stands outside and is put at the ring's
// end by Done. So a client waits for at most one turn of every other client of its class that was
// there before it, and the turns of one client come in the order in which it asked.
class Turns {
 public:
  static constexpr int kMostPassedOver = 16;

  // Who waits: one demand for one turn.
  using Ticket = std::uint64_t;

  struct Limits {
    std::size_t in_all = 64;
    std::size_t per_client = 32;
  };

  explicit Turns(Limits limits) : limits_(limits) {}

  // Waits from now on. Nothing when too many wait already, in all or for this client.
  std::optional<Ticket> Join(Priority priority, absl::string_view client);

  // Waits no longer. Whoever does not wait is none of its business.
  void Leave(Ticket ticket);

  // Whose turn it is; it waits no longer. Nothing when nobody waits. Done comes before the next
  // Next.
  std::optional<Ticket> Next();

  // The turn that Next gave is over.
  void Done();

  // Whose turn it is, from Next to Done.
  std::optional<Ticket> current() const;
  absl::string_view current_client() const;  // Empty: nobody's.

  // Those who wait, in the order in which they would be served if nobody came or left.
  std::vector<Ticket> Order() const;

  std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t kClasses = 3;

  struct Client {
    std::string name;
    std::deque<Ticket> tickets;
  };
  struct Class {
    std::deque<Client> ring;
    int passed_over = 0;
  };
  struct Serving {
    Ticket ticket;
    std::size_t in_class;
    Client client;  // With what else it waits for.
  };

  Client* Find(std::size_t in_class, absl::string_view name);
  std::size_t WaitingOf(absl::string_view client) const;
  std::optional<std::size_t> NextClass() const;

  Limits limits_;
  std::array<Class, kClasses> classes_;
  std::optional<Serving> serving_;
  Ticket next_ticket_ = 1;
  std::size_t size_ = 0;
};

}  // namespace jpkid::session
