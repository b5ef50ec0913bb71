#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "base/bytes.h"
#include "base/secret.h"
#include "hal/scp03.h"
#include "hal/sim/create.h"
#include "hal/sim/sim_card.h"
#include "hal/sim/test_keys.h"

// A card for unit tests, and the two ways to talk to it: in the clear and through the channel.
namespace jpkid::hal::sim {

inline constexpr char kTestAuthPin[] = "1234";
inline constexpr char kTestSignaturePin[] = "ABC123DEF456";
inline constexpr char kTestTextInputPin[] = "5678";
inline constexpr char kSelectJpki[] = "00A4040C0AD392F000260100000001";
inline constexpr char kSelectTextInput[] = "00A4040C0AD3921000310001010408";

Secret SecretOf(absl::string_view text);
Secret TestMasterKey();

// All PINs set, an issuer profile, no certificates.
CardOrder TestOrder(KeyAlgorithm algorithm = RSA_2048);

// A certificate of `key`, signed by itself.
Bytes SelfSigned(const PrivateKey& key, absl::string_view common_name);

// The card of TestOrder with both certificates: test key 0 is the auth key, 1 the signature key;
// the CAs' certificates are those of test key 2.
CardImage IssuedImage(KeyAlgorithm algorithm = RSA_2048);

// A powered card and what a terminal says to it, in hexadecimal.
class Terminal {
 public:
  explicit Terminal(std::unique_ptr<CardStore> store);
  explicit Terminal(CardImage image) : Terminal(CardStore::InMemory(std::move(image)).value()) {}

  SimCard& card() { return *card_; }
  const CardImage& image() { return card_->store().image(); }

  // The whole answer, status word included.
  std::string Send(absl::string_view apdu);

  // Both must answer 9000.
  void Select(absl::string_view application);
  void VerifyPin(absl::string_view file, absl::string_view pin);

  // Command and answer, line by line: every answer must be as written.
  struct Line {
    const char* command;
    const char* answer;
  };
  void Script(const std::vector<Line>& lines);

  // INITIALIZE UPDATE and EXTERNAL AUTHENTICATE with these keys: the last answer.
  std::string OpenChannel(const Secret& master);

  // One plain command (hexadecimal) through the open channel, 61xx followed: plain data and status.
  std::string SendSecure(absl::string_view command);

  // Writes `content` into the selected file as the issuing side does, 239 octets at a time.
  void Write(const Bytes& content);

  // The command as the open channel would send it.
  std::string Wrapped(absl::string_view command);

 private:
  std::unique_ptr<TestKeySource> keys_ = std::make_unique<TestKeySource>();
  std::unique_ptr<SimCard> card_;
  std::unique_ptr<Scp03Host> channel_;
};

// A terminal with the JPKI application selected and a channel open.
Terminal WithChannel(CardImage image);

// GENERATE KEY PAIR for both kinds, RSA-2048, and GET DATA of what is pending.
inline constexpr char kMakeAuthKey[] = "0047000008AC0680010783011700";
inline constexpr char kMakeSignatureKey[] = "0047000008AC0680010783011A00";
inline constexpr char kGetPending[] = "00CADF2000";
inline constexpr char kNothingPending[] = "DF2010A006830117800100A00683011A8001009000";

// The first of the test keys becomes the pending auth key, with this certificate; 000A is selected.
Bytes WritePendingAuth(Terminal& terminal);

// VERIFY of the selected PIN file, in hexadecimal.
std::string VerifyCommand(absl::string_view pin);

}  // namespace jpkid::hal::sim
