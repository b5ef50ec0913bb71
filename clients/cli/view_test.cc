#include "clients/cli/view.h"

#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "clients/cli/table.h"

namespace jpkid::cli {
namespace {

using jpki::v1::OperationEvent;

OperationEvent Writing(int percent) {
  OperationEvent event;
  event.set_sequence(9);
  event.mutable_time()->set_seconds(1'800'000'000);
  event.mutable_progress()->set_step(7);
  event.mutable_progress()->set_steps(16);
  event.mutable_progress()->set_percent(percent);
  event.mutable_writing()->set_kind(jpki::v1::CERTIFICATE_KIND_AUTH);
  event.mutable_writing()->set_bytes_written(10);
  event.mutable_writing()->set_bytes_total(20);
  return event;
}

// A context that writes into strings.
class ViewTest : public testing::Test {
 protected:
  std::unique_ptr<View> Make(std::optional<Output> output, bool terminal) {
    globals_.output = output;
    console_.out_is_terminal = terminal;
    context_.emplace(globals_, words_, console_, connection_);
    return MakeView(*context_);
  }

  std::ostringstream out_;
  std::ostringstream err_;
  Console console_{.out = out_, .err = err_};
  Globals globals_;
  const Words words_{Language::kEnglish};
  client::Interruption interruption_;
  client::Connection connection_{{.address = "unix:/nowhere", .on_training = {}}, interruption_};
  std::optional<Context> context_;
};

TEST_F(ViewTest, OnATerminalTheLineIsRedrawnInPlace) {
  const auto view = Make(std::nullopt, true);
  ASSERT_TRUE(view->Show(Writing(25)).ok());
  ASSERT_TRUE(view->Show(Writing(50)).ok());
  view->Rest();
  view->Rest();
  EXPECT_EQ(out_.str(),
            "[###---------]  25 %  7/16  Writing the auth certificate: 10/20 octets"
            "\r\x1b[K[######------]  50 %  7/16  Writing the auth certificate: 10/20 octets"
            "\n");
}

TEST_F(ViewTest, WhatAClerkMustHaveSeenStaysAndIsNotCut) {
  console_.columns = 30;
  const auto view = Make(std::nullopt, true);
  OperationEvent event;
  event.mutable_activated()->set_kind(jpki::v1::CERTIFICATE_KIND_AUTH);
  ASSERT_TRUE(view->Show(Writing(25)).ok());
  ASSERT_TRUE(view->Show(event).ok());
  ASSERT_TRUE(view->Show(Writing(50)).ok());
  EXPECT_EQ(out_.str(),
            "[###---------]  25 %  7/16  W"
            "\r\x1b[KThe auth certificate is in force on the card.\n"
            "[######------]  50 %  7/16  W");
}

TEST_F(ViewTest, ElsewhereJsonLines) {
  const auto view = Make(std::nullopt, false);
  ASSERT_TRUE(view->Show(Writing(25)).ok());
  EXPECT_EQ(out_.str(),
            "{\"sequence\":\"9\",\"progress\":{\"step\":7,\"steps\":16,\"percent\":25},"
            "\"writing\":{\"kind\":\"CERTIFICATE_KIND_AUTH\",\"bytes_written\":10,"
            "\"bytes_total\":20},\"time\":\"2027-01-15T08:00:00Z\"}\n");
}

TEST_F(ViewTest, TextElsewhereIsALinePerEvent) {
  const auto view = Make(Output::kText, false);
  ASSERT_TRUE(view->Show(Writing(25)).ok());
  EXPECT_EQ(out_.str(), "2027-01-15 17:00:00  25 % Writing the auth certificate: 10/20 octets\n");
}

TEST_F(ViewTest, OneJsonDocumentHasNoEvents) {
  const auto view = Make(Output::kJson, true);
  ASSERT_TRUE(view->Show(Writing(25)).ok());
  EXPECT_EQ(out_.str(), "");
}

TEST_F(ViewTest, TheLineFitsTheTerminalWhateverTheLanguage) {
  for (const int columns : {1, 20, 33, 60, 200}) {
    const std::string line = ProgressLine(Words(Language::kJapanese), Writing(100), columns);
    EXPECT_LT(Columns(line), static_cast<std::size_t>(columns) + (columns == 1 ? 1 : 0));
  }
  EXPECT_EQ(ProgressLine(words_, Writing(-5), 16), "[------------] ");
  EXPECT_EQ(ProgressLine(words_, Writing(900), 16), "[############] ");
}

}  // namespace
}  // namespace jpkid::cli
