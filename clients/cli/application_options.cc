#include "clients/cli/application_options.h"

#include "clients/cli/enum_option.h"
#include "clients/cli/kind_option.h"

namespace jpkid::cli {
namespace {

using jpki::v1::Applicant;
using jpki::v1::Application;
using jpki::v1::CertificateKind;
using jpki::v1::Operation;
using jpki::v1::PinKind;
using jpki::v1::ResidenceStatus;

constexpr struct {
  const char* option;
  std::string* (Application::*field)();
} kTexts[] = {
    {"--window", &Application::mutable_window},
    {"--birth-date", &Application::mutable_birth_date},
    {"--card-profile", &Application::mutable_card_profile},
    {"--card-expiry", &Application::mutable_card_expiry},
    {"--auth-expiry", &Application::mutable_auth_expiry},
    {"--signature-expiry", &Application::mutable_signature_expiry},
    {"--stay-until", &Application::mutable_stay_until},
};

constexpr struct {
  const char* option;
  void (Application::*set)(bool);
} kFlags[] = {
    {"--first-issue", &Application::set_first_issue},
    {"--has-notice-form", &Application::set_has_notice_form},
    {"--pinless-card", &Application::set_pinless_card},
    {"--adult-ward", &Application::set_adult_ward},
    {"--same-household", &Application::set_same_household},
    {"--has-appointment", &Application::set_has_appointment},
    {"--not-registered", &Application::set_not_registered},
};

}  // namespace

void AddApplication(CommandLine& line, CLI::App* command, Application& application) {
  application.set_applicant(jpki::v1::APPLICANT_HOLDER);
  application.set_residence_status(jpki::v1::RESIDENCE_STATUS_JAPANESE);
  TakeEnum<Operation::Type>(line, command, "--operation", [&application](Operation::Type type) {
    application.set_type(type);
  })->required();
  AddKinds(line, command, *application.mutable_kinds());
  TakeEnum<Applicant>(line, command, "--applicant", [&application](Applicant applicant) {
    application.set_applicant(applicant);
  });
  for (const auto& text : kTexts) {
    line.Option(command, text.option, *(application.*text.field)());
  }
  TakeEnum<ResidenceStatus>(
      line, command, "--residence-status",
      [&application](ResidenceStatus status) { application.set_residence_status(status); });
  TakeEnums<CertificateKind>(line, command, "--revoked", [&application](CertificateKind kind) {
    application.add_revoked_kinds(kind);
  });
  TakeEnums<PinKind>(line, command, "--reset-pins",
                     [&application](PinKind pin) { application.add_reset_pins(pin); });
  for (const auto& flag : kFlags) {
    line.Flag(command, flag.option,
              [&application, set = flag.set](bool on) { (application.*set)(on); });
  }
}

}  // namespace jpkid::cli
