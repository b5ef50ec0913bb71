#pragma once

#include <string>

#include "clients/cli/texts.h"
#include "jpki/v1/card_service.pb.h"
#include "jpki/v1/operation_service.pb.h"
#include "jpki/v1/reader_service.pb.h"

// The API's messages as text for people; whole lines each, ended by a newline.
namespace jpkid::cli {

// text_card.cc
std::string Text(const Words& words, const jpki::v1::ListReadersResponse& response);
std::string Text(const Words& words, const jpki::v1::Card& card);
std::string Text(const Words& words, const jpki::v1::GetPinStatusResponse& response);
std::string Text(const Words& words, const jpki::v1::PinStatus& status);
std::string Text(const Words& words, const jpki::v1::CertificateInfo& certificate);
// Under a heading that takes the certificate's kind.
std::string Text(const Words& words, Msg heading, const jpki::v1::CertificateInfo& certificate);

// text_operation.cc
std::string Text(const Words& words, const jpki::v1::Operation& operation);
std::string Text(const Words& words, const jpki::v1::ListOperationsResponse& response);
std::string Text(const Words& words, const jpki::v1::Receipt& receipt);
std::string Text(const Words& words, const jpki::v1::OperationFailure& failure);

// text_event.cc: one sentence, without a newline.
std::string Sentence(const Words& words, const jpki::v1::OperationEvent& event);

}  // namespace jpkid::cli
