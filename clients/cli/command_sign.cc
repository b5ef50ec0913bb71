#include "clients/cli/commands.h"
#include "clients/cli/files.h"
#include "clients/cli/kind_option.h"
#include "clients/cli/names.h"
#include "clients/cli/pin_options.h"
#include "clients/cli/reader_option.h"
#include "jpki/v1/card_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::CardService;
using jpki::v1::SignRequest;
using jpki::v1::SignResponse;

struct Options {
  std::string reader;
  jpki::v1::CertificateKind kind = jpki::v1::CERTIFICATE_KIND_UNSPECIFIED;
  std::string in;
  std::string out;
  Hash hash = Hash::kSha256;
  PinDescriptors pins;
};

SignRequest::Hash OnTheWire(Hash hash) {
  switch (hash) {
    case Hash::kSha256:
      return SignRequest::HASH_SHA256;
    case Hash::kSha384:
      return SignRequest::HASH_SHA384;
    case Hash::kSha512:
      return SignRequest::HASH_SHA512;
  }
  return SignRequest::HASH_UNSPECIFIED;
}

Hash ToHash(const std::string& text) {
  if (text == "sha256") return Hash::kSha256;
  if (text == "sha384") return Hash::kSha384;
  if (text == "sha512") return Hash::kSha512;
  throw CLI::ValidationError("--hash", "sha256|sha384|sha512");
}

absl::StatusOr<SignResponse> CallSign(const Context& context, const Options& options,
                                      const Bytes& digest) {
  SignRequest request;
  JPKID_ASSIGN_OR_RETURN(*request.mutable_reader(), ChooseReader(context, options.reader));
  request.set_kind(options.kind);
  request.set_hash(OnTheWire(options.hash));
  request.set_digest(digest.data(), digest.size());
  absl::StatusOr<SignResponse> response;
  JPKID_RETURN_IF_ERROR(
      WithPins(context, {.reader = request.reader(), .pin = PinOf(options.kind), .current = true},
               options.pins, [&](const Secret& pin, const Secret&) {
                 Put(pin, *request.mutable_pin());
                 response = context.daemon().Call<CardService>(&CardService::StubInterface::Sign,
                                                               request, context.CallDeadline());
                 Wipe(*request.mutable_pin());
                 return response.status();
               }));
  return response;
}

Outcome Sign(const Context& context, const Options& options) {
  JPKID_RETURN_IF_ERROR(CheckDescriptors(context, options.pins));
  if (options.out == "-" && context.output() != Output::kText) {
    return absl::InvalidArgumentError(context.words()(Msg::kStandardOutputTwice));
  }
  JPKID_ASSIGN_OR_RETURN(const Bytes digest, Digest(context, options.in, options.hash));
  JPKID_ASSIGN_OR_RETURN(const SignResponse response, CallSign(context, options, digest));
  const absl::string_view signature = response.signature();
  JPKID_RETURN_IF_ERROR(WriteOutput(context, options.out, AsBytes(signature)));
  if (options.out == "-") return ExitCode::kDone;
  JPKID_RETURN_IF_ERROR(context.Print(
      response, absl::StrCat(context.words()(Msg::kWritten, options.out, signature.size()), "\n")));
  return ExitCode::kDone;
}

}  // namespace

void AddSign(CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = line.Add(
      "sign", {.run = [options](const Context& context) { return Sign(context, *options); },
               .card = CardUse::kReads});
  line.Option(command, "-r,--reader", options->reader);
  AddKind(line, command, options->kind);
  line.Option(command, "--in", options->in)->required();
  line.Option(command, "--out", options->out)->required();
  line.Take(command, "--hash",
            [options](const std::string& text) { options->hash = ToHash(text); });
  AddPinOfKind(line, command, options->pins);
}

}  // namespace jpkid::cli
