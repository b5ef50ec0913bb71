#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include <gtest/gtest.h>

#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

TEST(SelectApplication, TheFiveOfTheCard) {
  Terminal terminal(IssuedImage());
  terminal.Script({
      {"00A4040C0AD392F000260100000001", "9000"},  // JPKI
      {"00A4040C0AD3921000310001010408", "9000"},  // text input support
      {"00A4040C0AD3921000310001010402", "9000"},  // visual check
      {"00A4040C0AD3921000310001010401", "9000"},  // basic register
      {"00A4040C0AD3921000310001010100", "9000"},  // common card
  });
  EXPECT_EQ(ToHex(terminal.card().selected_application()), "D3921000310001010100");
}

// A card that says 9000 to another product's AID is taken for that product by every client.
TEST(SelectApplication, OtherProductsAreRefusedInBothShapes) {
  Terminal terminal(IssuedImage());
  for (const char* aid : {
           "07A0000003974349",            // length and AID: seven octets
           "09A00000039742544659",        // GIDS
           "0BA000000308000010000100",    // PIV, eleven octets
           "08A000000151000000",          // GlobalPlatform issuer security domain
           "06D27600012401",              // OpenPGP
           "0CA000000063504B43532D3135",  // PKCS#15
           "0AD392F000260100000002",      // one octet beside JPKI
           "09D392F0002601000000",        // the beginning of JPKI
           "0BD392F00026010000000100",    // JPKI and more
       }) {
    EXPECT_EQ(terminal.Send(absl::StrCat("00A4040C", aid)), "6A82") << aid;
    EXPECT_EQ(terminal.Send(absl::StrCat("00A40400", aid, "00")), "6A82") << aid;
  }
  EXPECT_EQ(terminal.card().selected_application().size(), 0u);
  // The two GET DATA of OpenSC's probes, and what other drivers try.
  terminal.Script({{"00CA018100", "6D00"},
                   {"80CA9F7F00", "6D00"},
                   {"00CA7F6800", "6D00"},
                   {"0084000008", "6D00"}});
}

TEST(SelectApplication, OnlyTheShapeOfTheCard) {
  Terminal terminal(IssuedImage());
  terminal.Script({
      {"00A404000AD392F00026010000000100", "6A86"},  // P2 00: FCI asked for
      {"00A4040C0AD392F00026010000000100", "6700"},  // an Le where nothing comes back
      {"00A4000C023F00", "6A86"},                    // P1 other than 02 and 04
      {"00A4080C023F00", "6A86"},
      {"00A4040C", "6A82"},                        // no AID
      {"80A4040C0AD392F000260100000001", "6E00"},  // another class
  });
}

TEST(SelectApplication, AFailureChangesNothing) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  terminal.VerifyPin("0018", kTestAuthPin);
  terminal.Script({{"00A4040C0AD392F000260100000002", "6A82"},
                   {"00A4020C02FFFF", "6A82"},
                   {"00A4020C020017", "9000"}});
  EXPECT_EQ(terminal.Send("802A0080013100").size(), 512u + 4u);
}

TEST(SelectFile, EveryFileOfJpki) {
  Terminal terminal(IssuedImage());
  terminal.Select(kSelectJpki);
  for (const char* id :
       {"0001", "0002", "0006", "0008", "000A", "000B", "0017", "0018", "001A", "001B"}) {
    EXPECT_EQ(terminal.Send(absl::StrCat("00A4020C02", id)), "9000") << id;
    EXPECT_EQ(absl::StrFormat("%04X", terminal.card().selected_file()), id);
  }
}

TEST(SelectFile, Strictly) {
  Terminal terminal(IssuedImage());
  EXPECT_EQ(terminal.Send("00A4020C020001"), "6A82");  // no application selected
  terminal.Select(kSelectJpki);
  terminal.Script({
      {"00A4020C020003", "6A82"},      // no such file
      {"00A4020C020011", "6A82"},      // a file of another application
      {"00A402000200010000", "6700"},  // lengths that do not add up
      {"00A4020002000100", "6A86"},    // P2 other than 0C
      {"00A4020C02000100", "6700"},    // an Le
      {"00A4020C0100", "6700"},
      {"00A4020C03000100", "6700"},
      {"00A4020C", "6700"},
  });
  EXPECT_EQ(terminal.card().selected_file(), 0);
}

TEST(SelectFile, EachApplicationHasItsOwn) {
  Terminal terminal(IssuedImage());
  terminal.Script({
      {kSelectTextInput, "9000"},
      {"00A4020C020001", "9000"},
      {"00A4020C020002", "9000"},
      {"00A4020C020011", "9000"},
      {"00A4020C020006", "6A82"},
      {"00A4040C0AD3921000310001010100", "9000"},
      {"00A4020C020001", "9000"},
      {"00A4020C020002", "6A82"},
      {"00A4040C0AD3921000310001010402", "9000"},
      {"00A4020C020001", "6A82"},
      {"00A4040C0AD3921000310001010401", "9000"},
      {"00A4020C020001", "6A82"},
  });
}

TEST(SelectFile, AnotherApplicationUnselectsIt) {
  Terminal terminal(IssuedImage());
  terminal.Script({{kSelectJpki, "9000"},
                   {"00A4020C020006", "9000"},
                   {"00B0000004", "4A504B499000"},
                   {kSelectJpki, "9000"},
                   {"00B0000004", "6986"}});
}

}  // namespace
}  // namespace jpkid::hal::sim
