#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "base/bytes.h"
#include "tests/clients/jpkictl_test.h"

namespace jpkid::cli {
namespace {

using CardCommandsTest = JpkictlTest;

TEST_F(CardCommandsTest, ReadersInEachForm) {
  const Ran text = Run({"readers"});
  EXPECT_EQ(text.code, ExitCode::kDone);
  EXPECT_EQ(text.out,
            "Reader       State         Used by  Waiting  Driver's name\n"
            "readers/sim  card present           0        Fake 00\n");
  EXPECT_EQ(text.err, kBanner);
  const std::string fields =
      "\"name\":\"readers/sim\",\"driver_name\":\"Fake 00\",\"state\":\"STATE_CARD_PRESENT\","
      "\"insertion\":\"0\",\"atr\":\"\",\"detail\":\"\",\"holder\":\"\",\"waiting\":0";
  const Ran lines = Run({"readers", "-o", "jsonl"});
  EXPECT_EQ(lines.out, "{" + fields + "}\n");
  EXPECT_EQ(lines.err, kBanner);
  EXPECT_EQ(Run({"readers", "-o", "json"}).out,
            "{\n \"readers\": [\n  {\n   \"name\": \"readers/sim\",\n"
            "   \"driver_name\": \"Fake 00\",\n   \"state\": \"STATE_CARD_PRESENT\",\n"
            "   \"insertion\": \"0\",\n   \"atr\": \"\",\n   \"detail\": \"\",\n"
            "   \"holder\": \"\",\n   \"waiting\": 0\n  }\n ]\n}\n");
}

TEST_F(CardCommandsTest, TheSessionThatHoldsAReaderIsEnded) {
  const Ran ended = Run({"queue", "sim", "--release"});
  EXPECT_EQ(ended.code, ExitCode::kDone) << ended.err;
  EXPECT_EQ(ended.out, "The session that held readers/sim was ended.\n");
  EXPECT_EQ(Run({"queue", "--release", "-o", "jsonl"}).out, "{\"released\":false}\n");
  EXPECT_EQ(Run({"queue", "nope", "--release"}).code, ExitCode::kCard);
  EXPECT_EQ(daemon_.calls("ReleaseReader"), 3);
}

TEST_F(CardCommandsTest, ReadersAreWatchedThroughARestartOfTheDaemon) {
  std::thread user([&] {
    EXPECT_TRUE(out_.WaitFor("readers/sim"));
    daemon_.Kill();
    daemon_.SetReaders({});
    daemon_.Start();
    EXPECT_TRUE(out_.WaitFor("\n{\"readers\":[]}\n"));
    interruption_.Raise();
  });
  const Ran ran = RunOnScreen({"readers", "--watch"});
  user.join();
  EXPECT_EQ(ran.code, ExitCode::kInterrupted);
  EXPECT_EQ(ran.out,
            "{\"readers\":[{\"name\":\"readers/sim\",\"driver_name\":\"Fake 00\","
            "\"state\":\"STATE_CARD_PRESENT\",\"insertion\":\"0\",\"atr\":\"\","
            "\"detail\":\"\",\"holder\":\"\",\"waiting\":0}]}\n{\"readers\":[]}\n");
}

TEST_F(CardCommandsTest, TheReaderMayBeLeftOutWhenThereIsOne) {
  for (const auto& reader : {"sim", "readers/sim", ""}) {
    std::vector<std::string> arguments = {"card", "show", "-o", "jsonl"};
    if (*reader != '\0') arguments.insert(arguments.end(), {"--reader", reader});
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
    EXPECT_EQ(ran.out.rfind("{\"serial\":\"100000000000001\",", 0), 0U) << ran.out;
  }
  jpki::v1::Reader a;
  a.set_name("readers/a");
  jpki::v1::Reader b;
  b.set_name("readers/b");
  daemon_.SetReaders({a, b});
  const Ran choice = Run({"card", "show", "-o", "json"});
  EXPECT_EQ(choice.code, ExitCode::kUsage);
  EXPECT_EQ(choice.err,
            std::string(kBanner) +
                "jpkictl: There are several readers; name the one to use: readers/a, readers/b\n");
  daemon_.SetReaders({});
  const Ran none = Run({"card", "show", "-o", "json"});
  EXPECT_EQ(none.code, ExitCode::kUnreachable);
  EXPECT_EQ(none.err, std::string(kBanner) + "jpkictl: The daemon has no reader.\n");
}

TEST_F(CardCommandsTest, FailuresSayWhatTheCardIsLikeAndHowToGoOn) {
  const Ran unknown = Run({"card", "show", "-r", "moon", "-o", "json"});
  EXPECT_EQ(unknown.code, ExitCode::kCard);
  EXPECT_EQ(unknown.err, std::string(kBanner) +
                             "jpkictl: There is no reader 'moon'. [READER_UNKNOWN]\n"
                             "List the readers there are with 'jpkictl readers'.\n");
  daemon_.FailNext("ReadCard", Reason::kCardRemoved);
  const Ran removed = Run({"card", "show", "-o", "json"}, "ja_JP.UTF-8");
  EXPECT_EQ(removed.code, ExitCode::kCard);
  EXPECT_EQ(removed.err,
            "*** 訓練用（TRAINING）：ここで作成したものはどこでも効力がありません ***\n"
            "jpkictl: カードが取り外されたか、電源が切れました。 [CARD_REMOVED]\n"
            "カードの内容は変わっていません。\n"
            "同じカードを戻してください。手続中の処理は自動的に続きます。\n");
  daemon_.FailNext("ResetPin", Reason::kCardRemoved);
  const Ran doubt = Run({"pin", "reset", "-k", "auth", "--new-pin-fd", DescriptorText("1111\n")});
  EXPECT_EQ(doubt.code, ExitCode::kCard);
  EXPECT_NE(doubt.err.find("The card may have been changed:"), std::string::npos) << doubt.err;
}

TEST_F(CardCommandsTest, PinStatus) {
  daemon_.SetPin(jpki::v1::PIN_KIND_SIGNATURE, {.value = "", .tries_left = 0});
  EXPECT_EQ(Run({"pin", "status"}).out,
            "PIN (auth)       ready, tries left: 3\n"
            "PIN (signature)  never set\n");
  EXPECT_EQ(Run({"pin", "status", "-o", "jsonl"}).out,
            "{\"pin\":\"PIN_KIND_AUTH\",\"state\":\"STATE_READY\",\"tries_left\":3}\n"
            "{\"pin\":\"PIN_KIND_SIGNATURE\",\"state\":\"STATE_NOT_SET\",\"tries_left\":0}\n");
}

TEST_F(CardCommandsTest, CertificatesGoToAFileOrToStandardOutput) {
  const std::string path = Path("certificate.der");
  const Ran file = Run({"cert", "read", "--kind", "auth", "--out", path});
  EXPECT_EQ(file.code, ExitCode::kDone) << file.err;
  EXPECT_NE(file.out.find("Certificate (auth)\n  Serial number  0A01\n"), std::string::npos);
  EXPECT_NE(file.out.find("Written: " + path + " (3 octets)\n"), std::string::npos);
  EXPECT_EQ(Content(path), "DER");
  EXPECT_EQ(Run({"cert", "read", "-k", "auth", "--out", "-", "--authority"}).out, "CA");
  EXPECT_EQ(Run({"cert", "read", "-k", "auth", "--out", "-", "--format", "pem"}).out,
            "-----BEGIN CERTIFICATE-----\nREVS\n-----END CERTIFICATE-----\n");
  EXPECT_EQ(Run({"cert", "read", "-k", "auth", "--format", "der"}).out, "DER");
  const std::string pem = Path("certificate") + ".pem";
  EXPECT_EQ(Run({"cert", "read", "-k", "auth", "--out", pem}).code, ExitCode::kDone);
  EXPECT_EQ(Content(pem).rfind("-----BEGIN CERTIFICATE-----", 0), 0U);
  EXPECT_EQ(Run({"cert", "read", "-k", "auth", "--out", "-", "-o", "json"}).code, ExitCode::kUsage);
  EXPECT_EQ(Run({"cert", "read", "-k", "auth", "--out", "/nonexistent/x"}).code, ExitCode::kFailed);
}

TEST_F(CardCommandsTest, TheSignatureCertificateNeedsItsPinButNotTheAuthoritys) {
  const Ran without = Run({"cert", "read", "-k", "signature"});
  EXPECT_EQ(without.code, ExitCode::kUsage);
  EXPECT_EQ(daemon_.calls("ReadCertificate"), 0);
  const Ran with = Run({"cert", "read", "-k", "signature", "-o", "jsonl", "--signature-pin-fd",
                        DescriptorText("ABC123\n")});
  EXPECT_EQ(with.code, ExitCode::kDone) << with.err;
  EXPECT_EQ(with.out.rfind("{\"certificate\":\"REVS\",", 0), 0U) << with.out;
  const Ran authority = Run({"cert", "read", "-k", "signature", "--authority"});
  EXPECT_EQ(authority.code, ExitCode::kDone);
  EXPECT_EQ(authority.out.rfind("Certificate of the authority (signature)\n", 0), 0U);
}

TEST_F(CardCommandsTest, APipeToWhichNobodyWritesIsNotWaitedForWithoutEnd) {
  const std::string pipe = Path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const Ran late = Run({"sign", "-k", "auth", "--in", pipe, "--out", Path("signature"), "--timeout",
                        "1s", "--pin-fd", DescriptorText("1234\n")});
  EXPECT_EQ(late.code, ExitCode::kTimeout) << late.err;
  unlink(pipe.c_str());
}

TEST_F(CardCommandsTest, NorIsAFileReadThatHasNoEnd) {
  const Ran late = Run({"sign", "-k", "auth", "--in", "/dev/zero", "--out", Path("signature"),
                        "--timeout", "1s", "--pin-fd", DescriptorText("1234\n")});
  EXPECT_EQ(late.code, ExitCode::kTimeout) << late.err;
  EXPECT_EQ(daemon_.calls("Sign"), 0);
}

TEST_F(CardCommandsTest, SignSendsTheDigestOfTheFile) {
  const std::string in = File("text", "abc");
  const Ran ran =
      Run({"sign", "--kind", "auth", "--in", in, "--out", "-", "--pin-fd", DescriptorText("1234")});
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  // FIPS 180-4's example of SHA-256.
  const Bytes digest =
      FromHex("BA7816BF 8F01CFEA 414140DE 5DAE2223 B00361A3 96177A9C B410FF61 F20015AD").value();
  EXPECT_EQ(ran.out, "signed " + std::string(digest.begin(), digest.end()));
  const Ran longer = Run({"sign", "-k", "signature", "--in", in, "--out", "-", "--hash", "sha512",
                          "--signature-pin-fd", DescriptorText("ABC123\n")});
  EXPECT_EQ(longer.out.size(), 7U + 64U);
  EXPECT_EQ(Content(in), "abc");
  EXPECT_EQ(Run({"sign", "-k", "auth", "--in", in, "--out", "-", "--pin-fd", "0"}).code,
            ExitCode::kUsage);
}

TEST_F(CardCommandsTest, Health) {
  EXPECT_EQ(Run({"health"}).out, "jpkid: serving (SERVING)\n");
  const Ran store = Run({"health", "store", "-o", "jsonl"});
  EXPECT_EQ(store.code, ExitCode::kUnreachable);
  EXPECT_EQ(store.out, "{\"status\":\"NOT_SERVING\"}\n");
  const Ran unknown = Run({"health", "moon", "-o", "json"});
  EXPECT_EQ(unknown.code, ExitCode::kRefused);
  EXPECT_EQ(unknown.err,
            std::string(kBanner) +
                "jpkictl: Nothing is called 'moon'. [SERVICE_UNKNOWN]\n"
                "Ask for a service's full name, 'reader/ALIAS', 'ca/NAME' or 'store'.\n");
}

TEST_F(CardCommandsTest, ARealDaemonHasNoBanner) {
  daemon_.SetTraining(false);
  EXPECT_EQ(Run({"readers"}).err, "");
}

}  // namespace
}  // namespace jpkid::cli
