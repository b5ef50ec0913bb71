#include "clients/cli/view.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "clients/cli/json.h"
#include "clients/cli/names.h"
#include "clients/cli/table.h"
#include "clients/cli/text.h"

namespace jpkid::cli {
namespace {

using jpki::v1::OperationEvent;

constexpr int kBarColumns = 12;

// ECMA-48: back to the line's start, erase to its end.
constexpr absl::string_view kRedraw = "\r\x1b[K";

// What a clerk must have seen: it stays on the screen, whole, when the bar goes on.
bool Stays(const OperationEvent& event) {
  return event.has_waiting() || event.has_card_identified() || event.has_eligible() ||
         event.has_activated() || event.has_resumed() || event.has_failed();
}

class LiveView final : public View {
 public:
  explicit LiveView(const Context& context) : context_(context) {}
  ~LiveView() override { Rest(); }

  absl::Status Show(const OperationEvent& event) override {
    std::ostream& out = context_.console().out;
    if (drawn_) out << kRedraw;
    drawn_ = !Stays(event);
    if (drawn_) {
      out << ProgressLine(context_.words(), event, context_.console().columns) << std::flush;
    } else {
      out << Sentence(context_.words(), event) << std::endl;
    }
    return absl::OkStatus();
  }

  void Rest() override {
    if (drawn_) context_.console().out << std::endl;
    drawn_ = false;
  }

 private:
  const Context& context_;
  bool drawn_ = false;
};

class LinesView final : public View {
 public:
  explicit LinesView(const Context& context) : context_(context) {}

  absl::Status Show(const OperationEvent& event) override {
    context_.console().out << absl::StrFormat("%s %3d %% %s", LocalTime(event.time()),
                                              event.progress().percent(),
                                              Sentence(context_.words(), event))
                           << std::endl;
    return absl::OkStatus();
  }

 private:
  const Context& context_;
};

class JsonLinesView final : public View {
 public:
  explicit JsonLinesView(const Context& context) : context_(context) {}

  absl::Status Show(const OperationEvent& event) override {
    JPKID_ASSIGN_OR_RETURN(const std::string line, JsonLine(event));
    context_.console().out << line << std::flush;
    return absl::OkStatus();
  }

 private:
  const Context& context_;
};

class SilentView final : public View {
 public:
  absl::Status Show(const OperationEvent&) override { return absl::OkStatus(); }
};

}  // namespace

std::unique_ptr<View> MakeView(const Context& context) {
  switch (context.stream_output()) {
    case Output::kJsonLines:
      return std::make_unique<JsonLinesView>(context);
    case Output::kJson:
      return std::make_unique<SilentView>();
    case Output::kText:
      break;
  }
  if (context.console().out_is_terminal) return std::make_unique<LiveView>(context);
  return std::make_unique<LinesView>(context);
}

std::string ProgressLine(const Words& words, const OperationEvent& event, int columns) {
  const jpki::v1::Progress& progress = event.progress();
  const int percent = std::clamp(progress.percent(), 0, 100);
  const auto full = static_cast<std::size_t>(percent * kBarColumns / 100);
  const std::string line =
      absl::StrCat("[", std::string(full, '#'), std::string(kBarColumns - full, '-'), "] ",
                   absl::StrFormat("%3d %% %2d/%d  ", percent, progress.step(), progress.steps()),
                   Sentence(words, event));
  // The last column stays free: some terminals go to the next line when it is written.
  return std::string(Fit(line, static_cast<std::size_t>(std::max(columns - 1, 1))));
}

}  // namespace jpkid::cli
