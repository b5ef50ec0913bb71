#include <gtest/gtest.h>

#include "daemon/config/config_fixture.h"

namespace jpkid::config {
namespace {

struct Case {
  const char* name;
  const char* text;
  const char* refusal;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class Refusals : public ConfigFixture, public ::testing::WithParamInterface<Case> {};

TEST_P(Refusals, SayWhereAndWhat) { EXPECT_EQ(Refusal(GetParam().text), GetParam().refusal); }

const Case kCases[] = {
    {"UnknownField", "\n  colour: 3\n", "FILE:2:3: There is no setting \"colour\"."},
    {"OfAnotherType", "socket { path: 3 }", "FILE:1:16: Expected string, got: 3."},
    {"UnknownValue", "log_level: LOUD",
     "FILE:1:12: Unknown enumeration value of \"LOUD\" for field \"log_level\"."},
    {"Unclosed", "limits {\n  most_waiting: 3\n",
     "FILE:3:1: Expected identifier, got: the end of the text."},
    {"Twice", "municipality: \"sanda\"\nmunicipality: \"training\"",
     "FILE:2:1: Non-repeated field \"municipality\" is specified multiple times."},
    {"TwoBackends", "readers {\n  pcsc {}\n  simulated {}\n}",
     "FILE:3:3: Field \"simulated\" is specified along with field \"pcsc\", another member of "
     "oneof \"backend\"."},
    {"TooLargeANumber", "limits { most_waiting: 99999999999 }",
     "FILE:1:24: Integer out of range (99999999999)."},
    {"Production", "ca { embedded {} }\npurpose: PRODUCTION municipality: \"sanda\"",
     "FILE:2:1: purpose is PRODUCTION, but ca.embedded is for training."},
    {"ProductionInTheTrainingCity",
     "ca { embedded {} }\npurpose: PRODUCTION municipality: \"training\"",
     "FILE:2:1: purpose is PRODUCTION, but ca.embedded is for training.\n"
     "FILE:2:21: purpose is PRODUCTION, but municipality is \"training\"."},
    {"ProductionWithSimulatedReaders",
     "purpose: PRODUCTION municipality: \"sanda\" readers { simulated { reader { name: \"A\" } } }",
     "FILE:1:1: purpose is PRODUCTION, but readers.simulated is for training.\nFILE:1:1: purpose "
     "is PRODUCTION, but ca.embedded is for training."},
    {"RelativeDataDirectory", "data_dir: \"data\"", "FILE:1:1: data_dir is an absolute path."},
    {"SocketWithoutPath", "socket { path: \"\" }", "FILE:1:10: path is empty."},
    {"SocketMode", "socket { mode: \"rw\" }",
     "FILE:1:10: mode is octal, \"0600\" to \"0777\": the owner reads and writes."},
    {"SocketModeThatKeepsTheOwnerOut", "socket { mode: \"0066\" }",
     "FILE:1:10: mode is octal, \"0600\" to \"0777\": the owner reads and writes."},
    {"SocketModeBeyondOctal", "socket { mode: \"0680\" }",
     "FILE:1:10: mode is octal, \"0600\" to \"0777\": the owner reads and writes."},
    {"NoSimulatedReader", "readers { simulated {} }",
     "FILE:1:11: simulated needs at least one reader."},
    {"SimulatedReaderWithoutName", "readers { simulated { reader {} } }",
     "FILE:1:23: A simulated reader needs a name."},
    {"TwoReadersOfOneName",
     "readers { simulated {\n  reader { name: \"A\" }\n  reader { name: \"A\" }\n} }",
     "FILE:3:12: Another reader is named \"A\" already."},
    {"OneCardOnTwoReaders",
     "readers { simulated {\n  reader { name: \"A\" card_file: \"c\" }\n"
     "  reader { name: \"B\" card_file: \"c\" }\n} }",
     "FILE:3:22: The card \"c\" is on another reader already."},
    {"CardToCreateWithoutFile",
     "readers { simulated { reader { name: \"A\" create_card: true } } }",
     "FILE:1:42: create_card needs a card_file."},
    {"ProductionWithARecording",
     "purpose: PRODUCTION municipality: \"sanda\" readers { replayed { recording_file: \"r\" } }",
     "FILE:1:1: purpose is PRODUCTION, but readers.replayed is for training.\nFILE:1:1: purpose "
     "is PRODUCTION, but ca.embedded is for training."},
    {"RecordingWithoutFile", "readers { replayed {} }",
     "FILE:1:11: replayed needs a recording_file."},
    {"RecordingWrittenWhileItIsRead",
     "readers {\n  replayed { recording_file: \"r\" }\n  trace_file: \"r\"\n}",
     "FILE:3:3: The recording would be written while it is read."},
    {"AliasWithoutName", "readers {\n  alias { driver_name: \"A\" }\n}",
     "FILE:2:3: An alias has a name of 1 to 63 of a-z, 0-9 and '-'."},
    {"AliasWithCapitals", "readers { alias { name: \"Counter\" driver_name: \"A\" } }",
     "FILE:1:19: An alias has a name of 1 to 63 of a-z, 0-9 and '-'."},
    {"AliasWithoutDriverName", "readers { alias { name: \"counter-1\" } }",
     "FILE:1:11: An alias needs a driver_name or a serial."},
    {"TwoAliasesOfOneName",
     "readers {\n  alias { name: \"a\" driver_name: \"A\" }\n"
     "  alias { name: \"a\" driver_name: \"B\" }\n}",
     "FILE:3:11: Another alias is named \"a\" already."},
    {"CaWithoutDirectory", "ca { embedded { dir: \"\" } }", "FILE:1:17: dir is empty."},
    {"UnknownStore", "store { url: \"mysql://localhost\" }",
     "FILE:1:9: url is \"sqlite:FILE\" or \"postgresql://…\"."},
    {"StoreWithoutFile", "store { url: \"sqlite:\" }",
     "FILE:1:9: url is \"sqlite:FILE\" or \"postgresql://…\"."},
    {"HolderKeyWithoutFile", "store { holder_key_file: \"\" }",
     "FILE:1:9: holder_key_file is empty."},
    {"GrantToNobody", "grant { role: CLERK }", "FILE:1:1: A grant names a uid, a user or a group."},
    {"GrantOfNothing", "grant { uid: 1 }", "FILE:1:1: A grant names at least one role."},
    {"UnknownUser", "grant { role: CLERK user: \"no-such-user\" }",
     "FILE:1:21: This machine has no user \"no-such-user\"."},
    {"UnknownGroup", "grant { role: CLERK group: \"no-such-group\" }",
     "FILE:1:21: This machine has no group \"no-such-group\"."},
    {"Municipality", "municipality: \"../etc\"",
     "FILE:1:1: municipality is the name of a municipality file, of a-z, 0-9 and '-'."},
    {"NumberTooSmall", "limits {\n  most_waiting: 0\n}",
     "FILE:2:3: most_waiting is 1 to 10000, not 0."},
    {"NumberTooLarge", "limits { ca_wait_with_card_seconds: 601 }",
     "FILE:1:10: ca_wait_with_card_seconds is 1 to 600 s, not 601."},
    {"LessInAllThanForOne", "limits { most_waiting: 4 most_waiting_per_client: 5 }",
     "FILE:1:26: most_waiting_per_client is 5, but most_waiting only 4."},
    {"IdleForLongerThanInAll", "limits { session_total_seconds: 9 session_idle_seconds: 10 }",
     "FILE:1:35: session_idle_seconds is 10, but session_total_seconds only 9."},
    {"SessionWithoutEnd", "limits {\n  session_total_seconds: 86401\n}",
     "FILE:2:3: session_total_seconds is 1 to 86400 s, not 86401."},
    {"UnknownFieldBehindATab", "\tcolour: 3", "FILE:1:15: There is no setting \"colour\"."},
    {"AllThatIsWrong", "data_dir: \"d\"\nlimits { most_connections: 0 most_waiting: -1 }",
     "FILE:1:1: data_dir is an absolute path.\n"
     "FILE:2:10: most_connections is 1 to 65536, not 0.\n"
     "FILE:2:30: most_waiting is 1 to 10000, not -1."},
};

INSTANTIATE_TEST_SUITE_P(All, Refusals, ::testing::ValuesIn(kCases),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace jpkid::config
