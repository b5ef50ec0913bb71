#pragma once

#include <memory>
#include <string>

#include "clients/cli/context.h"
#include "jpki/v1/operation_service.pb.h"

namespace jpkid::cli {

// How the course of an operation is shown. Borrows the context for its life.
class View {
 public:
  virtual ~View() = default;
  virtual absl::Status Show(const jpki::v1::OperationEvent& event) = 0;
  // Leaves the screen to what is said or asked next.
  virtual void Rest() {}
};

// On a terminal a bar that is redrawn in place; elsewhere a line per event, JSON lines, or (for
// one JSON document at the end) nothing.
std::unique_ptr<View> MakeView(const Context& context);

// "[#####----------]  25 %   4/16  The card made a key pair …" in at most `columns` columns.
std::string ProgressLine(const Words& words, const jpki::v1::OperationEvent& event, int columns);

}  // namespace jpkid::cli
