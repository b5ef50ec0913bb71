#include "daemon/session/turns.h"

#include <algorithm>
#include <utility>

namespace jpkid::session {

std::optional<Turns::Ticket> Turns::Join(Priority priority, absl::string_view client) {
  if (size_ >= limits_.in_all || WaitingOf(client) >= limits_.per_client) return std::nullopt;
  const auto in_class = static_cast<std::size_t>(priority);
  Client* place = Find(in_class, client);
  if (place == nullptr) {
    place =
        &classes_[in_class].ring.emplace_back(Client{.name = std::string(client), .tickets = {}});
  }
  place->tickets.push_back(next_ticket_);
  ++size_;
  return next_ticket_++;
}

void Turns::Leave(Ticket ticket) {
  if (serving_) size_ -= std::erase(serving_->client.tickets, ticket);
  for (Class& one : classes_) {
    for (auto client = one.ring.begin(); client != one.ring.end(); ++client) {
      if (std::erase(client->tickets, ticket) == 0) continue;
      --size_;
      if (client->tickets.empty()) one.ring.erase(client);
      return;
    }
  }
}

std::optional<Turns::Ticket> Turns::Next() {
  const std::optional<std::size_t> in_class = NextClass();
  if (!in_class) return std::nullopt;
  for (std::size_t lower = *in_class + 1; lower < kClasses; ++lower) {
    if (!classes_[lower].ring.empty()) ++classes_[lower].passed_over;
  }
  Class& chosen = classes_[*in_class];
  chosen.passed_over = 0;
  Client client = std::move(chosen.ring.front());
  chosen.ring.pop_front();
  const Ticket ticket = client.tickets.front();
  client.tickets.pop_front();
  --size_;
  serving_ = Serving{.ticket = ticket, .in_class = *in_class, .client = std::move(client)};
  return ticket;
}

void Turns::Done() {
  if (!serving_) return;
  if (!serving_->client.tickets.empty()) {
    classes_[serving_->in_class].ring.push_back(std::move(serving_->client));
  }
  serving_.reset();
}

std::optional<Turns::Ticket> Turns::current() const {
  if (!serving_) return std::nullopt;
  return serving_->ticket;
}

absl::string_view Turns::current_client() const {
  return serving_ ? absl::string_view(serving_->client.name) : absl::string_view();
}

std::vector<Turns::Ticket> Turns::Order() const {
  std::vector<Ticket> order;
  order.reserve(size_);
  Turns simulated = *this;
  simulated.Done();
  while (const std::optional<Ticket> ticket = simulated.Next()) {
    order.push_back(*ticket);
    simulated.Done();
  }
  return order;
}

Turns::Client* Turns::Find(std::size_t in_class, absl::string_view name) {
  if (serving_ && serving_->in_class == in_class && serving_->client.name == name) {
    return &serving_->client;
  }
  std::deque<Client>& ring = classes_[in_class].ring;
  const auto found = std::find_if(ring.begin(), ring.end(),
                                  [name](const Client& client) { return client.name == name; });
  return found == ring.end() ? nullptr : &*found;
}

std::size_t Turns::WaitingOf(absl::string_view client) const {
  std::size_t count = 0;
  if (serving_ && serving_->client.name == client) count += serving_->client.tickets.size();
  for (const Class& one : classes_) {
    for (const Client& other : one.ring) {
      if (other.name == client) count += other.tickets.size();
    }
  }
  return count;
}

std::optional<std::size_t> Turns::NextClass() const {
  std::optional<std::size_t> highest;
  for (std::size_t i = 0; i < kClasses; ++i) {
    if (classes_[i].ring.empty()) continue;
    if (classes_[i].passed_over >= kMostPassedOver) return i;
    if (!highest) highest = i;
  }
  return highest;
}

}  // namespace jpkid::session
