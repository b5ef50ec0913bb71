// The one catalogue of reasons, put together.

#include <vector>

#include "base/reason_rows.h"

namespace jpkid {

std::span<const ReasonRow> ReasonCatalogue() {
  static const std::vector<ReasonRow>& catalogue = *[] {
    auto* rows = new std::vector<ReasonRow>;
    for (const auto part : {CardReasons(), AuthorityReasons(), ProcedureReasons(),
                            OperationReasons(), DaemonReasons()}) {
      rows->insert(rows->end(), part.begin(), part.end());
    }
    return rows;
  }();
  return catalogue;
}

}  // namespace jpkid
