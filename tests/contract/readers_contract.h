#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <gtest/gtest.h>

#include "hal/reader.h"

// What every backend behind hal/reader.h promises. An adapter instantiates ReadersContract with a
// factory and compiles readers_contract.cc and readers_fault_contract.cc into its test program.
namespace jpkid::hal {

// Two readers of a backend, one with a simulated card, and the hands on them; for one test.
class ReadersUnderTest {
 public:
  virtual ~ReadersUnderTest() = default;
  virtual Readers& readers() = 0;
  virtual std::string reader() const = 0;        // There is a card on it.
  virtual std::string empty_reader() const = 0;  // There is none, ever.

  // Takes the card away and puts it back.
  virtual void Remove() = 0;
  virtual void Insert() = 0;

  // Tells the card a fault (hal/sim/fault.proto).
  virtual void Fault(const std::string& text) = 0;

  // Everything on the way to the readers breaks, and works again.
  virtual void Break() = 0;
  virtual void Repair() = 0;

  // A second card, not on any reader.
  virtual std::string OtherCard() = 0;
};

// The PIN of the cards that an adapter makes.
inline constexpr char kContractAuthPin[] = "1234";

// Makes the readers of one test.
struct ReadersFactory {
  const char* backend;
  std::function<std::unique_ptr<ReadersUnderTest>()> make;

  friend void PrintTo(const ReadersFactory& factory, std::ostream* out) { *out << factory.backend; }
};

class ReadersContract : public testing::TestWithParam<ReadersFactory> {
 protected:
  ReadersContract() : under_test_(GetParam().make()) {}

  Readers& readers() { return under_test_->readers(); }
  std::string reader() const { return under_test_->reader(); }

  // The state of a reader once it is `presence`, and its insertion later than `after`; fails the
  // test when it does not come to that.
  ReaderState Await(const std::string& name, Presence presence, std::uint64_t after = 0);

  // The card on reader(), opened once it is there.
  std::unique_ptr<Card> OpenCard(std::uint64_t after = 0);

  // The status word of a command given in hexadecimal; 0, and the test has failed, without one.
  static StatusWord Send(Card& card, absl::string_view apdu);

  // Selects the JPKI application and its auth PIN.
  static void SelectPin(Card& card);

  // Whether the auth PIN counts as verified: it may be changed, here to itself.
  static bool PinVerified(Card& card);

  std::unique_ptr<ReadersUnderTest> under_test_;
};

}  // namespace jpkid::hal
