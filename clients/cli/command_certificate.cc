#include <memory>
#include <optional>

#include "absl/strings/match.h"
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "clients/cli/commands.h"
#include "clients/cli/files.h"
#include "clients/cli/kind_option.h"
#include "clients/cli/names.h"
#include "clients/cli/pin_options.h"
#include "clients/cli/reader_option.h"
#include "clients/cli/text.h"
#include "jpki/v1/card_service.grpc.pb.h"

namespace jpkid::cli {
namespace {

using jpki::v1::CardService;
using jpki::v1::ReadCertificateRequest;
using jpki::v1::ReadCertificateResponse;

struct Options {
  std::string reader;
  jpki::v1::CertificateKind kind = jpki::v1::CERTIFICATE_KIND_UNSPECIFIED;
  bool authority = false;
  std::string out;
  std::optional<bool> pem;  // Absent: as the file's name says.
  PinDescriptors pins;
};

// The textual encoding of RFC 7468.
Bytes ToPem(const std::string& der) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio(bio.get(), PEM_STRING_X509, "", reinterpret_cast<const unsigned char*>(der.data()),
                static_cast<long>(der.size()));
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return ToBytes(AsBytes(absl::string_view(text, static_cast<std::size_t>(length))));
}

absl::StatusOr<ReadCertificateResponse> Read(const Context& context, const Options& options) {
  ReadCertificateRequest request;
  JPKID_ASSIGN_OR_RETURN(*request.mutable_reader(), ChooseReader(context, options.reader));
  request.set_kind(options.kind);
  request.set_authority(options.authority);
  // The holder's signature certificate names him: the card shows it after his PIN.
  const bool wants_pin = options.kind == jpki::v1::CERTIFICATE_KIND_SIGNATURE && !options.authority;
  absl::StatusOr<ReadCertificateResponse> response;
  JPKID_RETURN_IF_ERROR(WithPins(
      context, {.reader = request.reader(), .pin = PinOf(options.kind), .current = wants_pin},
      options.pins, [&](const Secret& pin, const Secret&) {
        Put(pin, *request.mutable_pin());
        response = context.daemon().Call<CardService>(&CardService::StubInterface::ReadCertificate,
                                                      request, context.CallDeadline());
        Wipe(*request.mutable_pin());
        return response.status();
      }));
  return response;
}

Outcome ReadAndWrite(const Context& context, const Options& options) {
  JPKID_RETURN_IF_ERROR(CheckDescriptors(context, options.pins));
  // Whoever asks for a form wants the certificate itself.
  const std::string out = options.out.empty() && options.pem.has_value() ? "-" : options.out;
  if (out == "-" && context.output() != Output::kText) {
    return absl::InvalidArgumentError(context.words()(Msg::kStandardOutputTwice));
  }
  JPKID_ASSIGN_OR_RETURN(const ReadCertificateResponse response, Read(context, options));
  const std::string text =
      Text(context.words(), options.authority ? Msg::kAuthorityOf : Msg::kCertificateOf,
           response.info());
  if (out.empty()) {
    JPKID_RETURN_IF_ERROR(context.Print(response, text));
    return ExitCode::kDone;
  }
  const bool pem = options.pem.value_or(absl::EndsWith(out, ".pem"));
  const Bytes octets = pem ? ToPem(response.certificate())
                           : ToBytes(AsBytes(absl::string_view(response.certificate())));
  JPKID_RETURN_IF_ERROR(WriteOutput(context, out, octets));
  if (out == "-") {
    context.console().err << text;
    return ExitCode::kDone;
  }
  JPKID_RETURN_IF_ERROR(context.Print(
      response, absl::StrCat(text, context.words()(Msg::kWritten, out, octets.size()), "\n")));
  return ExitCode::kDone;
}

}  // namespace

void AddCertificate(CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = line.Add(
      "cert read",
      {.run = [options](const Context& context) { return ReadAndWrite(context, *options); },
       .card = CardUse::kReads});
  line.Option(command, "-r,--reader", options->reader);
  AddKind(line, command, options->kind);
  line.Flag(command, "--authority", options->authority);
  line.Option(command, "--out", options->out);
  line.Take(command, "--format", [options](const std::string& text) {
    if (text != "der" && text != "pem") throw CLI::ValidationError("--format", "der|pem");
    options->pem = text == "pem";
  });
  AddPinOfKind(line, command, options->pins);
}

}  // namespace jpkid::cli
