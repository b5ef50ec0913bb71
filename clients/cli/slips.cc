#include "clients/cli/slips.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "clients/cli/names.h"
#include "clients/cli/text_case.h"

namespace jpkid::cli {
namespace {

using jpki::v1::Case;
using jpki::v1::CertificateInfo;
using jpki::v1::Office;
using jpki::v1::Operation;

Slip Empty(const Words& words, Msg title, bool training) {
  return {.language = words.language(),
          .training = training ? words(Msg::kTraining) : "",
          .title = words(title)};
}

// A heading, without the colon that it ends with in running text.
std::string Heading(absl::string_view text) {
  return std::string(absl::StripSuffix(absl::StripSuffix(text, ":"), "："));
}

// What the slip is about.
SlipSection About(const Words& words, const Case& one) {
  SlipSection about;
  about.rows = {{words(Msg::kSlipNumber), one.name()},
                {words(Msg::kWhat), What(words, one.application())},
                {words(Msg::kApplicant), Name(words, one.application().applicant())},
                {words(Msg::kTakenOn), LocalTime(one.create_time())}};
  if (!one.card_serial().empty()) {
    about.rows.emplace_back(words(Msg::kCard), Masked(one.card_serial()));
  }
  return about;
}

// S19: wherever a citizen is told to come back.
void AddOffice(const Words& words, const Office& office, Slip& slip) {
  const std::string text = Text(words, office);
  if (text.empty()) return;
  SlipSection& section = slip.sections.emplace_back();
  section.heading = Heading(words(Msg::kAskThere));
  section.paragraphs = absl::StrSplit(text, '\n', absl::SkipEmpty());
}

void AddParagraph(const Words& words, Msg heading, std::vector<std::string> paragraphs,
                  Slip& slip) {
  slip.sections.push_back({.heading = words(heading), .paragraphs = std::move(paragraphs)});
}

// What is still to be shown at the visit at hand. False: nothing.
bool AddMissing(const Words& words, const Case& one, Slip& slip) {
  SlipSection section = {.heading = words(Msg::kSlipMissing)};
  for (const std::string& code : one.missing_items()) {
    section.items.push_back(TextOfItem(one, code));
  }
  if (section.items.empty()) return false;
  slip.sections.push_back(std::move(section));
  return true;
}

void AddItems(const Words& words, const Case& one, int visit, Slip& slip) {
  SlipSection section = {.heading = Heading(words(Msg::kBringToVisit, visit))};
  for (const auto& item : one.procedure().required_items()) {
    if (item.visit() == visit) section.items.push_back(item.text());
  }
  if (!section.items.empty()) slip.sections.push_back(std::move(section));
}

void AddExpiry(const Words& words, const Case& one, Slip& slip) {
  const jpki::v1::ExpiryDates& expiry = one.procedure().expiry();
  SlipSection section = {.heading = words(Msg::kExpiryPlanned)};
  if (expiry.has_auth()) {
    section.rows.emplace_back(words(Msg::kAuthCertificate), DateInWords(words, expiry.auth()));
  }
  if (expiry.has_signature()) {
    section.rows.emplace_back(words(Msg::kSignatureCertificate),
                              DateInWords(words, expiry.signature()));
  }
  if (!section.rows.empty()) slip.sections.push_back(std::move(section));
}

// The way to the second visit (S5, S7).
void AddSecondVisit(const Words& words, const Case& one, Slip& slip) {
  const bool mailed = one.state() == Case::STATE_INQUIRY_MAILED;
  // After the mailing what is missing is what the second visit brings.
  const bool missing = !mailed && AddMissing(words, one, slip);
  const Msg not_yet = missing ? Msg::kSlipWillMailThen : Msg::kSlipWillMail;
  std::vector<std::string> steps = {words(mailed ? Msg::kSlipMailed : not_yet),
                                    words(Msg::kSlipFillIn)};
  steps.push_back(one.reply_due().empty()
                      ? words(Msg::kSlipBring)
                      : words(Msg::kSlipBringBy, DateInWords(words, one.reply_due())));
  AddParagraph(words, Msg::kSlipNextSteps, std::move(steps), slip);
  AddItems(words, one, 2, slip);
  AddExpiry(words, one, slip);
}

void AddCustody(const Words& words, Slip& slip) {
  AddParagraph(words, Msg::kSlipCustodyWhy,
               {words(Msg::kSlipCaAwaited), words(Msg::kSlipComeBack), words(Msg::kSlipNoPinKept)},
               slip);
}

// What the visit at hand still lacks.
void AddVisitAtHand(const Words& words, const Case& one, Slip& slip) {
  const std::string goes_on = one.reply_due().empty()
                                  ? words(Msg::kSlipGoesOn)
                                  : words(Msg::kSlipGoesOnBy, DateInWords(words, one.reply_due()));
  AddParagraph(words, Msg::kSlipNextSteps, {goes_on}, slip);
  AddMissing(words, one, slip);
  AddExpiry(words, one, slip);
}

// What happened, where there is neither a second visit nor a certificate.
void AddOutcome(const Words& words, const Case& one, bool card_changed, Slip& slip) {
  const auto say = [&](Msg msg) { AddParagraph(words, Msg::kSlipNextSteps, {words(msg)}, slip); };
  switch (one.state()) {
    case Case::STATE_PIN_MISMATCH:
      say(Msg::kSlipPinMismatch);
      return AddItems(words, one, 2, slip);  // They are brought once more.
    case Case::STATE_EXPIRED:
      return say(Msg::kSlipExpired);
    case Case::STATE_WITHDRAWN:
      return AddParagraph(words, Msg::kSlipNextSteps,
                          {words(Msg::kSlipWithdrawn),
                           words(card_changed ? Msg::kSlipCardChanged : Msg::kCardUnchanged)},
                          slip);
    case Case::STATE_COMPLETED:
      return say(Msg::kSlipCompleted);
    case Case::STATE_READY:
      say(Msg::kSlipReady);
      return AddExpiry(words, one, slip);
    case Case::STATE_IN_PROGRESS:
      say(Msg::kSlipInProgress);
      return AddExpiry(words, one, slip);
    default:
      return AddVisitAtHand(words, one, slip);
  }
}

// A case keeps its number from slip to receipt.
const std::string& NumberOf(const Operation& operation) {
  return operation.case_().empty() ? operation.name() : operation.case_();
}

bool AwaitsSecondVisit(const Case& one) {
  return one.state() == Case::STATE_INQUIRY_MAILED ||
         (one.state() == Case::STATE_RECEIVED && one.procedure().visits() > 1);
}

}  // namespace

Slip SlipOf(const Words& words, const Case& one, bool card_changed) {
  const bool kept = one.state() == Case::STATE_IN_CUSTODY;
  Slip slip = Empty(words, kept ? Msg::kCustodyTitle : Msg::kSlipTitle, one.training());
  slip.sections.push_back(About(words, one));
  if (kept) {
    AddCustody(words, slip);
  } else if (AwaitsSecondVisit(one)) {
    AddSecondVisit(words, one, slip);
  } else {
    AddOutcome(words, one, card_changed, slip);
  }
  AddOffice(words, one.procedure().office(), slip);
  return slip;
}

Slip CustodySlip(const Words& words, const Operation& operation) {
  Slip slip = Empty(words, Msg::kCustodyTitle, operation.training());
  slip.sections.push_back({.rows = {{words(Msg::kSlipNumber), NumberOf(operation)},
                                    {words(Msg::kTakenOn), LocalTime(operation.create_time())},
                                    {words(Msg::kCard), Masked(operation.card_serial())}}});
  AddCustody(words, slip);
  AddOffice(words, operation.office(), slip);
  return slip;
}

Slip ReceiptSlip(const Words& words, const Operation& operation) {
  const jpki::v1::Receipt& receipt = operation.receipt();
  Slip slip = Empty(words, Msg::kReceiptTitle, receipt.training());
  slip.sections.push_back({.rows = {{words(Msg::kSlipNumber), NumberOf(operation)},
                                    {words(Msg::kWhat), Name(words, operation.type())},
                                    {words(Msg::kCard), Masked(receipt.card_serial())},
                                    {words(Msg::kDoneOn), LocalTime(receipt.time())}}});
  for (const CertificateInfo& certificate : receipt.certificates()) {
    slip.sections.push_back(
        {.heading = words(certificate.kind() == jpki::v1::CERTIFICATE_KIND_AUTH
                              ? Msg::kAuthCertificate
                              : Msg::kSignatureCertificate),
         .rows = {{words(Msg::kLastDay), DateInWords(words, certificate.expiry_date())},
                  {words(Msg::kSerialNumber), Masked(certificate.serial_number())}}});
  }
  // S13 and S11.
  AddParagraph(words, Msg::kSlipRemember,
               {words(Msg::kSlipAfterExpiry), words(Msg::kSlipNotice), words(Msg::kSlipKeepPins)},
               slip);
  AddOffice(words, operation.office(), slip);
  return slip;
}

std::string Masked(absl::string_view serial) {
  constexpr std::size_t kTold = 4;
  const std::size_t hidden = serial.size() > kTold ? serial.size() - kTold : serial.size();
  return absl::StrCat(std::string(hidden, '*'), serial.substr(hidden));
}

}  // namespace jpkid::cli
