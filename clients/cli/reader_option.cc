#include "clients/cli/reader_option.h"

#include <vector>

#include "absl/strings/str_join.h"

#include "clients/cli/names.h"
#include "jpki/v1/reader_service.grpc.pb.h"

namespace jpkid::cli {

using jpki::v1::ReaderService;

absl::StatusOr<std::string> ChooseReader(const Context& context, const std::string& option) {
  if (!option.empty()) return ReaderName(option);
  JPKID_ASSIGN_OR_RETURN(
      const jpki::v1::ListReadersResponse response,
      context.daemon().Call<ReaderService>(&ReaderService::StubInterface::ListReaders,
                                           jpki::v1::ListReadersRequest(), context.CallDeadline()));
  if (response.readers_size() == 1) return response.readers(0).name();
  if (response.readers().empty()) {
    return absl::UnavailableError(context.words()(Msg::kNoReader));
  }
  std::vector<std::string> names;
  for (const jpki::v1::Reader& reader : response.readers()) names.push_back(reader.name());
  return absl::InvalidArgumentError(context.words()(
      Msg::kManyReaders, absl::StrJoin(names, context.words()(Msg::kListSeparator))));
}

}  // namespace jpkid::cli
